/** An elastic model: its networks in the module, in the page and in links. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "@playwright/test";
import { command, openHost, violations, Visitor } from "./support.ts";

const ELASTIC = "splitsr-elastic-x2";
/** A part so small that its result follows the sliders on any machine, in at most four seconds. */
const SMALL = `#img=demo:sign&model=${ELASTIC}&zoom=2&part=200,150,96,72`;
const repository = resolve(import.meta.dirname, "../..");

/** The hash of the exact result of the network that the command extracts. */
const HASH = async ({ weights }: { weights: string }): Promise<string> => {
  const model = Uint8Array.from(atob(weights), (char) => char.charCodeAt(0));
  const upscaler = await window.splitsr.createUpscaler({ model, backend: "cpu" });
  const { report } = await upscaler.upscale("demo/sign.png", { scale: 2, tile: "exact" });
  upscaler.destroy();
  return report.outputSha256;
};

function extract(out: string, ratio: number, index: number, mode: string): string {
  const slice = ["--split-ratio", String(ratio), "--hybrid-index", String(index), "--hybrid-mode", mode];
  execFileSync(command(), ["extract", `models/${ELASTIC}.safetensors`, "-o", out, ...slice], { cwd: repository });
  return readFileSync(out).toString("base64");
}

test.describe("the module", () => {
  test.beforeEach(({ page, baseURL }) => openHost(page, baseURL));

  test("a network of it gives what the extracted one gives, and costs what the engine says", async ({ page }, info) => {
    const weights = extract(info.outputPath("slice.safetensors"), 0.375, 5, "interleaved");
    const expected = await page.evaluate(HASH, { weights });
    const found = await page.evaluate(async (name) => {
      const upscaler = await window.splitsr.createUpscaler({ model: name, backend: "cpu" });
      const slice = { splitRatio: 0.375, hybridIndex: 5, hybridMode: "interleaved" } as const;
      const { report } = await upscaler.upscale("demo/sign.png", { scale: 2, tile: "exact", ...slice });
      const entry = (await window.splitsr.listModels()).find((model) => model.name === name);
      const costs = [];
      for (const { splitRatio, hybridIndex, ...facts } of entry ? window.splitsr.slicesOf(entry, "split-first") : []) {
        const { params, macs720p } = await upscaler.describe({ split_ratio: splitRatio, hybrid_index: hybridIndex });
        costs.push({ same: params === facts.params && macs720p === facts.macs720p, psnrY: facts.psnrY });
      }
      return { hash: report.outputSha256, costs };
    }, ELASTIC);
    expect(found.hash).toBe(expected);
    // One without lightweight groups, and for each of 16 ratios those with 1 to 7 of them.
    expect(found.costs).toHaveLength(113);
    expect(found.costs.filter(({ same }) => !same)).toEqual([]);
    expect(found.costs.every(({ psnrY = 0 }) => psnrY > 30 && psnrY < 33)).toBe(true);
  });
});

test("the module chooses the best network for a budget", async ({ page, baseURL }) => {
  await openHost(page, baseURL);
  const found = await page.evaluate(async (name) => {
    const upscaler = await window.splitsr.createUpscaler({ model: name, backend: "cpu" });
    const upscale = async (options: { budget?: number; splitRatio?: number; hybridIndex?: number }) => {
      const { report } = await upscaler.upscale("demo/sign.png", { scale: 2, tile: "exact", ...options });
      return { hash: report.outputSha256, note: report.notes.at(-1) ?? "" };
    };
    const few = await upscale({ budget: 0.1 });
    const many = await upscale({ budget: 1e9 });
    // A ratio that is not a whole number of channels is rounded, as without a budget.
    const between = await upscale({ budget: 1e9, splitRatio: 0.3 });
    const fastest = await upscale({ splitRatio: 1 / 16, hybridIndex: 7 });
    const best = await upscale({ splitRatio: 1 / 8, hybridIndex: 3 });
    const codes: string[] = [];
    const fails = (work: Promise<unknown>) =>
      work.catch((error: unknown) => codes.push((error as InstanceType<typeof window.splitsr.UpscaleError>).code));
    await fails(upscale({ budget: -1 }));
    upscaler.destroy();
    const plain = await window.splitsr.createUpscaler({ model: "splitsr-tiny-x2", backend: "cpu" });
    await fails(plain.upscale("demo/sign.png", { scale: 2, budget: 100 }));
    return { few, many, between, fastest, best, codes };
  }, ELASTIC);
  expect(found.few.hash).toBe(found.fastest.hash);
  expect(found.few.note).toMatch(/^split ratio 0.0625, hybrid index 7: about \d+ ms expected, of 0.1 ms allowed$/);
  expect(found.many.hash).toBe(found.best.hash);
  expect(found.between.hash).toBe(found.best.hash);
  expect(found.codes).toEqual(["usage", "model"]);
});

test("the element has the settings of the networks", async ({ page, baseURL }) => {
  await openHost(page, baseURL);
  const [shown, expected] = await page.evaluate(async (model) => {
    const zoom = document.createElement("splitsr-zoom");
    const attributes = { src: "demo/fur.png", scale: "1.5", model, "split-ratio": "0.5", "hybrid-index": "6" };
    for (const [name, value] of Object.entries(attributes)) zoom.setAttribute(name, value);
    const done = new Promise<string>((resolve, reject) => {
      const detail = (event: Event) => (event as CustomEvent<{ outputSha256: string }>).detail;
      zoom.addEventListener("splitsr-done", (event) => resolve(detail(event).outputSha256));
      zoom.addEventListener("splitsr-error", (event) => reject((event as CustomEvent<Error>).detail));
    });
    document.body.append(zoom);
    const shown = await done;
    zoom.remove();
    const upscaler = await window.splitsr.createUpscaler({ model });
    const result = await upscaler.upscale("demo/fur.png", { scale: 1.5, splitRatio: 0.5, hybridIndex: 6 });
    upscaler.destroy();
    return [shown, result.report.outputSha256];
  }, ELASTIC);
  expect(shown).toBe(expected);
});

test.describe("the page", () => {
  let visitor: Visitor;

  test.beforeEach(({ page }) => void (visitor = new Visitor(page)));

  /** Opens a link in a page that enlarges at once. */
  async function openLink(fragment: string, state: "done" | "idle" = "done"): Promise<void> {
    await visitor.page.goto("about:blank");
    await visitor.page.goto(`/${fragment}`);
    await visitor.expectState(state);
  }

  /** Waits until `change` has led to another result, and returns its hash. */
  async function nextHash(before: string, change: () => Promise<void>): Promise<string> {
    await change();
    await expect(visitor.part("report").filter({ hasText: before })).toHaveCount(0);
    await visitor.expectState("done");
    return visitor.outputHash();
  }

  test("the result and the facts follow the sliders, and nothing is loaded for it", async ({ page }) => {
    await openLink(SMALL);
    const facts = visitor.part("network-facts");
    await expect(facts).toContainText("161,751 parameters; 37.3 billion multiply-adds");
    await expect(visitor.part("slice-score")).toContainText("32.57 dB");
    const hashes = [await visitor.outputHash()];
    const requests: string[] = [];
    const workers: string[] = [];
    // The browser looks for the page's icon when the address changes.
    page.on("request", (request) => request.url().endsWith("icon.svg") || requests.push(request.url()));
    page.on("worker", (worker) => workers.push(worker.url()));

    hashes.push(await nextHash(hashes[0] ?? "", () => visitor.part("split-ratio").fill("0.5")));
    await expect(facts).toContainText("170,907 parameters; 39.4 billion multiply-adds");
    await expect(visitor.part("split-ratio")).toHaveAttribute("aria-valuetext", "1/2");
    hashes.push(await nextHash(hashes[1] ?? "", () => visitor.part("hybrid-index").press("ArrowRight")));
    // Further right is better: a smaller index.
    await expect(visitor.part("hybrid-index")).toHaveAttribute("aria-valuetext", "2 of 7");
    hashes.push(
      await nextHash(hashes[2] ?? "", async () => {
        await visitor.part("hybrid-mode").selectOption("interleaved");
      }),
    );
    expect(new Set(hashes).size).toBe(4);
    // After many moves in a row, the last one counts.
    await visitor.part("hybrid-mode").selectOption("split-first");
    await page.evaluate(() => {
      const move = (testId: string, values: string[]) => {
        const slider = document.querySelector<HTMLInputElement>(`[data-testid=${testId}]`);
        for (const value of slider ? values : []) {
          if (slider) slider.value = value;
          slider?.dispatchEvent(new Event("input", { bubbles: true }));
        }
      };
      move("split-ratio", ["0.0625", "1", "0.75", "0.25"]);
      move("hybrid-index", ["7", "0", "3"]);
    });
    await expect(visitor.part("report")).toContainText(hashes[0] ?? "");
    await visitor.expectState("done");
    await expect(visitor.part("slice-score")).toContainText("32.57 dB");
    expect(requests).toEqual([]);
    expect(workers).toEqual([]);
  });

  test("one slider goes from the fastest network to the best model, and the result follows it", async ({ page }) => {
    await openLink(SMALL.replace(ELASTIC, "splitsr-x2"));
    const quality = visitor.part("quality");
    const about = visitor.part("quality-about");
    const last = (await quality.getAttribute("max")) ?? "";
    await expect(quality).toHaveValue(last);
    await expect(about).toHaveText(/^about [\d.]+ s$/);
    const best = await visitor.outputHash();
    const fastest = await nextHash(best, () => quality.fill("0"));
    await expect(visitor.part("model")).toHaveValue(ELASTIC);
    expect(await visitor.link()).toMatch(/&a=0\.0625&hi=7&/);
    await expect(about).toHaveText(/^about [\d.]+ s; less sharp than the best \(PSNR 1\.63 dB lower\)$/);
    await expect(page.locator("#stage")).toHaveAttribute("data-shows", "comparison");
    await nextHash(fastest, () => quality.fill("4"));
    await expect(about).toContainText(/than the best \(PSNR [01]\.\d\d dB lower\)$/);
    await quality.fill(last);
    await expect(visitor.part("model")).toHaveValue("splitsr-x2");
    await expect(visitor.part("model-follow")).toHaveCount(0);
    await expect(visitor.part("report")).toContainText(best);

    // There is no elastic model of ×4.
    await visitor.part("zoom").fill("4");
    await quality.getByRole("button", { name: "fast" }).click();
    await expect(visitor.part("model")).toHaveValue("splitsr-tiny-x4");
    await expect(about).toContainText("a little less sharp than the best (PSNR 0.85 dB lower)");
  });

  test("the quality does not unfold the network's section, and the scores are of the network that it chose", async () => {
    await openLink(SMALL.replace(ELASTIC, "splitsr-x2"));
    const best = await visitor.outputHash();
    await nextHash(best, () => visitor.part("quality").fill("0"));
    await expect(visitor.part("split-ratio")).toBeHidden();
    await visitor.unfold("score");
    await visitor.part("score-run").click();
    await visitor.expectState("done");
    const row = visitor.part("score-table").getByRole("row").filter({ hasText: "Elastic" });
    await expect(row).toContainText("(split ratio 0.0625, hybrid index 7)");
    await expect(row).toHaveAttribute("aria-current", "true");
    const psnr = (name: string) =>
      visitor.part("score-table").getByRole("row").filter({ hasText: name }).getByRole("cell").first().innerText();
    expect(Number(await psnr("Elastic"))).toBeLessThan(Number(await psnr("SplitSR ×2 (best)")) - 0.3);
    // The cost is that of the network, too, which has fewer parameters than the whole model.
    const lines = (await visitor.save("score-csv")).bytes.toString().split("\n");
    const of = (name: string) => lines.find((line) => line.startsWith(`${name},`))?.split(",") ?? [];
    expect(of(ELASTIC).slice(6)).toEqual(["0.0625", "7", "split-first"]);
    expect(Number(of(ELASTIC)[4])).toBeLessThan(Number(of("splitsr-x2")[4]));
    await visitor.unfold("network");
    await expect(visitor.part("split-ratio")).toBeVisible();
  });

  test("the sliders say which end is faster, and what the network costs", async () => {
    await openLink(SMALL);
    await visitor.unfold("network");
    const ends = visitor.page.locator(".network .ends");
    await expect(ends).toHaveText([/faster\s*better/, /faster\s*better/, /faster\s*better/]);
    const [slider, score] = [visitor.part("split-ratio"), visitor.part("slice-score")];
    await expect(score).toHaveText(
      /^37\.3 billion multiply-adds .*; about .*; PSNR 32\.57 dB; looks about as sharp as the best \(PSNR 0\.13 dB lower\)$/,
    );
    const [from, to] = [await slider.boundingBox(), await score.boundingBox()];
    expect((to?.y ?? Infinity) - (from?.y ?? 0)).toBeLessThan(90);
  });

  test("the hybrid index runs from faster to better too, by mouse and by keys", async ({ page }) => {
    await openLink(SMALL);
    await visitor.unfold("network");
    const slider = visitor.part("hybrid-index");
    for (const [key, value] of [
      ["ArrowRight", "2"],
      ["ArrowLeft", "3"],
      ["ArrowUp", "2"],
      ["ArrowDown", "3"],
      ["PageDown", "4"],
      ["PageUp", "3"],
      ["End", "0"],
      ["ArrowUp", "0"],
      ["Home", "7"],
      ["ArrowDown", "7"],
    ] as const) {
      await slider.press(key);
      await expect(slider, key).toHaveValue(value);
    }
    await expect(page).toHaveURL(/&hi=7&/);
    await slider.scrollIntoViewIfNeeded();
    const { width = 0, height = 0 } = (await slider.boundingBox()) ?? {};
    await slider.click({ position: { x: width - 2, y: height / 2 } });
    await expect(slider).toHaveValue("0");
    await slider.click({ position: { x: 2, y: height / 2 } });
    await expect(slider).toHaveValue("7");
  });

  test("a click in the plot chooses a network", async () => {
    await openLink(SMALL);
    const plot = visitor.part("slice-plot");
    // The lower left corner has the cheapest network, of 7 lightweight groups.
    const box = await plot.boundingBox();
    if (!box) throw new Error("there is no plot");
    await plot.click({ position: { x: box.width * 0.12, y: box.height * 0.7 } });
    await expect(visitor.part("hybrid-index")).toHaveValue("7");
    await visitor.expectState("done");
  });

  test("a time for the picture chooses the best network for it", async ({ page }) => {
    await openLink(SMALL);
    const expectNetwork = async (ratio: string, index: string) => {
      await expect(visitor.part("split-ratio")).toHaveValue(ratio);
      await expect(visitor.part("hybrid-index")).toHaveValue(index);
      await visitor.expectState("done");
    };
    const budget = visitor.part("budget");
    await expect(budget).toBeEnabled();
    await budget.fill("1");
    await budget.press("Enter");
    await expectNetwork("0.0625", "7");
    await expect(budget).toBeEnabled();
    await budget.fill("1000000");
    await budget.press("Enter");
    await expectNetwork("0.125", "3");
    // The same from links, which then have the network.
    await openLink("#img=demo:sign&budget=1");
    await expectNetwork("0.0625", "7");
    // The address is that of the result.
    await expect(page).toHaveURL(/&a=0\.0625&hi=7&(?!.*budget)/);
    await openLink("#img=demo:sign&budget=1000000");
    await expectNetwork("0.125", "3");
    await expect(page).toHaveURL(/&a=0\.125&(?!.*budget)/);
  });

  test("a link has the network, and whoever opens it gets the same pixels", async ({ page }, info) => {
    await openLink(`#img=demo:sign&model=${ELASTIC}&a=0.3125&hi=4&mode=standard-first&zoom=2`);
    await visitor.part("verify").click();
    await expect(page.getByText("The link now contains the check value of the exact result.")).toBeVisible();
    const link = await visitor.link();
    for (const part of [`model=${ELASTIC}`, "a=0.3125", "hi=4", "mode=standard-first"]) expect(link).toContain(part);
    await openLink(link);
    await expect(page.getByText("Reproduced exactly.")).toBeVisible();
    await expect(visitor.part("split-ratio")).toHaveValue("0.3125");

    const weights = extract(info.outputPath("slice.safetensors"), 0.3125, 4, "standard-first");
    const other = await page.context().newPage();
    await openHost(other, info.project.use.baseURL);
    const hash = await other.evaluate(HASH, { weights });
    expect(link).toContain(`-${hash.slice(0, 32)}`);
  });

  test("it has weights for what no other model was trained with", async () => {
    await visitor.open("#img=demo:sign&model=splitsr-x2&a=0.75&hi=6&block=ghost&zoom=2");
    await expect(visitor.part("use-trained")).toBeVisible();
    await visitor.part("try-elastic").click();
    await expect(visitor.part("model")).toHaveValue(ELASTIC);
    await expect(visitor.part("split-ratio")).toHaveValue("0.75");
    await expect(visitor.part("hybrid-index")).toHaveValue("6");
    await visitor.run();
    // Where it has no weights, it is like any other model, and there is a way back.
    await visitor.part("block").selectOption("ghost");
    await expect(visitor.part("use-trained")).toBeVisible();
    await visitor.part("block").selectOption("split");
    await expect(visitor.part("use-trained")).toHaveCount(0);
    await expect(visitor.part("split-ratio")).toHaveValue("0.75");
  });

  test("hyper-parameters lead to it, unless a model was trained for them alone", async () => {
    await visitor.open("#img=demo:sign&model=splitsr-x2-hi5&zoom=2");
    await visitor.unfold("network");
    await visitor.part("hybrid-index").selectOption("3");
    await expect(visitor.part("model")).toHaveValue("splitsr-x2");
    await visitor.part("try-elastic").click();
    await visitor.part("use-single").click();
    await expect(visitor.part("model")).toHaveValue("splitsr-x2");
    for (const [parameter, values] of [
      ["split-ratio", ["0.125", "0.375", "0.5", "0.75", "1"]],
      ["hybrid-index", ["0", "1", "2", "4", "6"]],
    ] as const) {
      const list = visitor.part(parameter);
      for (const value of values) {
        await expect(list.locator(`optgroup[label=Trained] > [value='${value}']`)).toHaveText(/✓/);
        await list.selectOption(value);
        await expect(visitor.part("model")).toHaveValue(ELASTIC);
        await expect(list).toHaveValue(value);
        await expect(visitor.part("run")).toBeEnabled();
        await visitor.part("model").selectOption("splitsr-x2");
      }
    }
  });

  test("a link to a model that is gone opens it at the same settings, and says so", async () => {
    const rest = SMALL.replace(`#img=demo:sign&model=${ELASTIC}`, "");
    for (const [model, settings] of [
      ["splitsr-x2-a0.5&a=0.5", "&a=0.5"],
      ["splitsr-x2-a0.125", "&a=0.125"],
      ["splitsr-x2-a1", "&a=1"],
      ["splitsr-x2-hi0&hi=0", "&hi=0"],
    ] as const) {
      await openLink(`#img=demo:sign&model=${ELASTIC}${settings}${rest}`);
      const [hash, link] = [await visitor.outputHash(), await visitor.link()];
      await openLink(`#img=demo:sign&model=${model}${rest}`);
      const name = model.replace(/&.*/, "");
      await expect(visitor.part("status")).toContainText(`. The link's model, ${name}, is no longer here. `);
      expect(await visitor.outputHash()).toBe(hash);
      expect(await visitor.link()).toBe(link);
    }
    // The next picture has nothing to do with it.
    await visitor.page.getByRole("button", { name: "Fur" }).click();
    await expect(visitor.part("status")).toHaveText(/^Done in [^.]*(\.\d+)?[^.]*\.$/);
    await openLink("#model=splitsr-x2-hi0", "idle");
    await expect(visitor.part("status")).toHaveText(/^Open a picture to start\. The link's model, splitsr-x2-hi0, /);
    await expect(visitor.part("hybrid-index")).toHaveValue("0");
  });

  test("a page that waits for a click enlarges nothing when a slider moves", async () => {
    await visitor.open(`#img=demo:sign&model=${ELASTIC}&zoom=2`);
    await visitor.expectState("done");
    const hash = await visitor.outputHash();
    const facts = visitor.part("network-facts");
    await expect(facts).toContainText("measured on this CPU");
    // The expected time is there before anything else happens.
    const text = await visitor.part("split-ratio").evaluate(async (slider: HTMLInputElement) => {
      slider.value = "1";
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      await Promise.resolve();
      return document.querySelector("[data-testid=network-facts]")?.textContent;
    });
    expect(text).toMatch(/about \d+ ms per megapixel of the result \(estimated\)/);
    await expect(facts).toContainText("207,363 parameters");
    await visitor.expectState("idle");
    expect(await visitor.outputHash()).toBe(hash);
  });

  test("axe finds nothing, on a phone neither", async ({ page }) => {
    await openLink(`#img=demo:sign&model=${ELASTIC}&zoom=2`);
    await expect(visitor.part("slice-plot")).toBeVisible();
    expect(await violations(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });
});
