/** The page's state in the URL's fragment: `#img=demo:sign&model=splitsr-x2&zoom=2&view=0.5,0.5,2,0.5`. */
import { MAX_ZOOM, type Area, type Backend, type ModelEntry, type SplitSrConfig } from "../module/splitsr.ts";
import { isRival } from "./compare.ts";
import { demos } from "./demos.ts";
import { parameters, type NetworkChange } from "./network.ts";
import { unpackPicture } from "./packed.ts";
import { formatSums, parseSums, type Sums } from "./verify.ts";

export const MIN_ZOOM = 1;

/** Where the viewer looks. */
export interface View {
  /** The point of the picture in the middle of the viewer, from 0 to 1. */
  x: number;
  y: number;
  /** CSS pixels for each pixel of the original. */
  magnification: number;
  /** Where the comparison is divided, from 0 (all enlarged) to 1 (all original). */
  split: number;
}

export interface LinkState {
  /** The id of a demo picture. */
  demo?: string | undefined;
  /** Of a visitor's own picture, a small part that was put into the link on request: see `packed.ts`. */
  packed?: string | undefined;
  model?: string | undefined;
  /** Hyper-parameters; the model's own for those that are absent. */
  network?: NetworkChange | undefined;
  zoom?: number | undefined;
  /** Absent for "auto". */
  backend?: Exclude<Backend, "auto"> | undefined;
  /** What the result is compared with; absent for the original. */
  rival?: string | undefined;
  /** Whether their differences are shown. */
  difference?: boolean | undefined;
  /** The part of the picture that is enlarged. */
  region?: Area | undefined;
  /** What the exact result must be; absent where the sender had not made it. */
  sums?: Sums | undefined;
  /** Absent while the whole picture is fitted into the viewer. */
  view?: View | undefined;
}

/** Reads a fragment. What is wrong in it is left out, and told in a sentence each. */
export function parseLink(fragment: string, models: readonly ModelEntry[]): { state: LinkState; complaints: string[] } {
  const values = new URLSearchParams(fragment.replace(/^#/, ""));
  const state: LinkState = {};
  const complaints: string[] = [];

  const image = values.get("img");
  if (image !== null) {
    const id = image.startsWith("demo:") ? image.slice("demo:".length) : undefined;
    const packed = image.startsWith("png:") ? image.slice("png:".length) : undefined;
    if (packed !== undefined && unpackPicture(packed)) state.packed = packed;
    else if (demos.some((demo) => demo.id === id)) state.demo = id;
    else complaints.push("The link names a picture that is not here.");
  }

  const model = values.get("model");
  if (model !== null) {
    if (models.some(({ name }) => name === model)) state.model = model;
    else complaints.push("The link names a model that is not here.");
  }

  for (const { key, link, label, values: choices } of parameters) {
    const text = values.get(link);
    if (text === null) continue;
    const option = choices(MOST_GROUPS).find(([value]) => String(value) === text);
    if (option) state.network = { ...state.network, [key]: option[0] };
    else complaints.push(`The link's ${label.toLowerCase()} is not one of those to choose from.`);
  }

  const zoom = values.get("zoom");
  if (zoom !== null) {
    const number = Number(zoom);
    if (zoom !== "" && number >= MIN_ZOOM && number <= MAX_ZOOM) state.zoom = number;
    else complaints.push(`The link's zoom is not a number from ${MIN_ZOOM} to ${MAX_ZOOM}.`);
  }

  const backend = values.get("backend");
  if (backend !== null) {
    if (backend === "cpu" || backend === "gpu") state.backend = backend;
    else if (backend !== "auto") complaints.push("The link names a device that is not known.");
  }

  const rival = values.get("with");
  if (rival !== null) {
    if (isRival(rival, models)) state.rival = rival;
    else complaints.push("The link compares with something that is not here.");
  }
  state.difference = values.get("diff") === "1";

  const region = values.get("part");
  if (region !== null) {
    state.region = parseArea(region);
    if (!state.region) complaints.push("The link's part of the picture is not understood.");
  }

  const sums = values.get("sum");
  if (sums !== null) {
    state.sums = parseSums(sums);
    if (!state.sums) complaints.push("The link's hashes are not understood.");
  }

  const view = values.get("view");
  if (view !== null) {
    state.view = parseView(view);
    if (!state.view) complaints.push("The link's view is not understood.");
  }
  return { state, complaints };
}

/** Hybrid indices up to any that a model here has. */
const MOST_GROUPS = { groups: 64 } as SplitSrConfig;

/** What need not be in a link. */
const USUAL: NetworkChange = {
  split_ratio: 0.25,
  hybrid_index: 3,
  hybrid_mode: "split-first",
  replacement: "features",
  block: "split",
};

function parseArea(text: string): Area | undefined {
  const [, ...numbers] = /^(\d{1,6}),(\d{1,6}),(\d{1,6}),(\d{1,6})$/.exec(text) ?? [];
  const [left, top, width, height] = numbers.map(Number);
  if (left === undefined || top === undefined || !width || !height) return undefined;
  return { left, top, width, height };
}

function parseView(text: string): View | undefined {
  const [x, y, magnification, split, ...rest] = text.split(",").map((part) => (part === "" ? NaN : Number(part)));
  if (x === undefined || y === undefined || magnification === undefined || split === undefined) return undefined;
  const within = [x, y, split].every((fraction) => fraction >= 0 && fraction <= 1);
  if (rest.length > 0 || !within || !(magnification > 0 && magnification < 1e6)) return undefined;
  return { x, y, magnification, split };
}

export function formatLink(state: LinkState): string {
  const { demo, packed, model, network, zoom, backend, rival, difference, region, sums, view } = state;
  const parts: string[] = [];
  if (demo !== undefined) parts.push(`img=demo:${demo}`);
  if (packed !== undefined) parts.push(`img=png:${packed}`);
  if (model !== undefined) parts.push(`model=${encodeURIComponent(model)}`);
  for (const { key, link } of network ? parameters : []) {
    const value = network?.[key];
    if (value !== undefined && value !== USUAL[key]) parts.push(`${link}=${value}`);
  }
  if (zoom !== undefined) parts.push(`zoom=${zoom}`);
  if (backend !== undefined) parts.push(`backend=${backend}`);
  if (rival !== undefined) parts.push(`with=${encodeURIComponent(rival)}`);
  if (difference) parts.push("diff=1");
  if (region) parts.push(`part=${[region.left, region.top, region.width, region.height].join(",")}`);
  if (sums) parts.push(`sum=${formatSums(sums)}`);
  if (view) {
    // Where a pixel fills the window, its place is a small fraction of the picture.
    const [x, y] = [view.x, view.y].map((value) => Number(value.toFixed(6)));
    const [magnification, split] = [view.magnification, view.split].map((value) => Number(value.toFixed(4)));
    parts.push(`view=${x},${y},${magnification},${split}`);
  }
  return parts.length > 0 ? `#${parts.join("&")}` : "";
}
