/**
 * The page's state in the URL's fragment:
 * `#img=demo:sign&model=splitsr-x2&zoom=2&view=0.5,0.5,2,0.5`. Settings with their default values
 * are left out.
 */
import { DEFAULT_EFFORT, MAX_ZOOM, type Area, type ModelEntry, type SplitSrConfig } from "../../api/index.ts";
import {
  DEFAULT_QUALITY,
  DEFAULT_ZOOM,
  evaluationScaleFor,
  evaluationScales,
  FULL_EFFORT,
  MIN_ZOOM,
} from "../session/defaults.ts";
import {
  configOf,
  elasticFor,
  modelKeeping,
  parameters,
  type NetworkChange,
  type Parameter,
} from "../session/hyper-parameters.ts";
import { toggles, type LinkState, type View } from "../session/link-state.ts";
import { readAddress } from "../shared/address.ts";
import { isBaseline, MAX_BASELINES, ORIGINAL } from "../shared/baselines.ts";
import { demos } from "../shared/demos.ts";
import { formats, png } from "../shared/formats.ts";
import { isDataAddress, readDataAddress } from "../shared/data-address.ts";
import { packBytes, unpackPicture } from "./embedded-picture.ts";
import { formatHashes, parseHashes } from "./hashes.ts";
import { t } from "../shared/words.ts";

/** The models of earlier versions, and their settings in the elastic model that stands for them. */
const formerModels = new Map<string, NetworkChange>([
  ["splitsr-x2-a0.125", { split_ratio: 0.125 }],
  ["splitsr-x2-a0.5", { split_ratio: 0.5 }],
  ["splitsr-x2-a1", { split_ratio: 1 }],
  ["splitsr-x2-hi0", { hybrid_index: 0 }],
]);
const SUCCESSOR = "splitsr-elastic-x2";

/** The longest links of this page contain a picture. */
const MAX_CHARACTERS = 64_000;

/**
 * Reads a value into the state, or leaves the state as it is and returns a sentence that says what
 * is wrong with it.
 */
type Reader = (text: string, state: LinkState) => string | undefined;

/**
 * Reads a fragment. `defaultModel` is the model for a zoom if the link names none. What cannot be
 * read, or is missing here, such as the sender's own model, is left out. The complaints, which are
 * sentences, report it.
 */
export function parseLink(
  fragment: string,
  models: readonly ModelEntry[],
  defaultModel: (zoom: number) => ModelEntry | undefined,
): { state: LinkState; complaints: string[] } {
  const text = fragment.replace(/^#/, "");
  if (text === "") return { state: {}, complaints: [] };
  if (text.length > MAX_CHARACTERS) return { state: {}, complaints: [t("The link is too long to be from this page.")] };
  const values = new URLSearchParams(text);
  const state: LinkState = {};
  const complaints: string[] = [];
  const model = values.get("model");
  const baselines = values.get("with")?.split(",");
  const isHere = (name: string) => models.some((entry) => entry.name === name);
  // If a setting that decides the result is missing, the sender's hashes do not apply.
  let isSame = true;
  if (model !== null) {
    const network = formerModels.get(model);
    if (isHere(model)) state.model = model;
    else if (network && isHere(SUCCESSOR)) {
      Object.assign(state, { model: SUCCESSOR, network, formerModel: model });
      isSame = false;
    } else complaints.push(t("The link uses a model that this page does not have."));
  }
  if (baselines) {
    const known = [...new Set(baselines.filter((name) => isBaseline(name, models)))];
    state.baselines = known;
    if (baselines.some((name) => !isBaseline(name, models)))
      complaints.push(t("The link compares with something that this page does not have."));
    if (known.filter((name) => name !== ORIGINAL).length > MAX_BASELINES) {
      state.baselines = known.slice(0, MAX_BASELINES);
      complaints.push(t`The link compares with more than ${MAX_BASELINES} others.`);
    }
  }

  for (const [key, read] of Object.entries(readers)) {
    const value = values.get(key);
    const complaint = value === null ? undefined : read(value, state);
    if (complaint === undefined) continue;
    complaints.push(complaint);
    isSame &&= !["img", "part", "zoom", "backend"].includes(key);
  }
  if (values.has("schedule") && values.get("schedule") !== "mobisr") delete state.effort;
  const needsElastic = state.budget !== undefined || (state.effort ?? FULL_EFFORT) < FULL_EFFORT;
  if (needsElastic && model === null) state.model = models.find(({ elastic }) => elastic)?.name;
  // Nothing is known about the hyper-parameters of a model that is not here.
  const entry =
    state.model === undefined && model === null
      ? defaultModel(state.zoom ?? DEFAULT_ZOOM)
      : models.find((candidate) => candidate.name === state.model);
  const config = configOf(entry);
  // Where no model was trained for a network, an elastic one has it.
  const isElastic = config !== undefined && elasticFor(config, models) !== undefined;
  for (const parameter of parameters) {
    const { key, link, named } = parameter;
    const value = values.get(link);
    if (value === null || (model !== null && !entry)) continue;
    const choice = config && readChoice(value, parameter, config, isElastic);
    if (choice !== undefined) state.network = { ...state.network, [key]: choice };
    else {
      complaints.push(t`The link's ${t(named)} is not one of the choices.`);
      isSame = false;
    }
  }
  const used = config && state.network ? modelKeeping(entry, { ...config, ...state.network }, models) : entry;
  if (needsElastic && !used?.elastic) {
    // A model that is not here was reported before.
    if (entry) complaints.push(t("The link's schedule or time limit needs an elastic model."));
    delete state.budget;
    delete state.effort;
    isSame = false;
  }
  if (!isSame) delete state.hashes;
  const known = ["model", "with", ...Object.keys(readers), ...parameters.map(({ link }) => link)];
  if (!known.some((key) => values.has(key))) complaints.push(t("The link cannot be read."));
  return { state, complaints };
}

const readers: Record<string, Reader> = {
  img(text, state) {
    const [, kind, rest = ""] = /^(demo|png|url):(.*)$/s.exec(text) ?? [];
    const given = kind === "url" ? rest : text;
    if (isDataAddress(given)) return readEmbedded(given, state);
    const address = kind === "url" ? readAddress(rest) : undefined;
    if (kind === "png" && unpackPicture(rest)) state.embedded = rest;
    else if (kind === "demo" && demos.some((demo) => demo.id === rest)) state.demo = rest;
    else if (address) state.address = address.href;
    else return t("The link uses a picture that this page does not have.");
    return undefined;
  },
  copy(text, state) {
    state.isCopy = text === "1";
    return undefined;
  },
  zoom(text, state) {
    const zoom = number(text);
    if (!(zoom >= MIN_ZOOM && zoom <= MAX_ZOOM))
      return t`The link's factor is not a number from ${MIN_ZOOM} to ${MAX_ZOOM}.`;
    state.zoom = zoom;
    return undefined;
  },
  backend(text, state) {
    if (text === "cpu" || text === "gpu") state.backend = text;
    else if (text !== "auto") return t("The link names an unknown device.");
    return undefined;
  },
  diff(text, state) {
    state.difference = text === "1";
    return undefined;
  },
  clean(text, state) {
    const strength = number(text);
    const clean = text === "auto" ? text : Number.isInteger(strength) && strength <= 100 ? strength : undefined;
    return keep(state, "clean", clean, t("The link's clean-up must be auto or a number from 0 to 100."));
  },
  schedule(text, state) {
    if (text !== "mobisr") return t("The link names a schedule that this page does not have.");
    // The effort comes after it.
    state.effort = DEFAULT_EFFORT;
    return undefined;
  },
  effort(text, state) {
    const effort = number(text);
    const isRight = Number.isInteger(effort) && effort <= FULL_EFFORT;
    return keep(state, "effort", isRight ? effort : undefined, t("The link's effort must be a number from 0 to 100."));
  },
  budget(text, state) {
    const budget = /^\d{1,9}(\.\d{1,3})?$/.test(text) ? Number(text) : NaN;
    const complaint = t("The link's time limit must be a number of milliseconds above 0.");
    return keep(state, "budget", budget > 0 ? budget : undefined, complaint);
  },
  part(text, state) {
    return keep(state, "region", parseArea(text), t("The link's selected part cannot be read."));
  },
  sum(text, state) {
    return keep(state, "hashes", parseHashes(text), t("The link's hashes cannot be read."));
  },
  view(text, state) {
    return keep(state, "view", parseView(text), t("The link's view cannot be read."));
  },
  show(text, state) {
    const names = text.split(",");
    state.toggles = toggles.filter((toggle) => names.includes(toggle));
    return state.toggles.length === names.length
      ? undefined
      : t("The link's view uses an option this page does not have.");
  },
  as(text, state) {
    const [, name, quality = String(DEFAULT_QUALITY)] = /^([a-z-]{1,20})(?:,(\d{1,3}))?$/.exec(text) ?? [];
    const format = formats.find(({ link }) => link === name);
    if (!format || !(Number(quality) >= 1 && Number(quality) <= 100))
      return t("The link's file format cannot be read.");
    state.format = format;
    state.quality = Number(quality);
    return undefined;
  },
  truth(text, state) {
    const scale = evaluationScales.find((scale) => String(scale) === text);
    return keep(state, "evaluationScale", scale, t("The link's scale for scoring is not one of the choices."));
  },
};

/** Puts what was read into the state. Returns the complaint if nothing was. */
function keep<K extends keyof LinkState>(
  state: LinkState,
  key: K,
  value: LinkState[K],
  complaint: string,
): string | undefined {
  if (value === undefined) return complaint;
  state[key] = value;
  return undefined;
}

/** Reads a picture in a `data:` address, which somebody put into the link by hand. */
function readEmbedded(address: string, state: LinkState): string | undefined {
  try {
    // A plus that is not escaped stands for a space here.
    const text = packBytes(readDataAddress(address.replaceAll(" ", "+")));
    if (text === undefined) return t("The link's picture is too large for a link.");
    if (text === "") return t("The link's picture is empty.");
    state.embedded = text;
    return undefined;
  } catch {
    return t("The link's picture is cut short.");
  }
}

/** Values that a link leaves out. */
const LINK_DEFAULTS: NetworkChange = {
  split_ratio: 0.25,
  hybrid_index: 3,
  hybrid_mode: "split-first",
  replacement: "features",
  block: "split",
};

/**
 * A value of a hyper-parameter; undefined if it is none of the choices. An elastic model takes any
 * split ratio, and rounds it to whole channels.
 */
function readChoice(
  text: string,
  { key, values }: Parameter,
  config: SplitSrConfig,
  isElastic: boolean,
): string | number | undefined {
  const choices = values(config, isElastic).map(([choice]) => choice);
  const value = number(text);
  const isRatio = key === "split_ratio" && isElastic && value > 0 && value <= 1;
  const wanted = isRatio ? Math.max(1, Math.round(value * config.channels)) / config.channels : value;
  return choices.find((choice) => choice === text || choice === wanted);
}

/** Plain decimal notation; anything else is NaN. */
function number(text = ""): number {
  return /^(\d{1,6}(\.\d{1,20})?|\.\d{1,20})$/.test(text) ? Number(text) : NaN;
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
  const { demo, embedded, address, model, network, zoom, backend, clean = 0, effort = FULL_EFFORT } = state;
  const { baselines, difference, region, hashes, view, budget } = state;
  const { format = png, quality = DEFAULT_QUALITY, evaluationScale } = state;
  const parts: string[] = [];
  if (demo !== undefined) parts.push(`img=demo:${demo}`);
  if (embedded !== undefined) parts.push(`img=png:${embedded}`);
  if (state.isCopy) parts.push("copy=1");
  if (address !== undefined) parts.push(`img=url:${encodeURIComponent(address)}`);
  if (model !== undefined) parts.push(`model=${encodeURIComponent(model)}`);
  for (const { key, link } of network ? parameters : []) {
    const value = network?.[key];
    const isDefault = value === LINK_DEFAULTS[key] && (own === undefined || value === own[key]);
    if (value !== undefined && !isDefault) parts.push(`${link}=${value}`);
  }
  if (zoom !== undefined) parts.push(`zoom=${zoom}`);
  if (backend !== undefined) parts.push(`backend=${backend}`);
  if (clean !== 0) parts.push(`clean=${clean}`);
  if (budget !== undefined) parts.push(`budget=${budget}`);
  if (effort !== FULL_EFFORT) parts.push(`schedule=mobisr&effort=${effort}`);
  if (baselines?.length) parts.push(`with=${baselines.map(encodeURIComponent).join(",")}`);
  if (difference) parts.push("diff=1");
  if (region) parts.push(`part=${[region.left, region.top, region.width, region.height].join(",")}`);
  const follows = evaluationScale === undefined || evaluationScale === evaluationScaleFor(zoom);
  if (!follows) parts.push(`truth=${evaluationScale}`);
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
