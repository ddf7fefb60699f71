/** The page's state in the URL's fragment: `#img=demo:sign&model=splitsr-x2&zoom=2&view=0.5,0.5,2,0.5`. What is as usual is left out. */
import { MAX_ZOOM, type Area, type Backend, type ModelEntry } from "../api/index.ts";
import { demos } from "./demos.ts";
import { readAddress } from "./elsewhere.ts";
import { formats, png, type Format } from "./formats.ts";
import { configOf, parameters, type NetworkChange } from "./network.ts";
import { unpackPicture } from "./packed.ts";
import { isRival, MOST_RIVALS, ORIGINAL } from "./rivals.ts";
import { formatSums, parseSums, type Sums } from "./verify.ts";

export const MIN_ZOOM = 1;
export const USUAL_ZOOM = 2;
/** Of a lossy format, 1 to 100. */
export const USUAL_QUALITY = 92;
/** What pictures are shrunk by to be scored. */
export const truthScales: readonly number[] = [2, 3, 4];
export const USUAL_TRUTH_SCALE = 2;

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

/** What can be switched on in the viewer; "swapped": the two that are side by side have changed their places. */
export const toggles = ["beside", "swapped", "loupe", "pixels"] as const;
export type Toggle = (typeof toggles)[number];

export interface LinkState {
  /** The id of a demo picture. */
  demo?: string | undefined;
  /** Of a visitor's own picture, a small part that was put into the link on request: see `packed.ts`. */
  packed?: string | undefined;
  /** The address of a picture on another site: see `elsewhere.ts`. */
  address?: string | undefined;
  model?: string | undefined;
  /** Hyper-parameters; the model's own for those that are absent. */
  network?: NetworkChange | undefined;
  zoom?: number | undefined;
  /** Absent for "auto". */
  backend?: Exclude<Backend, "auto"> | undefined;
  /** What the result is compared with, first what is shown; absent for the original alone. */
  rivals?: readonly string[] | undefined;
  /** Whether their differences are shown. */
  difference?: boolean | undefined;
  /** The part of the picture that is enlarged. */
  region?: Area | undefined;
  /** What the exact result must be; absent where the sender had not made it. */
  sums?: Sums | undefined;
  /** Absent while the whole picture is fitted into the viewer. */
  view?: View | undefined;
  toggles?: readonly Toggle[] | undefined;
  /** How the result is saved. */
  format?: Format | undefined;
  quality?: number | undefined;
  truthScale?: number | undefined;
}

/** Longer ones are none of ours: the longest have a packed picture. */
const MOST_CHARACTERS = 64_000;

/** Reads the value of a key into the state; returns what is wrong with it, as a sentence. */
type Reader = (text: string, state: LinkState) => string | undefined;

/**
 * Reads a fragment. `usual` is the model for a zoom where none is named. Without what is not here (a model of the
 * sender's own), the rest of a link still makes sense; one that is broken is not followed at all. Either is told in a
 * sentence each.
 */
export function parseLink(
  fragment: string,
  models: readonly ModelEntry[],
  usual: (zoom: number) => ModelEntry | undefined,
): { state: LinkState; complaints: string[] } {
  const text = fragment.replace(/^#/, "");
  if (text === "") return { state: {}, complaints: [] };
  if (text.length > MOST_CHARACTERS) return { state: {}, complaints: ["The link is too long to be one of this page."] };
  const values = new URLSearchParams(text);
  const state: LinkState = {};
  const missing: string[] = [];
  const model = values.get("model");
  const rivals = values.get("with")?.split(",");
  const isHere = (name: string) => models.some((entry) => entry.name === name);
  if (model !== null) {
    if (isHere(model)) state.model = model;
    else missing.push("The link names a model that is not here.");
  }
  if (rivals) {
    const known = [...new Set(rivals.filter((name) => isRival(name, models)))];
    state.rivals = known;
    if (rivals.some((name) => !isRival(name, models)))
      missing.push("The link compares with something that is not here.");
    if (known.filter((name) => name !== ORIGINAL).length > MOST_RIVALS) {
      state.rivals = known.slice(0, MOST_RIVALS);
      missing.push(`The link compares with more than ${MOST_RIVALS}.`);
    }
  }

  const wrong: string[] = [];
  for (const [key, read] of Object.entries(readers)) {
    const value = values.get(key);
    const complaint = value === null ? undefined : read(value, state);
    if (complaint !== undefined) wrong.push(complaint);
  }
  // Hyper-parameters are of a model: of one that is not here nothing is known.
  const entry =
    model === null ? usual(state.zoom ?? USUAL_ZOOM) : models.find((candidate) => candidate.name === state.model);
  const config = configOf(entry);
  for (const { key, link, label, values: choices } of parameters) {
    const value = values.get(link);
    if (value === null || (model !== null && !entry)) continue;
    const option = config && choices(config).find(([choice]) => String(choice) === value);
    if (option) state.network = { ...state.network, [key]: option[0] };
    else wrong.push(`The link's ${label.toLowerCase()} is not one of those to choose from.`);
  }
  const known = ["model", "with", ...Object.keys(readers), ...parameters.map(({ link }) => link)];
  if (!known.some((key) => values.has(key))) wrong.push("The link is not understood.");
  return { state: wrong.length > 0 ? {} : state, complaints: [...wrong, ...missing] };
}

const readers: Record<string, Reader> = {
  img(text, state) {
    const [, kind, rest = ""] = /^(demo|png|url):(.*)$/s.exec(text) ?? [];
    if (kind === "png" && unpackPicture(rest)) state.packed = rest;
    else if (kind === "demo" && demos.some((demo) => demo.id === rest)) state.demo = rest;
    else if (kind === "url" && readAddress(rest)) state.address = rest;
    else return "The link names a picture that is not here.";
    return undefined;
  },
  zoom(text, state) {
    const zoom = number(text);
    if (!(zoom >= MIN_ZOOM && zoom <= MAX_ZOOM))
      return `The link's zoom is not a number from ${MIN_ZOOM} to ${MAX_ZOOM}.`;
    state.zoom = zoom;
    return undefined;
  },
  backend(text, state) {
    if (text === "cpu" || text === "gpu") state.backend = text;
    else if (text !== "auto") return "The link names a device that is not known.";
    return undefined;
  },
  diff(text, state) {
    state.difference = text === "1";
    return undefined;
  },
  part(text, state) {
    state.region = parseArea(text);
    return state.region ? undefined : "The link's part of the picture is not understood.";
  },
  sum(text, state) {
    state.sums = parseSums(text);
    return state.sums ? undefined : "The link's hashes are not understood.";
  },
  view(text, state) {
    state.view = parseView(text);
    return state.view ? undefined : "The link's view is not understood.";
  },
  show(text, state) {
    const names = text.split(",");
    state.toggles = toggles.filter((toggle) => names.includes(toggle));
    return state.toggles.length === names.length ? undefined : "The link's view is not understood.";
  },
  as(text, state) {
    const [, name, quality = String(USUAL_QUALITY)] = /^([a-z-]{1,20})(?:,(\d{1,3}))?$/.exec(text) ?? [];
    state.format = formats.find(({ link }) => link === name);
    state.quality = Number(quality);
    const isRight = state.format && state.quality >= 1 && state.quality <= 100;
    return isRight ? undefined : "The link's file format is not understood.";
  },
  truth(text, state) {
    state.truthScale = truthScales.find((scale) => String(scale) === text);
    return state.truthScale ? undefined : "The link's scale to score is not one of those to choose from.";
  },
};

/** What need not be in a link. */
const USUAL: NetworkChange = {
  split_ratio: 0.25,
  hybrid_index: 3,
  hybrid_mode: "split-first",
  replacement: "features",
  block: "split",
};

/** Plain decimal notation; anything else is NaN. */
function number(text = ""): number {
  return /^\d{1,6}(\.\d{1,20})?$/.test(text) ? Number(text) : NaN;
}

function parseArea(text: string): Area | undefined {
  const [, ...numbers] = /^(\d{1,6}),(\d{1,6}),(\d{1,6}),(\d{1,6})$/.exec(text) ?? [];
  const [left, top, width, height] = numbers.map(Number);
  if (left === undefined || top === undefined || !width || !height) return undefined;
  return { left, top, width, height };
}

function parseView(text: string): View | undefined {
  const [x = NaN, y = NaN, magnification = NaN, split = NaN, ...rest] = text.split(",", 5).map(number);
  const within = [x, y, split].every((fraction) => fraction >= 0 && fraction <= 1);
  if (rest.length > 0 || !within || !(magnification >= 0.001 && magnification < 1e6)) return undefined;
  return { x, y, magnification, split };
}

/** `own` are the hyper-parameters that the model was trained with. */
export function formatLink(state: LinkState, own?: NetworkChange): string {
  const { demo, packed, address, model, network, zoom, backend, rivals, difference, region, sums, view } = state;
  const { format = png, quality = USUAL_QUALITY, truthScale = USUAL_TRUTH_SCALE } = state;
  const parts: string[] = [];
  if (demo !== undefined) parts.push(`img=demo:${demo}`);
  if (packed !== undefined) parts.push(`img=png:${packed}`);
  if (address !== undefined) parts.push(`img=url:${encodeURIComponent(address)}`);
  if (model !== undefined) parts.push(`model=${encodeURIComponent(model)}`);
  for (const { key, link } of network ? parameters : []) {
    const value = network?.[key];
    const isUsual = value === USUAL[key] && (own === undefined || value === own[key]);
    if (value !== undefined && !isUsual) parts.push(`${link}=${value}`);
  }
  if (zoom !== undefined) parts.push(`zoom=${zoom}`);
  if (backend !== undefined) parts.push(`backend=${backend}`);
  if (rivals?.length) parts.push(`with=${rivals.map(encodeURIComponent).join(",")}`);
  if (difference) parts.push("diff=1");
  if (region) parts.push(`part=${[region.left, region.top, region.width, region.height].join(",")}`);
  if (truthScale !== USUAL_TRUTH_SCALE) parts.push(`truth=${truthScale}`);
  // A quality is a lossy format's alone.
  if (format.isLossy && quality !== USUAL_QUALITY) parts.push(`as=${format.link},${quality}`);
  else if (format !== png) parts.push(`as=${format.link}`);
  if (sums) parts.push(`sum=${formatSums(sums)}`);
  if (state.toggles?.length) parts.push(`show=${state.toggles.join(",")}`);
  if (view) {
    // Where a pixel fills the window, its place is a small fraction of the picture.
    const [x, y] = [view.x, view.y].map((value) => Number(value.toFixed(6)));
    const [magnification, split] = [view.magnification, view.split].map((value) => Number(value.toFixed(4)));
    parts.push(`view=${x},${y},${magnification},${split}`);
  }
  return parts.length > 0 ? `#${parts.join("&")}` : "";
}
