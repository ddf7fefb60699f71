import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";

/** A section with one choice out of `options`, each a value and its label, and a remark below. */
export function choiceSection<T extends string>(
  title: string,
  testId: string,
  options: readonly (readonly [value: T, label: string])[],
  chosen: T,
  choose: (value: T) => void,
  about: TemplateResult | typeof nothing = nothing,
): TemplateResult {
  const titleId = `${testId}-title`;
  return html`
    <section aria-labelledby=${titleId}>
      <h2 id=${titleId}>${title}</h2>
      <select
        aria-labelledby=${titleId}
        data-testid=${testId}
        .value=${live(chosen)}
        @change=${(event: Event) => choose((event.target as HTMLSelectElement).value as T)}
      >
        ${options.map(
          // An option without a value describes the current state and cannot be chosen.
          ([value, label]) => html`
            <option value=${value} ?selected=${value === chosen} ?disabled=${!value} ?hidden=${!value}>${label}</option>
          `,
        )}
      </select>
      ${about}
    </section>
  `;
}
