/**
 * Networks of every kind, with random weights: the command, WebAssembly and WebGPU give the same
 * picture.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "@playwright/test";
import type { BlockKind } from "../src/api/index.ts";
import { command, openHost } from "./support.ts";

const splitsr = (scale: number, more: string) =>
  `architecture = "splitsr"\nscale = ${scale}\nchannels = 8\ngroups = 2\nblocks = 3\nhybrid_index = 1\n${more}`;

/** The compiler finds a kind that is missing. */
const blocks: Record<BlockKind, string> = {
  split: splitsr(2, 'split_ratio = 0.375\nreplacement = "both"'),
  shuffle: splitsr(3, 'block = "shuffle"'),
  "inverted-residual": splitsr(4, 'block = "inverted-residual"'),
  idle: splitsr(2, 'block = "idle"\nhybrid_mode = "standard-first"'),
  ghost: splitsr(3, 'block = "ghost"\nreplacement = "upsampler"'),
};

const networks: Record<string, string> = {
  ...blocks,
  attention: splitsr(2, "attention = 4"),
  "20 channels": 'architecture = "splitsr"\nscale = 4\nchannels = 20\ngroups = 1\nblocks = 2\nhybrid_index = 0',
  EDSR: 'architecture = "edsr"\nscale = 3\nchannels = 24\nblocks = 2',
  SAN: 'architecture = "san"\nscale = 2\nchannels = 8\ngroups = 2\nblocks = 1\nreduction = 2',
  SRCNN: 'architecture = "srcnn"\nscale = 2',
};

const demos = resolve(import.meta.dirname, "../public/demo");
let folder = "";
test.beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "splitsr-"))));
test.afterAll(() => rmSync(folder, { recursive: true }));

for (const [name, network] of Object.entries(networks)) {
  test(name, async ({ page, baseURL }) => {
    const path = (file: string) => join(folder, `${name}-${file}`);
    writeFileSync(path("config.toml"), `name = "random"\nrecipe = "cosine"\n[network]\n${network}\n`);
    const model = path("model.safetensors");
    const run = (...args: string[]) => execFileSync(command(), args, { stdio: "pipe" });
    // A training of no steps, so that the weights stay random.
    const data = ["--data", demos, "--val", demos];
    run("train", "--config", path("config.toml"), ...data, "--out", model, "--steps", "0");
    await openHost(page, baseURL);
    const input = await page.evaluate(async () => {
      const bitmap = await createImageBitmap(await (await fetch("demo/sign.png")).blob(), 130, 150, 37, 29);
      const canvas = new OffscreenCanvas(37, 29);
      canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
      const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
      return btoa(String.fromCharCode(...bytes));
    });
    writeFileSync(path("input.png"), Buffer.from(input, "base64"));
    run("upscale", path("input.png"), "-o", path("output.png"), "--scale", "2", "--model", model, "--backend", "cpu");

    const [weights, expected] = [model, path("output.png")].map((file) => readFileSync(file).toString("base64"));
    const levels = await page.evaluate(
      async ({ input, weights, expected }) => {
        const blob = (base64 = "") => new Blob([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))]);
        const bitmap = await createImageBitmap(blob(expected));
        const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
        context?.drawImage(bitmap, 0, 0);
        const wanted = context?.getImageData(0, 0, bitmap.width, bitmap.height).data;
        const levels: Record<string, number> = {};
        for (const backend of ["cpu", "gpu"] as const) {
          const upscaler = await window.splitsr.createUpscaler({ model: blob(weights), backend, workers: 1 });
          const result = await upscaler.upscale(blob(input), { scale: 2 });
          const got = result.imageData().data;
          if (result.report.backend !== backend || got.length !== wanted?.length) throw new Error("another picture");
          levels[backend] = got.reduce((max, value, at) => Math.max(max, Math.abs(value - (wanted[at] ?? 0))), 0);
          upscaler.destroy();
        }
        return levels;
      },
      { input, weights, expected },
    );
    expect(levels["cpu"]).toBeLessThanOrEqual(1);
    expect(levels["gpu"]).toBeLessThanOrEqual(1);
  });
}
