/**
 * Checks whether other machines get the same result. It enlarges the picture again with the method
 * that gives the same bits everywhere (`tile: "exact"`), and compares the hash of the result with
 * the one in the link.
 */
import type { Distance, SourcePicture, UpscaleResult, Upscaler } from "../../module/core.ts";
import type { Session } from "../session/session.ts";
import { t } from "../shared/words.ts";

export class Verification {
  readonly #session: Session;
  /** The distance between the result that is shown and the exact one. */
  #distance: Distance | undefined;
  /** Whether the result that is shown was made with a schedule. */
  #wasScheduled = false;

  constructor(session: Session) {
    this.#session = session;
  }

  async run(
    upscaler: Upscaler,
    picture: SourcePicture,
    shown: UpscaleResult,
    options: { signal: AbortSignal; onProgress: (fraction: number) => void },
  ): Promise<void> {
    const { signal, onProgress } = options;
    const { width, height, report } = shown;
    const exact = await upscaler.upscale(picture, {
      width,
      height,
      tile: "exact",
      clean: report.clean,
      ...this.#session.slice,
      signal,
      onProgress: ({ fraction }) => onProgress(fraction),
    });
    this.#distance = await upscaler.distance(shown.imageData(), exact.imageData());
    signal.throwIfAborted();
    this.#wasScheduled = report.schedule !== undefined;
    this.#session.findHashes({ model: exact.report.modelSha256, output: exact.report.outputSha256 });
  }

  /** A sentence about what is known; empty if there is nothing to say. */
  get verdict(): string {
    const { expectedHashes: expected, foundHashes: found, picture } = this.#session;
    const distance = this.#distance;
    if (!found || !distance) return expected ? t("The link contains the expected result. It is not verified yet.") : "";
    const { largest } = distance;
    const difference =
      largest === 0
        ? t("The result shown is identical to the exact one.")
        : t`The result shown differs from the exact one by at most ${largest} of 255 levels.`;
    const shown = this.#wasScheduled
      ? `${difference} ${t("The exact result comes from the network alone, at an effort of 100 %.")}`
      : difference;
    if (!expected) return `${t("The link now contains the check value of the exact result.")} ${shown}`;
    if (!found.model.startsWith(expected.model))
      return t("Not reproduced: this page has a different model than the sender.");
    if (!found.output.startsWith(expected.output)) {
      const changed =
        picture?.address === undefined
          ? ""
          : ` ${t`The picture at ${new URL(picture.address).host} may have changed.`}`;
      return `${t("Not reproduced: the exact result here differs from the sender's.")}${changed}`;
    }
    return `${t("Reproduced exactly.")} ${shown}`;
  }
}
