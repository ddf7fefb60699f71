import type { Area, SourcePicture } from "../module/splitsr.ts";

/** A picture that was opened. */
export interface LoadedPicture extends SourcePicture {
  /** A file's name without its ending. */
  name: string;
  /** The file that it came from. */
  file: Blob | undefined;
  /** For a picture of our own. */
  demo: string | undefined;
}

/** A part of one, in its place. */
export type PicturePart = LoadedPicture & { area: Area };
