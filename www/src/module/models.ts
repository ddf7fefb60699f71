/** Finds weights files. */
import { locate } from "../engine/files.ts";
import { isPage, reachAdvice } from "../engine/reach.ts";
import { DEFAULT_MODEL, UpscaleError, type ModelEntry, type ModelSource, type FileLocations } from "../api/index.ts";
import { absolute } from "./address.ts";
import { filesAt, folderAt } from "./file-locations.ts";

/**
 * The folder with `index.json`, beside that of this built file; the development server has it at
 * its root.
 */
const folder = () => new URL(import.meta.env.DEV ? "/models/" : "../models/", import.meta.url);

/**
 * The models that come with the module, or those in the folder `models`. Their twins for clean-up
 * are not among them.
 */
export async function listModels(locations: Pick<FileLocations, "models"> = {}): Promise<ModelEntry[]> {
  const files = await listFiles(locations);
  const models = files.filter(({ twin }) => !twin);
  return models.map((model) => ({ ...model, cleansUp: files.some(({ twin }) => twin?.of === model.sha256) }));
}

/** A model's second weights, which clean up compressed pictures; undefined if it has none. */
export async function loadTwin(modelSha256: string, locations: FileLocations): Promise<ArrayBuffer | undefined> {
  const entry = (await listFiles(locations)).find(({ twin }) => twin?.of === modelSha256);
  return entry && loadModel(urlOf(entry, locations));
}

/** The folder with `index.json`; undefined for the npm package's models, which have none. */
function folderOf({ models }: FileLocations): URL | undefined {
  if (models !== undefined) return folderAt(models);
  return import.meta.env.PACKAGE ? undefined : folder();
}

function urlOf({ file }: ModelEntry, locations: FileLocations): URL {
  const folder = folderOf(locations);
  return folder ? new URL(file, folder) : locate(file, filesAt(locations.assets));
}

async function listFiles(locations: FileLocations): Promise<ModelEntry[]> {
  const folder = folderOf(locations);
  if (!folder) return import.meta.env.MODELS;
  const read = async (response: Response) => {
    const entries: unknown = await response.json();
    if (!Array.isArray(entries) || !entries.every(isEntry)) throw new Error("the file is not a list of models");
    return entries;
  };
  return download(new URL("index.json", folder), "the list of models", read);
}

/** Looks at what every use needs. A Rust test reads our own list as the whole type. */
function isEntry(entry: Partial<ModelEntry> | null): entry is ModelEntry {
  return typeof entry?.name === "string" && typeof entry.file === "string" && typeof entry.scale === "number";
}

/**
 * The flagship for a zoom: the one with the smallest scale that reaches the zoom, since a larger
 * scale wastes time; or with the largest scale, if none reaches it.
 */
export function modelFor(zoom: number, entries: readonly ModelEntry[]): ModelEntry | undefined {
  const flagships = entries.filter(({ name, scale }) => name === `splitsr-x${scale}`);
  const byScale = flagships.toSorted((a, b) => a.scale - b.scale);
  return byScale.find(({ scale }) => scale >= zoom) ?? byScale.at(-1);
}

/** The bytes of a weights file. */
export async function loadModel(
  source: ModelSource = DEFAULT_MODEL,
  locations: FileLocations = {},
): Promise<ArrayBuffer> {
  if (source instanceof ArrayBuffer) return source;
  if (source instanceof Blob || ArrayBuffer.isView(source)) return new Blob([source as BlobPart]).arrayBuffer();
  const isUrl = source instanceof URL || source.includes("/");
  const url = isUrl ? absolute(source) : await find(source, locations);
  return download(url, `the model "${String(source)}"`, (response) => response.arrayBuffer());
}

/** The replay pictures, generic ones that fine-tuning mixes in, in a row. */
export async function loadReplayRow(): Promise<Blob> {
  return download(new URL("replay.webp", folder()), "the generic pictures", (response) => response.blob());
}

async function find(name: string, locations: FileLocations): Promise<URL> {
  const entries = await listModels(locations);
  const entry = entries.find((candidate) => candidate.name === name);
  if (entry) return urlOf(entry, locations);
  const known = entries.map((candidate) => candidate.name).join(", ") || "none";
  const more = import.meta.env.PACKAGE
    ? ` Others are in the package "splitsr-models": give its address as "models".`
    : "";
  throw new UpscaleError("model", `There is no model "${name}" here. The models are: ${known}.${more}`);
}

async function download<T>(url: URL, what: string, read: (response: Response) => Promise<T>): Promise<T> {
  let why = "no connection";
  try {
    const response = await fetch(url);
    if (isPage(response)) throw new Error("the server sent a page instead");
    // The connection may also break within the file.
    if (response.ok) return await read(response);
    why = `the server answered ${response.status}`;
  } catch (error) {
    if (error instanceof Error) why = error.message;
  }
  throw new UpscaleError("network", `Could not load ${what} (${why}). ${reachAdvice(url)}`);
}
