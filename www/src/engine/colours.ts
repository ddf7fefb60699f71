/**
 * Whether the browser converts the colours of an AVIF or HEIC file to sRGB: WebKit's port for Linux
 * gives the values as they are stored.
 */
import { readFile } from "./canvas.ts";

/** One pixel, in AVIF: (200, 100, 50) in Display P3. */
const pixel =
  "AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUEAAADrbWV0YQAAAAAAAAAhaGRscgAAAAAAAAAAcGljdAAAAAAAAAAAAAAA" +
  "AAAAAAAOcGl0bQAAAAAAAQAAAB5pbG9jAAAAAEQAAAEAAQAAAAEAAAETAAAAJwAAAChpaW5mAAAAAAABAAAAGmluZmUCAAAAAAEA" +
  "AGF2MDFDb2xvcgAAAABqaXBycAAAAEtpcGNvAAAAFGlzcGUAAAAAAAAAAQAAAAEAAAAQcGl4aQAAAAADCAgIAAAADGF2MUOBIAAA" +
  "AAAAE2NvbHJuY2x4AAwADQAGgAAAABdpcG1hAAAAAAAAAAEAAQQBAoMEAAAAL21kYXQSAAoHOAAG0BDQaTIaEgJDSoAA8gAAAP9c" +
  "CJEpu1+aEKgtxlJQxNA=";

/** The red of that pixel; in sRGB it is 215. */
const STORED_RED = 200;

let answer: Promise<boolean> | undefined;

/** Also true if the browser cannot read AVIF, since nothing is known to be wrong then. */
export function convertsColours(): Promise<boolean> {
  return (answer ??= ask());
}

async function ask(): Promise<boolean> {
  const bytes = Uint8Array.from(atob(pixel), (character) => character.charCodeAt(0));
  const bitmap = await readFile(new Blob([bytes]), "default");
  const context = new OffscreenCanvas(1, 1).getContext("2d");
  if (!bitmap || !context) return true;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const [red = 0] = context.getImageData(0, 0, 1, 1).data;
  return Math.abs(red - STORED_RED) > 7;
}
