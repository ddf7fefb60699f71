#!/usr/bin/env node
/** The command of the npm package: `npx splitsr photo.jpg`. */
import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { basename, dirname, join, parse, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { reason } from "../node/reason.ts";
import { createUpscaler, DEFAULT_MODEL, MAX_ZOOM, UpscaleError, type NodeUpscaler } from "./node.ts";

const help = `Enlarges pictures on this machine with SplitSR, a small neural network.

Usage: splitsr PICTURE... [options]

  -o, --output OUT  file to write (png, jpg, webp, bmp, tif, gif), or a folder;
                    default: beside the picture, as photo-x2.png
  --scale NUMBER    zoom, from 1 to ${MAX_ZOOM}; default: 2
  --model MODEL     file or name of the model; default: ${DEFAULT_MODEL}
  --overwrite       replace files that exist
  -h, --help        print this help
  --version         print the version`;

interface Settings {
  pictures: string[];
  output: string | undefined;
  scale: number;
  overwrite: boolean;
}

process.exitCode = await run().catch((error: unknown) => {
  fail(messageOf(error));
  return isUsage(error) ? 2 : 1;
});

/** Returns the exit status. */
async function run(): Promise<number> {
  const { values, positionals: pictures } = readArguments();
  if (values.help) return print(help);
  if (values.version) return print(version());
  if (pictures.length === 0) throw usage("name a picture to enlarge");
  const { output, model, overwrite } = values;
  const scale = Number(values.scale);
  if (!(scale >= 1 && scale <= MAX_ZOOM)) {
    throw usage(`the scale must be a number from 1 to ${MAX_ZOOM}, not "${values.scale}"`);
  }
  if (output !== undefined && !isFolder(output)) {
    if (pictures.length > 1) throw usage(`${output} is not a folder: several pictures need one`);
    if (!/\.(?:png|jpe?g|webp|bmp|tiff?|gif)$/i.test(output)) {
      throw usage(`${output} is neither a folder nor a file that ends in png, jpg, webp, bmp, tif or gif`);
    }
  }
  const upscaler = await createUpscaler({ model: existsSync(model) ? pathToFileURL(model) : model });
  try {
    return await enlargeAll(upscaler, { pictures, output, scale, overwrite });
  } finally {
    upscaler.destroy();
  }
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        output: { type: "string", short: "o" },
        scale: { type: "string", default: "2" },
        model: { type: "string", default: DEFAULT_MODEL },
        overwrite: { type: "boolean", default: false },
        help: { type: "boolean", short: "h" },
        version: { type: "boolean" },
      },
    });
  } catch (error) {
    // Further sentences are advice that goes beyond this command.
    const [what = ""] = (error as Error).message.split(/\.\s/);
    throw usage(what);
  }
}

/** A picture that fails does not stop the others. */
async function enlargeAll(upscaler: NodeUpscaler, settings: Settings): Promise<number> {
  const taken = new Set(settings.pictures.map(canonicalPath));
  let status = 0;
  for (const picture of settings.pictures) {
    try {
      await enlarge(upscaler, picture, settings, taken);
    } catch (error) {
      fail(`${picture}: ${messageOf(error)}`);
      status = 1;
    }
  }
  return status;
}

/** Where a file is or will be, whatever links lead to it. */
function canonicalPath(file: string): string {
  if (existsSync(file)) return realpathSync(file);
  const folder = dirname(file);
  return existsSync(folder) ? join(realpathSync(folder), basename(file)) : resolve(file);
}

/** `taken` are the paths of files that are read or were written in this call. */
async function enlarge(
  upscaler: NodeUpscaler,
  picture: string,
  { output, scale, overwrite }: Settings,
  taken: Set<string>,
): Promise<void> {
  const file = outputFor(picture, output, scale);
  if (taken.has(canonicalPath(file))) throw new Error(`its result ${file} would replace another picture of this call`);
  const refuseExisting = () => {
    if (!overwrite && existsSync(file)) throw new Error(`${file} already exists: --overwrite replaces it`);
  };
  refuseExisting();
  const result = await upscaler.upscale(await readFile(picture), { scale, onProgress: progressOf(picture) });
  const notes = [...result.report.notes];
  // It may be there now.
  refuseExisting();
  await mkdir(dirname(file), { recursive: true });
  await result.save(file, undefined, { onNote: (note) => notes.push(note) });
  taken.add(canonicalPath(file));
  clearProgress();
  for (const note of notes) printLine(`${picture}: ${note}`);
  printLine(`${file} (${result.width} x ${result.height}, ${(result.report.milliseconds / 1000).toFixed(2)} s)`);
}

function outputFor(picture: string, output: string | undefined, scale: number): string {
  const name = `${parse(picture).name}-x${scale}.png`;
  if (output === undefined) return join(dirname(picture), name);
  return isFolder(output) ? join(output, name) : output;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function progressOf(picture: string): ({ fraction }: { fraction: number }) => void {
  return ({ fraction }) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${oneLine(picture)}: ${Math.floor(100 * fraction)} %`);
  };
}

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
}

function usage(what: string): UpscaleError {
  return new UpscaleError("usage", `${what}; splitsr --help lists the options`);
}

function isUsage(error: unknown): boolean {
  return error instanceof UpscaleError && error.code === "usage";
}

function messageOf(error: unknown): string {
  return error instanceof UpscaleError ? error.message : reason(error);
}

function fail(message: string): void {
  clearProgress();
  printLine(`splitsr: ${message}`);
}

/** Names of files can hold line breaks. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`);
}

function printLine(text: string): void {
  console.error(oneLine(text));
}

function print(text: string): number {
  console.log(text);
  return 0;
}

function version(): string {
  const description: unknown = JSON.parse(readFileSync(join(import.meta.dirname, "../package.json"), "utf8"));
  const isKnown = typeof description === "object" && description !== null && "version" in description;
  return isKnown ? String(description.version) : "unknown";
}
