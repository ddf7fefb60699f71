/** What the visitor made and keeps on this device, in IndexedDB: models, and fine-tunings that are not finished. */
import { createStore, delMany, get, getMany, keys, set } from "idb-keyval";
import type { ModelEntry, TuneSettings } from "../module/splitsr.ts";

/** A model that did not come with the page. */
export interface OwnModel {
  entry: ModelEntry;
  file: Blob;
  /** Of one that was fine-tuned here. */
  tuned?: {
    /** The model that it began with. */
    from: string;
    step: number;
    /** dB over that, on what it was not trained with. */
    gain: number;
    /** Whether its network is another one than that model's. */
    isOther?: boolean;
  };
}

/** A fine-tuning as it is kept, to go on with it; its pictures are kept beside it, and written once. */
export interface KeptTuning {
  id: string;
  /** Of the new model. */
  name: string;
  /** Name of the model that it began with. */
  from: string;
  /** That model's weights, where it is one of the visitor's own, who may have deleted it since. */
  fromFile: Blob | undefined;
  settings: TuneSettings;
  step: number;
  checkpoint: Blob | undefined;
  history: TuneHistory;
}

/** What the plots show. */
export interface TuneHistory {
  losses: Point[];
  scores: Point[];
}

export type Point = readonly [step: number, value: number];

const store = createStore("splitsr", "kept");

// Each kind has its own beginning of the key.
const modelKey = (name: string) => `model/${name}`;
const tuningKey = (id: string) => `tuning/${id}`;
const picturesKey = (id: string) => `pictures/${id}`;

async function readAll<T>(beginning: string): Promise<T[]> {
  const wanted = (await keys<string>(store)).filter((key) => key.startsWith(beginning));
  const values = await getMany<T>(wanted, store);
  return values.filter((value) => value !== undefined);
}

/** @throws {StorageError} as all of these do. */
export const readModels = (): Promise<OwnModel[]> => told(() => readAll<OwnModel>(modelKey("")));

export const writeModel = (model: OwnModel): Promise<void> => told(() => set(modelKey(model.entry.name), model, store));

export const isKept = (model: string): Promise<boolean> =>
  told(async () => (await keys<string>(store)).includes(modelKey(model)));

export const removeModel = (name: string): Promise<void> => told(() => delMany([modelKey(name)], store));

export const readTunings = (): Promise<KeptTuning[]> => told(() => readAll<KeptTuning>(tuningKey("")));

/** In place of what was kept of it, which stays where there is no room for this. */
export const writeTuning = (tuning: KeptTuning): Promise<void> => told(() => set(tuningKey(tuning.id), tuning, store));

export const removeTuning = (id: string): Promise<void> => told(() => delMany([tuningKey(id), picturesKey(id)], store));

export const readPictures = async (id: string): Promise<File[]> =>
  (await told(() => get<File[]>(picturesKey(id), store))) ?? [];

export const writePictures = (id: string, files: readonly File[]): Promise<void> =>
  told(() => set(picturesKey(id), files, store));

/** What went wrong, in words for the reader. */
export class StorageError extends Error {}

async function told<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const { name, message } =
      error instanceof Error || error instanceof DOMException ? error : new Error(String(error));
    throw new StorageError(
      name === "QuotaExceededError"
        ? "There is no room left on this device to keep it. What was kept before is still there."
        : `The browser does not let this page keep anything on this device (${message || name}).`,
      { cause: error },
    );
  }
}
