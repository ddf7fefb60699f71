/**
 * The page's state in the URL's fragment:
 * `#img=demo:sign&model=splitsr-x2&zoom=2&view=0.5,0.5,2,0.5`. Settings with their default values
 * are left out.
 */
import { MAX_ZOOM, type Area, type ModelEntry } from "../../api/index.ts";
import {
  DEFAULT_EVALUATION_SCALE,
  DEFAULT_QUALITY,
  DEFAULT_ZOOM,
  evaluationScales,
  MIN_ZOOM,
} from "../session/defaults.ts";
import { configOf, parameters, type NetworkChange } from "../session/hyper-parameters.ts";
import { toggles, type LinkState, type View } from "../session/link-state.ts";
import { readAddress } from "../shared/address.ts";
import { isBaseline, MAX_BASELINES, ORIGINAL } from "../shared/baselines.ts";
import { demos } from "../shared/demos.ts";
import { formats, png } from "../shared/formats.ts";
import { unpackPicture } from "./embedded-picture.ts";
import { formatHashes, parseHashes } from "./hashes.ts";

/** The longest links of this page contain a picture. */
const MAX_CHARACTERS = 64_000;

/** Reads a value into the state, or returns a sentence that says what is wrong with it. */
type Reader = (text: string, state: LinkState) => string | undefined;

/**
 * Reads a fragment. `defaultModel` is the model for a zoom if the link names none. If something is
 * missing here, such as the sender's own model, the rest of the link is still followed; a broken
 * link is not. The complaints are sentences.
 */
export function parseLink(
  fragment: string,
  models: readonly ModelEntry[],
  defaultModel: (zoom: number) => ModelEntry | undefined,
): { state: LinkState; complaints: string[] } {
  const text = fragment.replace(/^#/, "");
  if (text === "") return { state: {}, complaints: [] };
  if (text.length > MAX_CHARACTERS) return { state: {}, complaints: ["The link is too long to be from this page."] };
  const values = new URLSearchParams(text);
  const state: LinkState = {};
  const missing: string[] = [];
  const model = values.get("model");
  const baselines = values.get("with")?.split(",");
  const isHere = (name: string) => models.some((entry) => entry.name === name);
  if (model !== null) {
    if (isHere(model)) state.model = model;
    else missing.push("The link uses a model that this page does not have.");
  }
  if (baselines) {
    const known = [...new Set(baselines.filter((name) => isBaseline(name, models)))];
    state.baselines = known;
    if (baselines.some((name) => !isBaseline(name, models)))
      missing.push("The link compares with something that this page does not have.");
    if (known.filter((name) => name !== ORIGINAL).length > MAX_BASELINES) {
      state.baselines = known.slice(0, MAX_BASELINES);
      missing.push(`The link compares with more than ${MAX_BASELINES} others.`);
    }
  }

  const wrong: string[] = [];
  for (const [key, read] of Object.entries(readers)) {
    const value = values.get(key);
    const complaint = value === null ? undefined : read(value, state);
    if (complaint !== undefined) wrong.push(complaint);
  }
  // Nothing is known about the hyper-parameters of a model that is not here.
  const entry =
    model === null
      ? defaultModel(state.zoom ?? DEFAULT_ZOOM)
      : models.find((candidate) => candidate.name === state.model);
  const config = configOf(entry);
  for (const { key, link, label, values: choices } of parameters) {
    const value = values.get(link);
    if (value === null || (model !== null && !entry)) continue;
    const option = config && choices(config).find(([choice]) => String(choice) === value);
    if (option) state.network = { ...state.network, [key]: option[0] };
    else wrong.push(`The link's ${label.toLowerCase()} is not one of the choices.`);
  }
  const known = ["model", "with", ...Object.keys(readers), ...parameters.map(({ link }) => link)];
  if (!known.some((key) => values.has(key))) wrong.push("The link cannot be read.");
  return { state: wrong.length > 0 ? {} : state, complaints: [...wrong, ...missing] };
}

const readers: Record<string, Reader> = {
  img(text, state) {
    const [, kind, rest = ""] = /^(demo|png|url):(.*)$/s.exec(text) ?? [];
    const address = kind === "url" ? readAddress(rest) : undefined;
    if (kind === "png" && unpackPicture(rest)) state.embedded = rest;
    else if (kind === "demo" && demos.some((demo) => demo.id === rest)) state.demo = rest;
    else if (address) state.address = address.href;
    else return "The link uses a picture that this page does not have.";
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
    else if (text !== "auto") return "The link names an unknown device.";
    return undefined;
  },
  diff(text, state) {
    state.difference = text === "1";
    return undefined;
  },
  part(text, state) {
    state.region = parseArea(text);
    return state.region ? undefined : "The link's part of the picture cannot be read.";
  },
  sum(text, state) {
    state.hashes = parseHashes(text);
    return state.hashes ? undefined : "The link's hashes cannot be read.";
  },
  view(text, state) {
    state.view = parseView(text);
    return state.view ? undefined : "The link's view cannot be read.";
  },
  show(text, state) {
    const names = text.split(",");
    state.toggles = toggles.filter((toggle) => names.includes(toggle));
    return state.toggles.length === names.length ? undefined : "The link's view cannot be read.";
  },
  as(text, state) {
    const [, name, quality = String(DEFAULT_QUALITY)] = /^([a-z-]{1,20})(?:,(\d{1,3}))?$/.exec(text) ?? [];
    state.format = formats.find(({ link }) => link === name);
    state.quality = Number(quality);
    const isRight = state.format && state.quality >= 1 && state.quality <= 100;
    return isRight ? undefined : "The link's file format cannot be read.";
  },
  truth(text, state) {
    state.evaluationScale = evaluationScales.find((scale) => String(scale) === text);
    return state.evaluationScale ? undefined : "The link's scale for scoring is not one of the choices.";
  },
};

/** Values that a link leaves out. */
const LINK_DEFAULTS: NetworkChange = {
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
  const { demo, embedded, address, model, network, zoom, backend, baselines, difference, region, hashes, view } = state;
  const { format = png, quality = DEFAULT_QUALITY, evaluationScale = DEFAULT_EVALUATION_SCALE } = state;
  const parts: string[] = [];
  if (demo !== undefined) parts.push(`img=demo:${demo}`);
  if (embedded !== undefined) parts.push(`img=png:${embedded}`);
  if (address !== undefined) parts.push(`img=url:${encodeURIComponent(address)}`);
  if (model !== undefined) parts.push(`model=${encodeURIComponent(model)}`);
  for (const { key, link } of network ? parameters : []) {
    const value = network?.[key];
    const isDefault = value === LINK_DEFAULTS[key] && (own === undefined || value === own[key]);
    if (value !== undefined && !isDefault) parts.push(`${link}=${value}`);
  }
  if (zoom !== undefined) parts.push(`zoom=${zoom}`);
  if (backend !== undefined) parts.push(`backend=${backend}`);
  if (baselines?.length) parts.push(`with=${baselines.map(encodeURIComponent).join(",")}`);
  if (difference) parts.push("diff=1");
  if (region) parts.push(`part=${[region.left, region.top, region.width, region.height].join(",")}`);
  if (evaluationScale !== DEFAULT_EVALUATION_SCALE) parts.push(`truth=${evaluationScale}`);
  // Only lossy formats have a quality.
  if (format.isLossy && quality !== DEFAULT_QUALITY) parts.push(`as=${format.link},${quality}`);
  else if (format !== png) parts.push(`as=${format.link}`);
  if (hashes) parts.push(`sum=${formatHashes(hashes)}`);
  if (state.toggles?.length) parts.push(`show=${state.toggles.join(",")}`);
  if (view) {
    // When one pixel fills the window, its place is a small fraction of the picture.
    const [x, y] = [view.x, view.y].map((value) => Number(value.toFixed(6)));
    const [magnification, split] = [view.magnification, view.split].map((value) => Number(value.toFixed(4)));
    parts.push(`view=${x},${y},${magnification},${split}`);
  }
  return parts.length > 0 ? `#${parts.join("&")}` : "";
}
