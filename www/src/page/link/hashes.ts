/** The hashes in a link, which say what the exact result must be. */
import type { Hashes } from "../session/link-state.ts";

/** Digits of a hash in a link: 128 bits, so nobody can find another picture with the same hash. */
const DIGITS = 32;

/** Older links have 16 digits. */
export function parseHashes(text: string): Hashes | undefined {
  const [, model, output] = /^([0-9a-f]{16,64})-([0-9a-f]{16,64})$/.exec(text) ?? [];
  return model && output ? { model, output } : undefined;
}

export function formatHashes({ model, output }: Hashes): string {
  return `${model.slice(0, DIGITS)}-${output.slice(0, DIGITS)}`;
}
