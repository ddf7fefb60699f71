/** Results that are not finite: NaN and infinity never silently become a black tile. */
import { expect, test, type Page } from "@playwright/test";
import type * as Splitsr from "../src/module/splitsr.ts";
import { openHost } from "./support.ts";
import { weightsFile, type Weight } from "./weights.ts";

const weights = (weights: Weight[]) => weightsFile("edsr-small-x2", { weights });

/** The place of a tap in a convolution's weights of 32 input channels; the middle one is 4. */
const tap = (output: number, input: number, tap: number, inputs = 32) => (output * inputs + input) * 9 + tap;

/**
 * Red passes to all colours through a block whose values reach `max`: finite by the definition
 * if that is, though not with Winograd's algorithm, which adds up several of them on the way.
 */
const passing = (max: number): Weight[] => [
  ["head.weight", tap(0, 0, 4, 3), 1],
  ["body.blocks.0.conv1.weight", tap(0, 0, 1), max],
  ["body.blocks.0.conv2.weight", tap(0, 0, 4), 1e-38],
  ["body.conv.weight", tap(0, 0, 4), 0.1],
  ...[0, 1, 2, 3].map((output): Weight => ["upsampler.steps.0.expand.weight", tap(output, 0, 4), 0.5]),
  ...[0, 1, 2].map((output): Weight => ["tail.weight", tap(output, 0, 4), 1]),
];

test.beforeEach(({ page, baseURL }) => openHost(page, baseURL));

/**
 * The results of a network that overflows in Winograd's algorithm alone: for a photograph, or for
 * noise that is one tile.
 */
const outcomeOf = (page: Page, source: "photograph" | "noise") =>
  page.evaluate(
    async ({ base64, source }) => {
      const model = new Blob([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))]);
      const upscaler = await window.splitsr.createUpscaler({ model, backend: "cpu", workers: 2 });
      const noise = new ImageData(64, 48);
      for (let at = 0, state = 1; at < noise.data.length; at++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        noise.data[at] = at % 4 === 3 ? 255 : state >>> 24;
      }
      const run = async (tile: "auto" | "exact") => {
        const result = await upscaler.upscale(source === "noise" ? noise : "demo/sign.png", { scale: 2, tile });
        return { pixels: result.imageData().data, notes: result.report.notes };
      };
      const [fast, exact] = [await run("auto"), await run("exact")];
      const levels = fast.pixels.reduce(
        (max, value, at) => Math.max(max, Math.abs(value - (exact.pixels[at] ?? 0))),
        0,
      );
      return { levels, fast: fast.notes, exact: exact.notes, values: new Set(exact.pixels).size };
    },
    { base64: weights(passing(3e38)), source },
  );

test("tiles that overflow are computed again, and the report says so", async ({ page }) => {
  const outcome = await outcomeOf(page, "photograph");
  expect(outcome.fast.join()).toMatch(/^\d+ of \d+ tiles gave NaN or infinity and w(as|ere) recomputed on the CPU$/);
  expect(outcome.exact).toEqual([]);
  // It shows a picture.
  expect(outcome.values).toBeGreaterThan(20);
});

test("a tile that is computed again has the right values", async ({ page }) => {
  const outcome = await outcomeOf(page, "noise");
  expect(outcome.fast).toEqual(["1 of 1 tiles gave NaN or infinity and was recomputed on the CPU"]);
  expect(outcome.exact).toEqual([]);
  expect(outcome.levels).toBeLessThanOrEqual(1);
  expect(outcome.values).toBeGreaterThan(20);
});

for (const [what, base64, says] of [
  [
    "a network that overflows by the definition too",
    weights([...passing(3e38), ["head.weight", tap(0, 0, 4, 3), 1e3]]),
    /^model: The model file cannot be used: its network overflows on this picture/,
  ],
  ["NaN among the weights", weights([["tail.weight", 0, NaN]]), /^model: .*tensor tail.weight holds NaN or infinity/],
  ["infinity among the weights", weights([["tail.weight", 0, Infinity]]), /^model: .*tensor tail.weight holds NaN/],
] as const) {
  test(`${what} is an error in words`, async ({ page }) => {
    const said = await page.evaluate(async (base64) => {
      const model = new Blob([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))]);
      try {
        const upscaler = await window.splitsr.createUpscaler({ model, backend: "cpu", workers: 1 });
        await upscaler.upscale("demo/fur.png", { scale: 2 });
        return "no error";
      } catch (error) {
        const { code, message } = error as Splitsr.UpscaleError;
        return `${code}: ${message}`;
      }
    }, base64);
    expect(said).toMatch(says);
  });
}
