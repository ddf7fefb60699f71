/** A visitor who fine-tunes, for tests of fine-tuning. */
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect } from "@playwright/test";
import { dataFolder, SMALLEST, Visitor } from "./support.ts";

export const demo = (name: string) => join(dataFolder, "demo", `${name}.png`);
const two = [demo("fur"), demo("sign")];

/** The model that fine-tuning starts from. */
export const START = SMALLEST;
export const startFile = resolve(import.meta.dirname, "../../models", `${START}.safetensors`);

/** A visitor who fine-tunes. */
export class Tuner extends Visitor {
  async openDialog(): Promise<void> {
    await this.unfold("tuning");
    await this.part("finetune-open").click();
    await expect(this.part("finetune-start")).toBeVisible();
  }

  async unfoldSettings(): Promise<void> {
    await this.page.locator("dialog.finetune details > summary").click();
  }

  async choosePictures(files: string[], count = files.length): Promise<void> {
    await this.part("finetune-files").setInputFiles(files);
    await expect(this.part("finetune-count")).toHaveText(`${count} picture${count === 1 ? "" : "s"}`);
  }

  async set(testId: string, value: string): Promise<void> {
    await this.part(testId).fill(value);
    await this.part(testId).press("Tab");
  }

  /** The model was not trained on blurred pictures, so a few steps on them teach it much. */
  async setUp(steps: number): Promise<void> {
    await this.openDialog();
    // The pictures of an earlier run are still there.
    await this.choosePictures(two);
    await this.unfoldSettings();
    await this.set("tune-steps", String(steps));
    await this.set("tune-rate", "0.001");
    await this.set("tune-blur", "2");
  }

  async begin(): Promise<void> {
    await this.part("finetune-start").click();
    await this.expectPhase("running");
  }

  async expectPhase(phase: string, timeout = 60_000): Promise<void> {
    await expect(this.part("finetune-status")).toHaveAttribute("data-state", phase, { timeout });
  }

  async step(): Promise<number> {
    return Number(/Step ([\d,]+) of/.exec(await this.part("finetune-step").innerText())?.[1]?.replaceAll(",", ""));
  }

  async expectStepFrom(least: number): Promise<void> {
    await expect.poll(() => this.step()).toBeGreaterThanOrEqual(least);
  }

  /** Fine-tunes to the end, and saves the model. */
  async makeModel(steps = 20): Promise<void> {
    await this.setUp(steps);
    await this.part("finetune-start").click();
    await this.expectPhase("done");
    await this.part("finetune-save").click();
    await expect(this.part("finetune-saved")).toBeVisible();
  }

  models(): Promise<string[]> {
    return this.part("model")
      .locator("option")
      .evaluateAll((options) => options.map((option) => (option as HTMLOptionElement).value));
  }

  async downloaded(testId: string): Promise<{ name: string; bytes: Buffer }> {
    const [download] = await Promise.all([this.page.waitForEvent("download"), this.part(testId).click()]);
    return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
  }

  async loadModel(name: string, buffer: Buffer): Promise<void> {
    await this.part("model-file").setInputFiles({ name, mimeType: "application/octet-stream", buffer });
  }
}
