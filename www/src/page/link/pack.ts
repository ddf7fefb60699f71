/** Packs the visitor's picture for a link. Loaded when somebody asks for that. */
import type { Upscaler } from "../../module/core.ts";
import type { Commands } from "../session/commands.ts";
import type { LoadedPicture } from "../session/picture.ts";
import type { Session } from "../session/session.ts";
import { isPng, MAX_BYTES, packBytes } from "./embedded-picture.ts";

/** A picture as text in a link. */
export interface Packed {
  /** The visitor's picture, or the part that was enlarged. */
  source: LoadedPicture;
  text: string;
  /** Whether it is the visitor's own file, to the last byte. */
  isFile?: boolean;
  /** The size of a smaller copy; undefined if it is the picture itself. */
  copySize?: { width: number; height: number };
}

/**
 * In the range from 0 to 1. More pixels of a lower quality are worth more than the opposite, since
 * the clean-up knows how to treat a JPEG.
 */
const COPY_QUALITIES = [0.85, 0.75, 0.65, 0.55];
/** A copy of more pixels does not fit, even of a plain picture. */
const MAX_COPY_PIXELS = 1_000_000;

/**
 * Packs the picture's own file if that fits, or a PNG of a part or of a file that compresses badly,
 * or else a smaller copy. Undefined if the picture is gone by then.
 */
export async function pack(session: Session, upscaler: Upscaler, commands: Commands): Promise<Packed | undefined> {
  const { source, picture, batch } = session;
  if (!source) return undefined;
  const file = source === picture ? picture.file : undefined;
  const packed = file && file.size <= MAX_BYTES ? file : await upscaler.encode(source);
  const text = await textOf(packed);
  if (text === undefined) return copyOf(source);
  if (packed === file && !isPng(text) && !(await readsAlike(source, file, upscaler))) {
    // Browsers differ in the last bits. Whoever opens the link must start from the same picture.
    const hadResult = session.result !== undefined;
    const { name, description } = source;
    const origin = { name, description, decoder: "own", keepsCleanUp: true } as const;
    if ((await commands.open(file, origin)) !== "open") return undefined;
    session.setBatch(batch);
    if (hadResult && !(await commands.run())) return undefined;
  }
  return session.source && { source: session.source, text, isFile: packed === file };
}

const textOf = async (file: Blob) => packBytes(new Uint8Array(await file.arrayBuffer()));

/** A JPEG on white, of as many pixels as fit. */
async function copyOf(source: LoadedPicture): Promise<Packed> {
  const { width, height } = source;
  const bitmap = await createImageBitmap(source.imageData);
  try {
    for (let shrink = Math.min(1, Math.sqrt(MAX_COPY_PIXELS / (width * height))); ; shrink *= 0.9) {
      const side = (pixels: number) => Math.max(1, Math.round(pixels * shrink));
      const copySize = { width: side(width), height: side(height) };
      const canvas = new OffscreenCanvas(copySize.width, copySize.height);
      const context = canvas.getContext("2d");
      if (context) {
        context.fillStyle = "#fff";
        context.fillRect(0, 0, canvas.width, canvas.height);
        context.imageSmoothingQuality = "high";
        context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
      }
      for (const quality of COPY_QUALITIES) {
        const text = await textOf(await canvas.convertToBlob({ type: "image/jpeg", quality }));
        if (text !== undefined) return { source, text, copySize };
      }
    }
  } finally {
    bitmap.close();
  }
}

/** Whether this browser has read the picture as our decoder does, which is the same everywhere. */
async function readsAlike(picture: LoadedPicture, file: Blob, upscaler: Upscaler): Promise<boolean> {
  if (picture.decoder === "own") return true;
  const { data } = (await upscaler.inspect(file, { decoder: "own" })).imageData;
  const mine = picture.imageData.data;
  return mine.length === data.length && mine.every((value, at) => value === data[at]);
}
