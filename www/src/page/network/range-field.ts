/** A slider whose ends say which is faster. */
import { nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { ends } from "../shared/ends.ts";
import { html } from "../shared/html.ts";

interface Range {
  testId: string;
  label: string;
  /** The id of an explanation. */
  about?: string;
  min: number;
  max: number;
  step: number;
  value: number;
  /** The value in words. */
  text: string;
  /** Whether further right is faster. */
  falls: boolean;
  onInput: (value: number) => void;
}

export function rangeField({
  testId,
  label,
  about,
  min,
  max,
  step,
  value,
  text,
  falls,
  onInput,
}: Range): TemplateResult {
  return html`
    <div class="full">
      <span id="${testId}-label">${label}</span>
      <div class="zoom ended">
        <input
          type="range"
          aria-labelledby="${testId}-label"
          aria-describedby=${about ?? nothing}
          aria-valuetext=${text}
          data-testid=${testId}
          min=${min}
          max=${max}
          step=${step}
          .value=${live(String(value))}
          @input=${(event: Event) => onInput((event.target as HTMLInputElement).valueAsNumber)}
        />
        <output aria-hidden="true">${text}</output>
        ${ends(falls)}
      </div>
    </div>
  `;
}
