import type { Phrase } from "../shared/words.ts";
import type { Area, SourcePicture } from "../../module/core.ts";

/** The origin of a picture. */
export interface PictureOrigin {
  /** A file's name without its ending. */
  name: string;
  /** The alternative text. */
  description: Phrase;
  /** The id of a demo picture. */
  demo?: string | undefined;
  /** The address of a picture on another site. */
  address?: string | undefined;
  /**
   * "own" for a file that others open from a link: our decoder reads the same values in every
   * browser.
   */
  decoder?: "own" | undefined;
  /** Whether the clean-up stays: a link's is for its picture. That for another one is automatic. */
  keepsCleanUp?: boolean | undefined;
}

/** A picture that was opened. */
export interface LoadedPicture extends SourcePicture, PictureOrigin {
  /** The file that it was read from. */
  file: Blob | undefined;
}

/** A part of a picture, and its place. */
export type PicturePart = LoadedPicture & { area: Area };
