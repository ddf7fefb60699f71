/** Several pictures that were opened together, and how far each of them is. */

export interface BatchItem {
  readonly file: File;
  readonly state: "waiting" | "working" | "done" | "failed";
  /** Why it failed, or what there is to note about the result. */
  readonly why: string;
  /** The enlarged picture. It is kept so that a cancelled batch can continue. */
  readonly result: Blob | undefined;
}

export class Batch {
  #items: readonly BatchItem[];

  constructor(files: readonly File[]) {
    this.#items = files.map(waiting);
  }

  get items(): readonly BatchItem[] {
    return this.#items;
  }

  update(index: number, change: Partial<Omit<BatchItem, "file">>): void {
    this.#items = this.#items.map((item, at) => (at === index ? { ...item, ...change } : item));
  }

  /** Discards the results: they were made with other settings. */
  forget(): void {
    this.#items = this.#items.map(({ file }) => waiting(file));
  }

  get done(): number {
    return this.#items.filter(({ result }) => result).length;
  }

  get failed(): number {
    return this.#items.filter(({ state }) => state === "failed").length;
  }
}

function waiting(file: File): BatchItem {
  return { file, state: "waiting", why: "", result: undefined };
}
