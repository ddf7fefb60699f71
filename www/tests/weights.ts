/** Weights files: read, and made for a test. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const models = resolve(import.meta.dirname, "../../models");

type Entry = { dtype: "F16" | "F32"; shape: number[]; data_offsets: [number, number] };
type Header = Record<string, Entry> & { __metadata__: { splitsr: string } };

/** A value: its tensor's name, its index in the tensor, and itself. */
export type Weight = [tensor: string, index: number, value: number];

function parsed(file: Buffer) {
  const start = 8 + Number(file.readBigUInt64LE(0));
  const { __metadata__, ...entries } = JSON.parse(file.toString("utf8", 8, start)) as Header;
  const tensors = Object.entries<Entry>(entries).map(
    ([name, { dtype, data_offsets: range }]): [string, Float32Array<ArrayBuffer>] => {
      const { buffer } = new Uint8Array(file.subarray(start)).slice(...range);
      const values = dtype === "F16" ? Float32Array.from(new Uint16Array(buffer), fromHalf) : new Float32Array(buffer);
      return [name, values];
    },
  );
  return {
    metadata: JSON.parse(__metadata__.splitsr) as Record<string, unknown>,
    entries,
    tensors: new Map(tensors.toSorted(([one], [other]) => (one < other ? -1 : 1))),
  };
}

/** The value of a 16-bit float by its bits (IEEE 754 binary16). */
function fromHalf(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? (1024 + fraction) * 2 ** (exponent - 25) : fraction * 2 ** -24);
}

/** The tensors of a weights file, in the order of their names. */
export function tensorsOf(file: Buffer): Map<string, Float32Array> {
  return parsed(file).tensors;
}

/** A model's file in base64. `weights`: all others are 0 then. `halo`: that of its tiles. */
export function weightsFile(name: string, { weights, halo }: { weights?: Weight[]; halo?: number }): string {
  const { metadata, entries, tensors } = parsed(readFileSync(join(models, `${name}.safetensors`)));
  if (weights) tensors.forEach((values) => values.fill(0));
  for (const [tensor, index, value] of weights ?? []) {
    const values = tensors.get(tensor);
    if (!values) throw new Error(`there is no tensor ${tensor}`);
    values[index] = value;
  }
  if (halo !== undefined) metadata["auto_halo"] = halo;

  let end = 0;
  const header: Record<string, unknown> = { __metadata__: { splitsr: JSON.stringify(metadata) } };
  for (const [tensor, { byteLength }] of tensors) {
    header[tensor] = { ...entries[tensor], dtype: "F32", data_offsets: [end, (end += byteLength)] };
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, ...[...tensors.values()].map(({ buffer }) => Buffer.from(buffer))]).toString(
    "base64",
  );
}
