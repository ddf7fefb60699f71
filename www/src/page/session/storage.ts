/** The visitor's models and unfinished fine-tunings, stored on this device in IndexedDB. */
import { createStore, delMany, get, getMany, keys, set, update } from "idb-keyval";
import type { ModelEntry, TuneSettings } from "../../module/core.ts";
import { withBytes, withFiles } from "./file-bytes.ts";
import { t } from "../shared/words.ts";

/** A model that does not come with the page. */
export interface OwnModel {
  entry: ModelEntry;
  file: Blob;
  /** Present if it was fine-tuned here. */
  tuned?: {
    /** The model that the training started from. */
    from: string;
    step: number;
    /** The gain over that model on held-out pictures, in dB. */
    gain: number;
    /** Whether its network differs from that model's. */
    isOther?: boolean;
  };
}

/** A stored fine-tuning, to resume it. Its pictures are stored separately, once. */
export interface StoredTuning {
  id: string;
  /** The new model's name. */
  name: string;
  /** The name of the model that the training started from. */
  from: string;
  /** That model's weights if it is the visitor's own, since it may be deleted meanwhile. */
  fromFile: Blob | undefined;
  settings: TuneSettings;
  step: number;
  checkpoint: Blob | undefined;
  history: TuneHistory;
}

/** The points of the plots. */
interface TuneHistory {
  losses: Point[];
  scores: Point[];
}

export type Point = readonly [step: number, value: number];

const store = createStore("splitsr", "kept");

// Each kind of value has its own prefix.
const modelKey = (name: string) => `model/${name}`;
const tuningKey = (id: string) => `tuning/${id}`;
const picturesKey = (id: string) => `pictures/${id}`;

async function readAll<T extends object>(prefix: string): Promise<T[]> {
  const matching = (await keys<string>(store)).filter((key) => key.startsWith(prefix));
  const values = await getMany<T | undefined>(matching, store);
  return values.filter((value) => value !== undefined).map((value) => withFiles(value));
}

/** Stores a value with the files in it; where the browser refuses files, as their bytes. */
async function put<T extends object>(value: T, write: (value: T) => Promise<void>): Promise<void> {
  try {
    await write(value);
  } catch (error) {
    if (error instanceof DOMException && error.name === "QuotaExceededError") throw error;
    await write(await withBytes(value));
  }
}

/** @throws {StorageError}, as all of these functions do. */
export const readModels = (): Promise<OwnModel[]> => explained(() => readAll<OwnModel>(modelKey("")));

export const writeModel = (model: OwnModel): Promise<void> =>
  explained(() => put(model, (model) => set(modelKey(model.entry.name), model, store)));

/** Stores a new model. Returns false, and keeps the other, if there is one of its name. */
export const addModel = (model: OwnModel): Promise<boolean> =>
  explained(async () => {
    let isNew = false;
    // In one transaction, since another window may store a model at the same time.
    await put(model, (model) =>
      update<OwnModel>(
        modelKey(model.entry.name),
        (other) => {
          isNew = other === undefined;
          return other ?? model;
        },
        store,
      ),
    );
    return isNew;
  });

export const removeModel = (name: string): Promise<void> => explained(() => delMany([modelKey(name)], store));

export const readTunings = (): Promise<StoredTuning[]> => explained(() => readAll<StoredTuning>(tuningKey("")));

/** Replaces its stored state, which stays if there is no room for the new one. */
export const writeTuning = (tuning: StoredTuning): Promise<void> =>
  explained(() => put(tuning, (tuning) => set(tuningKey(tuning.id), tuning, store)));

export const removeTuning = (id: string): Promise<void> =>
  explained(() => delMany([tuningKey(id), picturesKey(id)], store));

export const readPictures = async (id: string): Promise<File[]> =>
  withFiles((await explained(() => get<File[]>(picturesKey(id), store))) ?? []);

export const writePictures = (id: string, files: readonly File[]): Promise<void> =>
  explained(() => put(files, (files) => set(picturesKey(id), files, store)));

/** Its message is for the reader. */
class StorageError extends Error {}

/** Milliseconds after which a storage that has never answered counts as none. */
const TIMEOUT_MS = 5000;

/** Whether the storage has answered. That of some browsers sometimes never does. */
let hasAnswered = false;

async function withTimeout<T>(pending: Promise<T>): Promise<T> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error("it does not answer")), TIMEOUT_MS);
  });
  return Promise.race([pending, late]);
}

async function explained<T>(operation: () => Promise<T>): Promise<T> {
  try {
    const pending = operation();
    const value = await (hasAnswered ? pending : withTimeout(pending));
    hasAnswered = true;
    return value;
  } catch (error) {
    const { name, message } =
      error instanceof Error || error instanceof DOMException ? error : new Error(String(error));
    throw new StorageError(
      name === "QuotaExceededError"
        ? t("There is no space left on this device. Earlier versions are still saved; free up space to save new ones.")
        : t`The browser does not let this page save anything on this device (${message || name}).`,
      { cause: error },
    );
  }
}
