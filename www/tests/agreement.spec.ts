/** The page and the `splitsr` command give the same picture. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "@playwright/test";
import { command, dataFolder, Visitor } from "./support.ts";

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

    const folder = mkdtempSync(join(tmpdir(), "splitsr-"));
    const output = join(folder, "out.png");
    const models = resolve(process.env["SPLITSR_MODELS"] ?? join(import.meta.dirname, "../../models"));
    const model = join(models, `${await visitor.part("model").inputValue()}.safetensors`);
    const input = join(dataFolder, "demo", `${file}.png`);
    let png: string;
    try {
      execFileSync(command(), ["upscale", input, "-o", output, "--scale", String(zoom), "--model", model], {
        stdio: "pipe",
      });
      png = readFileSync(output).toString("base64");
    } finally {
      rmSync(folder, { recursive: true });
    }

    const { same, difference } = await visitor.part("result").evaluate(async (canvas: HTMLCanvasElement, png) => {
      const bytes = Uint8Array.from(atob(png), (char) => char.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes]), { colorSpaceConversion: "none" });
      const other = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
      other?.drawImage(bitmap, 0, 0);
      const a = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      const b = other?.getImageData(0, 0, bitmap.width, bitmap.height).data ?? [];
      let difference = 0;
      for (let index = 0; index < a.length; index++) {
        difference = Math.max(difference, Math.abs((a[index] ?? 0) - (b[index] ?? 0)));
      }
      return { same: bitmap.width === canvas.width && bitmap.height === canvas.height && a.length > 0, difference };
    }, png);
    expect(same).toBe(true);
    expect(difference).toBeLessThanOrEqual(1);
  });
}
