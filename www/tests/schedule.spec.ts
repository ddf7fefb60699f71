/** Schedules: a picture divided between the networks of an elastic model. */
import { readFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { expect, test } from "@playwright/test";
import { command, openHost, violations, Visitor } from "./support.ts";

const ELASTIC = "splitsr-elastic-x2";
const repository = resolve(import.meta.dirname, "../..");

interface CommandReport {
  pictures: [{ schedule: { cells: Record<string, number>; work: number }; width: number }];
}

test.describe("the module", () => {
  test.beforeEach(({ page, baseURL }) => openHost(page, baseURL));

  test("plans as the command does, and gives almost the same pixels", async ({ page }, info) => {
    const out = info.outputPath("sign.png");
    const options = ["--model", `models/${ELASTIC}.safetensors`, "--schedule", "mobisr", "--effort", "15", "--json"];
    const args = ["upscale", "www/public/demo/sign.png", "-o", out, "--scale", "2", "--backend", "cpu", ...options];
    const text = execFileSync(command(), args, { cwd: repository, encoding: "utf8" });
    const [{ schedule }] = (JSON.parse(text) as CommandReport).pictures;
    const sent = readFileSync(out).toString("base64");
    const found = await page.evaluate(
      async ({ model, sent }) => {
        const upscaler = await window.splitsr.createUpscaler({ model, workers: 2 });
        const picture = await upscaler.inspect("demo/sign.png");
        const scheduled = { scale: 2, schedule: "mobisr", effort: 15 } as const;
        const { width, height } = picture;
        const estimates = [
          await upscaler.estimate(picture, { scale: 2 }),
          await upscaler.estimate(picture, scheduled),
          await upscaler.estimate({ width, height }, scheduled),
        ].map(({ milliseconds }) => milliseconds);
        const result = await upscaler.upscale(picture, scheduled);
        const file = Uint8Array.from(atob(sent), (char) => char.charCodeAt(0));
        const { imageData } = await upscaler.inspect(file);
        const distance = await upscaler.distance(result.imageData(), imageData);
        upscaler.destroy();
        return { report: result.report, rungs: result.rungs, distance, estimates };
      },
      { model: ELASTIC, sent },
    );
    const { cells, work, mode, effort, score } = found.report.schedule ?? {};
    expect({ mode, effort, score }).toEqual({ mode: "mobisr", effort: 15, score: "rms-laplacian" });
    expect(cells).toEqual(schedule.cells);
    expect(Object.values(cells ?? {}).every((count) => count > 0)).toBe(true);
    expect(work).toBeCloseTo(schedule.work, 4);
    const [whole = 0, divided = 0, ofSize = 0] = found.estimates;
    expect(divided / whole).toBeCloseTo(work ?? 0, 6);
    expect(ofSize).toBe(whole);
    // The command's instructions round in another way.
    expect(found.distance.largest).toBeLessThanOrEqual(1);
    const { x = [], y = [], rungs = [] } = found.rungs ?? {};
    expect([x[0], x.at(-1), y[0], y.at(-1)]).toEqual([0, 1, 0, 1]);
    expect(rungs).toHaveLength((x.length - 1) * (y.length - 1));
    expect(rungs.filter((rung) => rung === "cheap")).toHaveLength(cells?.cheap ?? -1);
    expect(found.report).toMatchObject({ backend: "cpu", schedule: { gpuTiles: 0 } });
  });

  test("the most effort is the ordinary result, none is bicubic, also in two passes", async ({ page }) => {
    const found = await page.evaluate(async (model) => {
      const upscaler = await window.splitsr.createUpscaler({ model, backend: "cpu" });
      const hash = async (scale: number, effort?: number) => {
        const schedule = effort === undefined ? {} : ({ schedule: "mobisr", effort } as const);
        const { report } = await upscaler.upscale("demo/fur.png", { scale, ...schedule });
        return report;
      };
      const ordinary = await hash(2);
      const most = await hash(2, 100);
      const passes = await hash(2.5, 50);
      const none = await upscaler.upscale("demo/fur.png", { scale: 2, schedule: "mobisr", effort: 0 });
      const { width, height } = none;
      const bicubic = await upscaler.resize("demo/fur.png", { width, height }, "bicubic");
      const distance = await upscaler.distance(none.imageData(), bicubic);
      // A plan does not stay for the next picture.
      const again = await hash(2);
      upscaler.destroy();
      return { ordinary, most, passes, none: none.report.schedule, distance, again };
    }, ELASTIC);
    expect(found.most.outputSha256).toBe(found.ordinary.outputSha256);
    expect(found.again.outputSha256).toBe(found.ordinary.outputSha256);
    expect(found.most.schedule).toMatchObject({ cells: { bicubic: 0, cheap: 0 }, work: 1 });
    expect(found.none).toMatchObject({ cells: { cheap: 0, whole: 0 }, work: 0 });
    expect(found.distance.largest).toBeLessThanOrEqual(1);
    expect(found.passes.schedule?.work).toBeGreaterThan(0);
    expect(found.passes.schedule?.work).toBeLessThan(1);
    expect(found.again.schedule).toBeUndefined();
  });

  test("what cannot be scheduled is refused in words", async ({ page }) => {
    const messages = await page.evaluate(async (model) => {
      const messages: string[] = [];
      const note = (error: unknown) => messages.push((error as Error).message);
      const elastic = await window.splitsr.createUpscaler({ model, backend: "cpu" });
      const { upscale } = { upscale: elastic.upscale.bind(elastic) };
      const schedule = "mobisr";
      await upscale("demo/sign.png", { scale: 2, schedule, tile: "exact" }).catch(note);
      await upscale("demo/sign.png", { scale: 2, schedule, effort: 101 }).catch(note);
      await upscale("demo/sign.png", { scale: 2, schedule, score: "variance" as "mean-laplacian" }).catch(note);
      await upscale("demo/sign.png", { scale: 2, schedule: "other" as "mobisr" }).catch(note);
      elastic.destroy();
      const single = await window.splitsr.createUpscaler({ model: "splitsr-tiny-x2", backend: "cpu" });
      await single.upscale("demo/sign.png", { scale: 2, schedule }).catch(note);
      const { width } = await single.upscale("demo/sign.png", { scale: 2 });
      single.destroy();
      return [...messages, String(width)];
    }, ELASTIC);
    expect(messages).toEqual([
      expect.stringContaining("A schedule is never exact"),
      "The effort must be a whole number from 0 to 100, not 101.",
      expect.stringContaining("The score must be"),
      'The schedule must be "mobisr", not "other".',
      "splitsr-tiny-x2 holds a single network, but a schedule needs several: use splitsr-elastic-x2.",
      expect.stringMatching(/^\d+$/),
    ]);
  });
});

test.describe("the page", () => {
  test("the effort follows its slider, the viewer shows the parts, and a link keeps it", async ({ page }, info) => {
    const visitor = new Visitor(page);
    await page.goto(`/#img=demo:sign&model=${ELASTIC}&zoom=2`);
    await visitor.expectState("done");
    const ordinary = await visitor.outputHash();
    const effort = page.getByTestId("effort");
    await expect(effort).toHaveValue("100");
    await effort.fill("15");
    await expect(page.getByTestId("schedule")).toContainText(
      "Parts enlarged by the network: 51, by the smaller one: 65",
    );
    await visitor.expectState("done");
    expect(await visitor.outputHash()).not.toBe(ordinary);
    await expect(page).toHaveURL(/&schedule=mobisr&effort=15/);
    await page.getByTestId("rungs").check();
    const overlay = page.locator(".layer.heat canvas");
    await expect(overlay).toBeVisible();
    const opacities = await overlay.evaluate((canvas: HTMLCanvasElement) => {
      const { data = [] } = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) ?? {};
      return [...new Set(Array.from(data).filter((_, index) => index % 4 === 3))].toSorted((a, b) => a - b);
    });
    expect(opacities).toEqual([0, 110]);
    await page.screenshot({ path: info.outputPath("rungs.png") });
    expect(await violations(page)).toEqual([]);
    await visitor.part("verify").click();
    await expect(visitor.part("verdict")).toContainText(
      "The exact result comes from the network alone, at an effort of 100 %.",
    );
    await effort.fill("100");
    await expect(page.getByTestId("rungs")).toHaveCount(0);
    await expect(overlay).toBeHidden();
    await visitor.expectState("done");
    expect(await visitor.outputHash()).toBe(ordinary);
    await page.goto("about:blank");
    await page.goto(`/#img=demo:sign&model=${ELASTIC}&zoom=2&schedule=mobisr&effort=15`);
    await visitor.expectState("done");
    await expect(effort).toHaveValue("15");
    await expect(page.getByTestId("schedule")).toContainText("% of the full work");
  });
});
