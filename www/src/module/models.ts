/** Finding weights files. */
import { UpscaleError, type ModelEntry, type ModelSource } from "./api.ts";

/** The folder with `index.json`, beside this package's built file; the development server has it at its root. */
const folder = new URL(`${import.meta.env.BASE_URL}models/`, import.meta.url);

/** The models that come with the package, best first choice first. */
export async function listModels(): Promise<ModelEntry[]> {
  const response = await download(new URL("index.json", folder), "the list of models");
  return (await response.json()) as ModelEntry[];
}

/** The bytes of a weights file; without a source, of the first model in the list. */
export async function loadModel(source: ModelSource | undefined): Promise<ArrayBuffer> {
  if (source instanceof ArrayBuffer) return source;
  if (source instanceof Blob) return source.arrayBuffer();
  const url = source instanceof URL || source?.includes("/") ? new URL(source, document.baseURI) : await find(source);
  return (await download(url, `the model ${source ? `"${String(source)}"` : ""}`.trim())).arrayBuffer();
}

async function find(name: string | undefined): Promise<URL> {
  const entries = await listModels();
  const entry = name === undefined ? entries[0] : entries.find((candidate) => candidate.name === name);
  if (entry) return new URL(entry.file, folder);
  const known = entries.map((candidate) => candidate.name).join(", ") || "none";
  throw new UpscaleError("model", `There is no model "${name ?? ""}" here. The models are: ${known}.`);
}

async function download(url: URL, what: string): Promise<Response> {
  let why = "no connection";
  try {
    const response = await fetch(url);
    if (response.ok) return response;
    why = `the server answered ${response.status}`;
  } catch (error) {
    if (error instanceof Error) why = error.message;
  }
  throw new UpscaleError("network", `Could not load ${what} (${why}). Check the connection and try again.`);
}
