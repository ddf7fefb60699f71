/** Several pictures that were opened together, and how far each of them is. */
import type { IncomingFile } from "../shared/incoming.ts";

export interface BatchItem extends Readonly<IncomingFile> {
  readonly state: "waiting" | "working" | "done" | "failed";
  /** Why it failed, or what there is to note about the result. */
  readonly why: string;
  /** The enlarged picture. It is kept so that a cancelled batch can continue. */
  readonly result: Blob | undefined;
  /** The settings that the state comes from; undefined for a file that cannot be read. */
  readonly settings: string | undefined;
}

export class Batch {
  #items: readonly BatchItem[];
  #settings: string | undefined;

  constructor(files: readonly IncomingFile[]) {
    this.#items = files.map(waiting);
  }

  /** Results of other settings than the current ones are still to be made. */
  get items(): readonly BatchItem[] {
    const isOutdated = ({ settings }: BatchItem) => settings !== undefined && settings !== this.#settings;
    return this.#items.map((item) => (isOutdated(item) ? waiting(item) : item));
  }

  update(index: number, change: Partial<Pick<BatchItem, "state" | "why" | "result">>): void {
    const settings = this.#settings;
    this.#items = this.#items.map((item, at) => {
      if (at !== index) return item;
      return { ...(item.settings === settings ? item : waiting(item)), ...change, settings };
    });
  }

  /** Results of other settings stay until they are made again: the visitor may go back to these. */
  use(settings: string): void {
    this.#settings = settings;
  }

  get done(): number {
    return this.items.filter(({ result }) => result).length;
  }

  get failed(): number {
    return this.items.filter(({ state }) => state === "failed").length;
  }
}

function waiting({ file, folder }: IncomingFile): BatchItem {
  return { file, folder, state: "waiting", why: "", result: undefined, settings: undefined };
}
