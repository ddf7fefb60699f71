import type { Area, SourcePicture } from "../module/splitsr.ts";

/** Where a picture came from. */
export interface PictureOrigin {
  /** A file's name without its ending. */
  name: string;
  /** For those who cannot see it. */
  description: string;
  /** For a picture of our own. */
  demo?: string | undefined;
  /** For a picture of another site. */
  address?: string | undefined;
}

/** A picture that was opened. */
export interface LoadedPicture extends SourcePicture, PictureOrigin {
  /** The file that it came from. */
  file: Blob | undefined;
}

/** A part of one, in its place. */
export type PicturePart = LoadedPicture & { area: Area };
