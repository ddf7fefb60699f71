/** One run of a fine-tuning, and its checkpoint on this device. */
import type { ModelSource, TuneResult, TuneScore, TuneSettings, Tuning } from "../../module/core.ts";
import { writePictures, writeTuning, type Point } from "../session/storage.ts";
import type { Curve } from "./plots.ts";

export type Phase = "setup" | "starting" | "running" | "pausing" | "paused" | "stopping" | "done";

/** One run, from its start until its model is saved or discarded. */
export interface Run {
  id: string;
  /** The new model's name. */
  name: string;
  /** The name of the model that the training starts from. */
  from: string;
  source: ModelSource;
  settings: TuneSettings;
  pictures: readonly File[];
  /** The model that the page used before. */
  before: string;
  abort: AbortController;
  /** Undefined until it has begun. */
  tuning: Tuning | undefined;
  step: number;
  stepsPerSecond: number;
  losses: Curve;
  scores: Point[];
  score: TuneScore | undefined;
  /** Undefined until all steps are taken or the run was stopped. */
  result: TuneResult | undefined;
  /** The step of the stored checkpoint. */
  checkpointStep: number | undefined;
  /** When the last checkpoint was begun. */
  checkpointTime: number;
  picturesAreStored: boolean;
  /** Whether the best model so far is in the list of models. */
  isSaved: boolean;
  /** Why the checkpoint or the model could not be stored. */
  trouble: string;
  /** Releases the lock that only one window has. */
  release: () => void;
}

/** Stores what is needed to resume the run. */
export async function storeCheckpoint(run: Run): Promise<void> {
  const { id, name, from, source, settings, losses, scores, tuning } = run;
  if (!tuning) return;
  if (!run.picturesAreStored) await writePictures(id, run.pictures);
  run.picturesAreStored = true;
  const checkpoint = await tuning.checkpoint();
  const { step } = tuning;
  const fromFile = source instanceof Blob ? source : undefined;
  const history = { losses: [...losses.points], scores: [...scores] };
  await writeTuning({ id, name, from, fromFile, settings, step, checkpoint, history });
  run.checkpointStep = step;
  run.trouble = "";
}
