/** A slider from faster, on the left, to better. */
import { nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { clamp } from "../shared/clamp.ts";
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
  /** Whether a larger value is faster: then it is further left. */
  falls?: boolean;
  onInput: (value: number) => void;
}

export function rangeField(range: Range): TemplateResult {
  const { testId, label, about, min, max, step, value, text, falls = false, onInput } = range;
  const share = (value - min) / (max - min);
  return html`
    <div class="full">
      <span id="${testId}-label">${label}</span>
      <div class="zoom ended">
        <input
          type="range"
          dir=${falls ? "rtl" : "ltr"}
          .style=${`--filled: ${falls ? 1 - share : share}`}
          aria-labelledby="${testId}-label"
          aria-describedby=${about ?? nothing}
          aria-valuetext=${text}
          data-testid=${testId}
          min=${min}
          max=${max}
          step=${step}
          .value=${live(String(value))}
          @keydown=${(event: KeyboardEvent) => {
            const next = falls ? valueAt(event.key, range) : undefined;
            if (next === undefined) return;
            event.preventDefault();
            onInput(next);
          }}
          @input=${(event: Event) => onInput((event.target as HTMLInputElement).valueAsNumber)}
        />
        <output aria-hidden="true">${text}</output>
        ${ends()}
      </div>
    </div>
  `;
}

/**
 * Where a key leads on a slider whose largest value is on the left: up and End lead to better here
 * too. The browser turns the other arrow keys round.
 */
function valueAt(key: string, { min, max, step, value }: Range): number | undefined {
  const places: Record<string, number> = {
    ArrowUp: value - step,
    PageUp: value - step,
    ArrowDown: value + step,
    PageDown: value + step,
    Home: max,
    End: min,
  };
  const place = places[key];
  return place === undefined ? undefined : clamp(place, min, max);
}
