/** A section that is folded until somebody opens it. */
import { noChange, type TemplateResult } from "lit-html";
import { Directive, directive, type PropertyPart } from "lit-html/directive.js";
import { html } from "./html.ts";

/** Opens the section when something in it becomes active. Only the visitor closes it. */
class OpenWhen extends Directive {
  #wasActive = false;

  override render(isActive: boolean): boolean {
    return isActive;
  }

  override update({ element }: PropertyPart, [isActive]: [boolean]): typeof noChange {
    if (isActive && !this.#wasActive) (element as HTMLDetailsElement).open = true;
    this.#wasActive = isActive;
    return noChange;
  }
}

const openWhen = directive(OpenWhen);

/** Brings a section that is opened at the lower edge into sight. */
function reveal({ currentTarget }: Event): void {
  const section = (currentTarget as HTMLElement).closest("details");
  if (!section || section.open) return;
  section.addEventListener("toggle", () => section.scrollIntoView({ block: "nearest" }), { once: true });
}

export function folded(
  name: string,
  title: string,
  isActive: boolean,
  content: TemplateResult,
  onToggle?: () => void,
): TemplateResult {
  return html`
    <details class=${name} .open=${openWhen(isActive)} @toggle=${onToggle}>
      <summary @click=${reveal}><h2 id="${name}-title">${title}</h2></summary>
      ${content}
    </details>
  `;
}
