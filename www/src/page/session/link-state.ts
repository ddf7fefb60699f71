/** The content of a link. `link/codec.ts` reads and writes it. */
import type { Area, Backend, CleanUp } from "../../module/core.ts";
import type { Format } from "../shared/formats.ts";
import type { NetworkChange } from "./hyper-parameters.ts";

/** The point and the magnification of the viewer. */
export interface View {
  /** The point of the picture in the middle of the viewer, from 0 to 1. */
  x: number;
  y: number;
  /** CSS pixels for each pixel of the original. */
  magnification: number;
  /** The place of the dividing line, from 0 (all enlarged) to 1 (all original). */
  split: number;
}

/** The viewer's switches. "swapped": the pictures side by side have changed places. */
export const toggles = ["beside", "swapped", "loupe", "pixels"] as const;
export type Toggle = (typeof toggles)[number];

/** The viewer's part of a link. */
export interface LinkedView {
  view: View | undefined;
  toggles: readonly Toggle[];
}

/**
 * SHA-256 of the model's file and of the exact result, in hexadecimal; a link holds only their
 * first digits.
 */
export interface Hashes {
  model: string;
  output: string;
}

export interface LinkState {
  /** The id of a demo picture. */
  demo?: string | undefined;
  /** A small picture that is part of the link: see `link/embedded-picture.ts`. */
  embedded?: string | undefined;
  /** Whether that is a compressed copy of the sender's picture. */
  isCopy?: boolean | undefined;
  /** The address of a picture on another site: see `shared/address.ts`. */
  address?: string | undefined;
  model?: string | undefined;
  /** The name in an older link of a model that is gone; `model` stands for it. */
  formerModel?: string | undefined;
  /** Hyper-parameters; the model's own for those that are absent. */
  network?: NetworkChange | undefined;
  zoom?: number | undefined;
  /**
   * The time that a picture may take, in milliseconds. As soon as the device's speed is known, the
   * network that it allows takes its place.
   */
  budget?: number | undefined;
  /** The effort of a schedule in %; absent without one. */
  effort?: number | undefined;
  /** Absent for "auto". */
  backend?: Exclude<Backend, "auto"> | undefined;
  /** Absent for 0. */
  clean?: CleanUp | undefined;
  /** The baselines, starting with the one that is shown; absent for the original alone. */
  baselines?: readonly string[] | undefined;
  /** Whether their differences are shown. */
  difference?: boolean | undefined;
  /** The part of the picture that is enlarged. */
  region?: Area | undefined;
  /** The hashes that the exact result must have; absent where the sender had not made it. */
  hashes?: Hashes | undefined;
  /** Absent while the whole picture is fitted into the viewer. */
  view?: View | undefined;
  toggles?: readonly Toggle[] | undefined;
  /** How the result is saved. */
  format?: Format | undefined;
  quality?: number | undefined;
  evaluationScale?: number | undefined;
}
