/** Makes sources ready to be posted to a worker. */
import type { PortableSource } from "../engine/protocol.ts";
import { UpscaleError, type Source, type SourcePicture } from "../api/index.ts";
import { absolute } from "./address.ts";

/** Copies what would be moved to the worker, so that the caller keeps it. */
export async function toPortable(
  source: Source,
): Promise<{ portable: PortableSource; transfer?: Transferable[] | undefined }> {
  if (source instanceof Blob) return { portable: { kind: "blob", blob: source } };
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) return toPortable(new Blob([source as BlobPart]));
  if (source instanceof ImageData) {
    const { width, height } = source;
    const data = source.data.slice();
    return { portable: { kind: "pixels", data, width, height }, transfer: [data.buffer] };
  }
  if (source instanceof ImageBitmap) {
    const bitmap = await createImageBitmap(source);
    return { portable: { kind: "bitmap", bitmap }, transfer: [bitmap] };
  }
  if (typeof source === "string" || source instanceof URL) {
    return { portable: { kind: "url", url: absolute(source).href } };
  }
  // Without types, it may be missing altogether.
  if ((source as SourcePicture | null | undefined)?.packed instanceof Blob) {
    const { packed, compression } = source;
    return { portable: { kind: "packed", packed, compression } };
  }
  throw new UpscaleError("usage", "The source is not a file, URL, ImageData, ImageBitmap or inspected picture.");
}
