/** The clean-up of compressed pictures: the module, the element, the page and its links. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { awkwardFile, command, dataFolder, openHost, Visitor } from "./support.ts";

const repository = resolve(import.meta.dirname, "../..");
const snapshot = join(repository, "www/public/demo/snapshot.jpg");
const fur = join(dataFolder, "demo/fur.png");

/** Returns what the command reports on the picture. */
function byCommand(file: string, out: string, ...options: string[]) {
  const all = ["upscale", file, "-o", out, "--backend", "cpu", "--tile", "exact", "--scale", "2", "--json", ...options];
  const { pictures } = JSON.parse(execFileSync(command(), all, { cwd: repository, encoding: "utf8" })) as {
    pictures: { clean: number; notes: string[] }[];
  };
  const [made] = pictures;
  if (!made) throw new Error("the command made nothing");
  return made;
}

async function withFile<T>(page: Page, file: string, run: (blob: Blob) => Promise<T>): Promise<T> {
  const text = readFileSync(file).toString("base64");
  const blob = await page.evaluateHandle(
    (text) => new Blob([Uint8Array.from(atob(text), (char) => char.charCodeAt(0))]),
    text,
  );
  return page.evaluate(run, blob);
}

test.describe("the module", () => {
  test.beforeEach(({ page, baseURL }) => openHost(page, baseURL));

  test("takes any strength, and chooses as the command does", async ({ page }, info) => {
    test.slow();
    const requests: string[] = [];
    page.on("request", (request) => requests.push(new URL(request.url()).pathname));
    const reports = await withFile(page, snapshot, async (blob) => {
      const upscaler = await window.splitsr.createUpscaler({ workers: 2, backend: "cpu" });
      const { compression } = await upscaler.inspect(blob);
      const found = [];
      for (const [source, clean] of [
        ["demo/fur.png", 0],
        ["demo/fur.png", 55],
        [blob, "auto"],
        ["demo/fur.png", 0],
      ] as const) {
        const { report } = await upscaler.upscale(source, { scale: 2, tile: "exact", clean });
        found.push({ clean: report.clean, hash: report.outputSha256, notes: report.notes, model: report.modelSha256 });
      }
      return { found, compression };
    });
    const [plain, half, auto, again] = reports.found;
    if (!plain || !half || !auto || !again) throw new Error("a report is missing");
    const out = info.outputPath("out.png");
    expect(half.clean).toBe(55);
    expect(half.hash).not.toBe(plain.hash);
    const { clean, notes } = byCommand(snapshot, out, "--clean", "auto");
    expect(auto).toMatchObject({ clean, notes });
    expect(auto.clean).toBeGreaterThan(30);
    expect(again.hash).toBe(plain.hash);
    expect(new Set(reports.found.map(({ model }) => model)).size).toBe(1);
    expect(reports.compression).toMatchObject({ kind: "jpeg", quality: 45, chroma: "4:2:0" });
    expect(requests.filter((path) => path.endsWith("splitsr-x2-jpeg.safetensors"))).toHaveLength(1);
  });

  test("looks at the pixels of an AVIF file, and does what that strength does by hand", async ({ page }) => {
    const { compression, auto, byHand, plain } = await withFile(page, awkwardFile("photo.avif"), async (blob) => {
      const upscaler = await window.splitsr.createUpscaler({ workers: 2, backend: "cpu" });
      const { compression } = await upscaler.inspect(blob);
      const reportOf = async (clean: number | "auto") =>
        (await upscaler.upscale(blob, { scale: 2, tile: "exact", clean })).report;
      const auto = await reportOf("auto");
      return { compression, auto, byHand: await reportOf(auto.clean), plain: await reportOf(0) };
    });
    expect(compression).toMatchObject({ kind: "blocks", chroma: null });
    expect(compression?.description).toMatch(/^blocks like those of JPEG of quality about \d+$/);
    expect(auto.clean).toBeGreaterThan(0);
    expect(auto.notes).toEqual([`${compression?.description}: clean-up ${auto.clean} %`]);
    expect(byHand.outputSha256).toBe(auto.outputSha256);
    expect(plain.outputSha256).not.toBe(auto.outputSha256);
  });

  test("leaves clean pictures as they are", async ({ page }) => {
    const hashes = await page.evaluate(async () => {
      const upscaler = await window.splitsr.createUpscaler();
      const hashes = [];
      for (const clean of [0, "auto"] as const) {
        const { report } = await upscaler.upscale("demo/fur.png", { scale: 1.5, clean });
        hashes.push(report.outputSha256, report.clean, report.notes.length);
      }
      return hashes;
    });
    expect(hashes.slice(3)).toEqual(hashes.slice(0, 3));
  });

  test("says what is wrong with a strength, and with a model that has no twin", async ({ page }) => {
    const errors = await page.evaluate(async () => {
      const codes: Record<string, string> = {};
      const attempt = async (name: string, model: string, clean: never) => {
        const upscaler = await window.splitsr.createUpscaler({ model, backend: "cpu" });
        const outcome = upscaler.upscale("demo/fur.png", { scale: 2, clean });
        codes[name] = await outcome.then(
          () => "none",
          (error: unknown) => (error instanceof window.splitsr.UpscaleError ? error.code + error.message : "other"),
        );
        upscaler.destroy();
      };
      await attempt("range", "splitsr-x2", 101 as never);
      await attempt("word", "splitsr-x2", "much" as never);
      await attempt("twin", "splitsr-tiny-x2", 50 as never);
      await attempt("auto", "splitsr-tiny-x2", "auto" as never);
      const models = await window.splitsr.listModels();
      return { codes, names: models.filter(({ cleansUp }) => cleansUp).map(({ name }) => name), count: models.length };
    });
    expect(errors.codes["range"]).toMatch(/^usage.*from 0 to 100, not 101/);
    expect(errors.codes["word"]).toMatch(/^usage.*not much/);
    expect(errors.codes["twin"]).toMatch(/^model.*"splitsr-tiny-x2" has no weights for compressed pictures/);
    expect(errors.codes["auto"]).toBe("none");
    expect(errors.names.toSorted()).toEqual(["splitsr-x2", "splitsr-x3", "splitsr-x4"]);
    expect(errors.count).toBeGreaterThan(10);
  });

  test("the element has an attribute for it", async ({ page }) => {
    const strengths = await page.evaluate(async () => {
      const run = (clean: string | undefined) =>
        new Promise<number>((resolve, reject) => {
          const element = document.createElement("splitsr-zoom");
          element.addEventListener("splitsr-done", (event) =>
            resolve((event as CustomEvent<{ clean: number }>).detail.clean),
          );
          element.addEventListener("splitsr-error", (event) => reject((event as CustomEvent<Error>).detail));
          element.setAttribute("src", "demo/snapshot.jpg");
          if (clean !== undefined) element.setAttribute("clean", clean);
          document.body.append(element);
        });
      return [await run(undefined), await run("40"), await run("auto")];
    });
    expect(strengths.slice(0, 2)).toEqual([0, 40]);
    expect(strengths[2]).toBeGreaterThan(30);
  });
});

test.describe("the page", () => {
  let visitor: Visitor;

  test.beforeEach(async ({ page }) => {
    visitor = new Visitor(page);
    await visitor.open();
    await visitor.expectState("idle");
  });

  test("says how strongly a file was compressed, and cleans up accordingly", async () => {
    const about = visitor.page.locator("#clean-about");
    await visitor.chooseFile(snapshot);
    await visitor.expectState("idle");
    await expect(about).toHaveText("Compressed: JPEG, quality about 45, 4:2:0.");
    await expect(visitor.part("clean-auto")).toBeChecked();
    await visitor.run();
    await expect(visitor.part("report")).toContainText(/JPEG, quality about 45, 4:2:0: clean-up \d+ %/);
    expect(Number(await visitor.part("clean").inputValue())).toBeGreaterThan(30);
    await visitor.chooseFile(fur);
    await visitor.expectState("idle");
    await expect(about).toHaveText("This picture shows no trace of compression.");
    await expect(visitor.page).not.toHaveURL(/clean/);
  });

  test("the result follows the slider, and stays visible meanwhile", async ({ page }) => {
    await visitor.chooseFile(snapshot);
    await visitor.expectState("idle");
    await visitor.run();
    const hashes = [await visitor.outputHash()];
    for (const strength of ["0", "100"]) {
      await visitor.part("clean").fill(strength);
      await expect(visitor.part("clean-auto")).not.toBeChecked();
      await expect(visitor.part("report").filter({ hasText: hashes.at(-1) ?? "" })).toHaveCount(0);
      await visitor.expectState("done");
      hashes.push(await visitor.outputHash());
    }
    expect(new Set(hashes).size).toBe(3);
    // A file that cannot be read changes nothing.
    await visitor.chooseFile({ name: "notes.png", mimeType: "image/png", buffer: Buffer.from("no picture") });
    await visitor.expectState("error");
    await expect(visitor.part("clean-auto")).not.toBeChecked();
    await visitor.part("clean-auto").check();
    await expect(visitor.part("report")).toContainText(hashes[0] ?? "");
    // After many moves in a row, the last one counts.
    await page.evaluate(() => {
      const slider = document.querySelector<HTMLInputElement>("[data-testid=clean]");
      for (const strength of ["10", "20", "30", "0"]) {
        if (!slider) return;
        slider.value = strength;
        slider.dispatchEvent(new Event("input", { bubbles: true }));
      }
    });
    await expect(visitor.part("report")).toContainText(hashes[1] ?? "");
    expect(await visitor.resultSize()).toEqual([640, 800]);
  });

  test("a link keeps the strength, and whoever opens it gets the same pixels", async () => {
    for (const strength of ["auto", "35"]) {
      await visitor.open(`#img=demo:snapshot&model=splitsr-x2&zoom=2&clean=${strength}`);
      await visitor.expectState("done");
      expect(await visitor.link()).toContain(`clean=${strength}`);
      await visitor.part("verify").click();
      await expect(visitor.page.getByText("The link now contains the check value of the exact result.")).toBeVisible();
      const link = await visitor.link();
      expect(link).toMatch(/sum=/);
      await visitor.open(link);
      await expect(visitor.page.getByText("Reproduced exactly.")).toBeVisible();
    }
  });

  test("a link from before the clean-up has none; a bad strength is reported and left out", async () => {
    await visitor.open("#img=demo:snapshot&model=splitsr-x2&zoom=2");
    await visitor.expectState("done");
    await expect(visitor.part("report")).not.toContainText("clean-up");
    expect(await visitor.part("clean").inputValue()).toBe("0");
    await visitor.open("#img=demo:snapshot&model=splitsr-x2&zoom=2&clean=much");
    await expect(visitor.part("status")).toContainText("The link's clean-up must be auto or a number from 0 to 100.");
  });

  test("a model without a twin has no slider", async () => {
    await visitor.part("model").selectOption("splitsr-tiny-x2");
    await expect(visitor.part("clean")).toBeDisabled();
    await expect(visitor.page.locator("#clean-about")).toContainText("cannot clean up compressed pictures");
  });
});
