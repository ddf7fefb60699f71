/** Sets an input's value, but not while somebody types into it. */
import { noChange } from "lit-html";
import { Directive, directive, type PropertyPart } from "lit-html/directive.js";

class UnlessEdited extends Directive {
  #field: HTMLInputElement | undefined;
  #isEdited = false;

  override render(value: string): string {
    return value;
  }

  override update({ element }: PropertyPart, [value]: [string]): typeof noChange {
    if (!this.#field) {
      this.#field = element as HTMLInputElement;
      this.#field.addEventListener("input", () => (this.#isEdited = true));
      // A value that was typed and then taken back ends without a change.
      for (const end of ["change", "blur"]) this.#field.addEventListener(end, () => (this.#isEdited = false));
    }
    if (!this.#isEdited && this.#field.value !== value) this.#field.value = value;
    return noChange;
  }
}

export const unlessEdited = directive(UnlessEdited);
