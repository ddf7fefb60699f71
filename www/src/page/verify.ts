/**
 * Whether a result is what another machine gets. The picture is enlarged again the way that gives the same bits everywhere (`tile: "exact"`), and the hash of
 * that is compared with the one in the link.
 */
import { html, nothing, type TemplateResult } from "lit-html";
import type { Distance, SourcePicture, UpscaleResult, Upscaler } from "../module/splitsr.ts";
import type { App } from "./app.ts";

/** Of a hash in a link: 128 bits, which nobody can make another picture for. */
const DIGITS = 32;

/** Hashes of the model's file and of the exact result; those of a link are cut short. */
export interface Sums {
  model: string;
  output: string;
}

/** Links that were made before have 16 digits. */
export function parseSums(text: string): Sums | undefined {
  const [, model, output] = /^([0-9a-f]{16,64})-([0-9a-f]{16,64})$/.exec(text) ?? [];
  return model && output ? { model, output } : undefined;
}

export function formatSums({ model, output }: Sums): string {
  return `${model.slice(0, DIGITS)}-${output.slice(0, DIGITS)}`;
}

export class Verification {
  /** What the link said. */
  expected: Sums | undefined;
  /** Of the exact result; undefined until it was made. */
  found: Sums | undefined;
  /** Between the result that is shown and the exact one. */
  distance: Distance | undefined;

  forget(): void {
    this.found = this.distance = undefined;
  }

  async run(
    upscaler: Upscaler,
    picture: SourcePicture,
    shown: UpscaleResult,
    options: { signal: AbortSignal; onProgress: (fraction: number) => void },
  ): Promise<void> {
    const { signal, onProgress } = options;
    const { width, height } = shown;
    const exact = await upscaler.upscale(picture, {
      width,
      height,
      tile: "exact",
      signal,
      onProgress: ({ fraction }) => onProgress(fraction),
    });
    const distance = await upscaler.distance(shown.imageData(), exact.imageData());
    signal.throwIfAborted();
    this.found = { model: exact.report.modelSha256, output: exact.report.outputSha256 };
    this.distance = distance;
  }

  /** What is known, as a sentence; `address` is where the picture is, if that is another site. */
  verdict(address: string | undefined): string {
    const { expected, found, distance } = this;
    if (!found || !distance) return expected ? "The link tells what must come out: not verified yet." : "";
    const off =
      distance.largest === 0
        ? "is the same"
        : `is at most ${distance.largest} level${distance.largest > 1 ? "s" : ""} off`;
    const shown = `What is shown ${off}.`;
    if (!expected) return `The exact result is known now, and the link holds its hash. ${shown}`;
    if (!found.model.startsWith(expected.model))
      return "Not reproduced: the model here is another one than the sender's.";
    if (!found.output.startsWith(expected.output)) {
      const changed =
        address === undefined ? "" : ` The picture at ${new URL(address).host} may be another one by now.`;
      return `Not reproduced: the exact result here is another one than the sender's.${changed}`;
    }
    return `Reproduced exactly. ${shown}`;
  }
}

export function verifyTemplate(app: App): TemplateResult {
  const { verification, activity } = app;
  const { found } = verification;
  const verdict = verification.verdict(app.picture?.address);
  const onGpu = app.backend === "gpu";
  return html`
    ${
      found
        ? nothing
        : html`<button
            type="button"
            class="wide"
            data-testid="verify"
            title=${
              onGpu
                ? "Only the processor gives the same bits on every machine: choose it, or Automatic, as the device"
                : "Enlarges again, slower, in the way that gives the same bits on every machine"
            }
            ?disabled=${activity.isBusy || onGpu || !app.resultIsCurrent}
            @click=${() => void app.verify()}
          >
            Verify
          </button>`
    }
    ${verdict ? html`<p class="about" data-testid="verdict">${verdict}</p>` : nothing}
  `;
}
