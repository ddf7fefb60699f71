/** Texts that the viewer puts into the page, said again when the language changes. */
import { onLanguage } from "../shared/words.ts";

type Property = "textContent" | "ariaLabel";

export class Labels {
  readonly #said = new Map<Property, Map<Element, () => string>>();

  /** `draw` says the rest. */
  constructor(draw: () => void) {
    onLanguage(() => {
      for (const [property, labels] of this.#said) for (const [element, say] of labels) element[property] = say();
      draw();
    });
  }

  set(element: Element, property: Property, say: () => string): void {
    const labels = this.#said.get(property) ?? new Map<Element, () => string>();
    this.#said.set(property, labels.set(element, say));
    element[property] = say();
  }
}
