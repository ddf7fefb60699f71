/** A warning for scores on a compressed picture. */
import { nothing, type TemplateResult } from "lit-html";
import type { SourcePicture } from "../../module/core.ts";
import { html } from "./html.ts";

export function compressedNote(picture: SourcePicture | undefined, testId: string): TemplateResult | typeof nothing {
  if (!picture?.compression) return nothing;
  return html`<p class="about wrong" data-testid=${testId}>
    This picture is compressed. Shrinking hides its artefacts, so the scores say nothing about how well a model cleans
    them up.
  </p>`;
}
