/** Texts that the viewer puts into the page, set again when the language changes. */
import { onLanguage } from "../shared/words.ts";

type Property = "textContent" | "ariaLabel";

export class Labels {
  readonly #texts = new Map<Property, Map<Element, () => string>>();

  /** `draw` updates the rest. */
  constructor(draw: () => void) {
    onLanguage(() => {
      for (const [property, texts] of this.#texts) for (const [element, text] of texts) element[property] = text();
      draw();
    });
  }

  set(element: Element, property: Property, text: () => string): void {
    const texts = this.#texts.get(property) ?? new Map<Element, () => string>();
    this.#texts.set(property, texts.set(element, text));
    element[property] = text();
  }

  of(element: Element, property: Property): (() => string) | undefined {
    return this.#texts.get(property)?.get(element);
  }
}
