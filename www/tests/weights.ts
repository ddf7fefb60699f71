/** Weights files that are made for a test. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const models = resolve(import.meta.dirname, "../../models");

type Header = Record<string, { data_offsets: [number, number] }> & { __metadata__: { splitsr: string } };

/** A value: its tensor's name, its place in the tensor, and itself. */
export type Weight = [tensor: string, place: number, value: number];

/**
 * A model's file in base64. `weights`: all others are 0 then. `unmeasured`: without the halo that was measured for its tiles.
 */
export function weightsFile(
  name: string,
  { weights, unmeasured = false }: { weights?: Weight[]; unmeasured?: boolean },
): string {
  const file = readFileSync(join(models, `${name}.safetensors`));
  const start = 8 + Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString("utf8", 8, start)) as Header;
  const data = Buffer.from(file.subarray(start));
  if (weights) data.fill(0);
  for (const [tensor, place, value] of weights ?? []) {
    const [offset] = header[tensor]?.data_offsets ?? [];
    if (offset === undefined) throw new Error(`there is no tensor ${tensor}`);
    data.writeFloatLE(value, offset + 4 * place);
  }
  if (unmeasured) {
    const metadata = JSON.parse(header.__metadata__.splitsr) as { auto_halo?: number };
    delete metadata.auto_halo;
    header.__metadata__.splitsr = JSON.stringify(metadata);
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, data]).toString("base64");
}
