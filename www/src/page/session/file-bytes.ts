/**
 * Values with their files as bytes: WebKit stores no blobs in windows whose storage is in memory
 * alone, such as private ones.
 */

interface FileBytes {
  bytes: ArrayBuffer;
  type: string;
  /** Undefined for a blob, which has no name. */
  name: string | undefined;
}

/** A copy of an object or array whose own blobs are bytes. */
export async function withBytes<T extends object>(value: T): Promise<T> {
  const changes = Object.entries(value).flatMap(([key, blob]) => (blob instanceof Blob ? [bytesOf(key, blob)] : []));
  return changed(value, await Promise.all(changes));
}

async function bytesOf(key: string, blob: Blob): Promise<[string, FileBytes]> {
  const name = blob instanceof File ? blob.name : undefined;
  return [key, { bytes: await blob.arrayBuffer(), type: blob.type, name }];
}

/** Undoes `withBytes`; other values stay as they are. */
export function withFiles<T extends object>(value: T): T {
  const changes = Object.entries(value).flatMap(([key, part]: [string, unknown]) =>
    isFileBytes(part) ? [[key, fileOf(part)] as const] : [],
  );
  return changed(value, changes);
}

function isFileBytes(value: unknown): value is FileBytes {
  return typeof value === "object" && value !== null && "bytes" in value && value.bytes instanceof ArrayBuffer;
}

function fileOf({ bytes, type, name }: FileBytes): Blob {
  return name === undefined ? new Blob([bytes], { type }) : new File([bytes], name, { type });
}

function changed<T extends object>(value: T, changes: readonly (readonly [string, unknown])[]): T {
  const copy: object = Array.isArray(value) ? [...(value as unknown[])] : { ...value };
  return Object.assign(copy, Object.fromEntries(changes)) as T;
}
