/** Several pictures that were opened together, and how far each of them is. */
import type { IncomingFile } from "../shared/incoming.ts";

export interface BatchItem extends Readonly<IncomingFile> {
  readonly state: "waiting" | "working" | "done" | "failed";
  /** Why it failed, or what there is to note about the result. */
  readonly why: string;
  /** The enlarged picture. It is kept so that a cancelled batch can continue. */
  readonly result: Blob | undefined;
}

export class Batch {
  #items: readonly BatchItem[];

  constructor(files: readonly IncomingFile[]) {
    this.#items = files.map(waiting);
  }

  get items(): readonly BatchItem[] {
    return this.#items;
  }

  update(index: number, change: Partial<Omit<BatchItem, keyof IncomingFile>>): void {
    this.#items = this.#items.map((item, at) => (at === index ? { ...item, ...change } : item));
  }

  /** Discards the results: they were made with other settings. */
  forget(): void {
    this.#items = this.#items.map(waiting);
  }

  get done(): number {
    return this.#items.filter(({ result }) => result).length;
  }

  get failed(): number {
    return this.#items.filter(({ state }) => state === "failed").length;
  }
}

function waiting({ file, folder }: IncomingFile): BatchItem {
  return { file, folder, state: "waiting", why: "", result: undefined };
}
