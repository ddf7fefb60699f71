/** The page and the `splitsr` command give the same picture. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "@playwright/test";
import { awkwardFile, command, dataFolder, Visitor } from "./support.ts";

/** The command's result for a file, as PNG. */
function byCommand(input: string, zoom: number, modelName: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "splitsr-"));
  const output = join(folder, "out.png");
  const models = resolve(process.env["SPLITSR_MODELS"] ?? join(import.meta.dirname, "../../models"));
  const model = join(models, `${modelName}.safetensors`);
  try {
    execFileSync(command(), ["upscale", input, "-o", output, "--scale", String(zoom), "--model", model], {
      stdio: "pipe",
    });
    return readFileSync(output);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The largest difference of the page's result from a PNG, in levels; infinite if sizes differ. */
async function difference(visitor: Visitor, png: Buffer): Promise<number> {
  return visitor.part("result").evaluate(async (canvas: HTMLCanvasElement, png) => {
    const bytes = Uint8Array.from(atob(png), (char) => char.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes]), { colorSpaceConversion: "none" });
    if (bitmap.width !== canvas.width || bitmap.height !== canvas.height) return Infinity;
    const other = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    other?.drawImage(bitmap, 0, 0);
    const a = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data;
    const b = other?.getImageData(0, 0, bitmap.width, bitmap.height).data;
    if (!a || !b) return Infinity;
    return a.reduce((max, value, index) => Math.max(max, Math.abs(value - (b[index] ?? 0))), 0);
  }, png.toString("base64"));
}

for (const [title, file, zoom] of [
  ["Sign", "sign", 2],
  ["Print", "print", 1.3],
  ["Fur", "fur", 3.5],
] as const) {
  test(`${file} at ${zoom}`, async ({ page }) => {
    const visitor = new Visitor(page);
    await visitor.open();
    await visitor.chooseDemo(title);
    await visitor.part("zoom").fill(String(zoom));
    await visitor.run();
    const model = await visitor.part("model").inputValue();
    const png = byCommand(join(dataFolder, "demo", `${file}.png`), zoom, model);
    expect(await difference(visitor, png)).toBeLessThanOrEqual(1);
  });
}

/** Files that the browser decodes, and how far it may be from the command's decoder, in levels. */
for (const [file, levels] of [
  ["interlaced.png", 0],
  ["trailing_garbage.png", 0],
  ["chroma420.jpg", 3],
  ["progressive.jpg", 9],
  ["exif_orientation_6.jpg", 2],
  ["lossy.webp", 0],
] as const) {
  test(`${file} is read alike`, async ({ page }) => {
    const downloads: string[] = [];
    page.on("request", (request) => {
      if (request.url().endsWith(".wasm")) downloads.push(request.url());
    });
    const visitor = new Visitor(page);
    await visitor.open();
    await visitor.expectState("idle");
    await visitor.chooseFile(awkwardFile(file));
    await expect(visitor.part("status")).toHaveText(/^Ready/);
    await visitor.part("zoom").fill("1");
    await visitor.run();
    const model = await visitor.part("model").inputValue();
    expect(await difference(visitor, byCommand(awkwardFile(file), 1, model))).toBeLessThanOrEqual(levels);
    expect(new Set(downloads).size, "the codecs were loaded").toBe(1);
  });
}
