/** The page's state in the URL's fragment: `#img=demo:sign&model=splitsr-x2&zoom=2&view=0.5,0.5,2,0.5`. */
import { MAX_ZOOM, type Backend } from "../module/splitsr.ts";
import { demos } from "./demos.ts";

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
  /** The id of a demo picture; a visitor's own pictures are never in a link. */
  demo?: string | undefined;
  model?: string | undefined;
  zoom?: number | undefined;
  /** Absent for "auto". */
  backend?: Exclude<Backend, "auto"> | undefined;
  /** Absent while the whole picture is fitted into the viewer. */
  view?: View | undefined;
}

/** Reads a fragment. What is wrong in it is left out, and told in a sentence each. */
export function parseLink(fragment: string, models: readonly string[]): { state: LinkState; complaints: string[] } {
  const values = new URLSearchParams(fragment.replace(/^#/, ""));
  const state: LinkState = {};
  const complaints: string[] = [];

  const image = values.get("img");
  if (image !== null) {
    const id = image.startsWith("demo:") ? image.slice("demo:".length) : undefined;
    if (demos.some((demo) => demo.id === id)) state.demo = id;
    else complaints.push("The link names a picture that is not here.");
  }

  const model = values.get("model");
  if (model !== null) {
    if (models.includes(model)) state.model = model;
    else complaints.push("The link names a model that is not here.");
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

  const view = values.get("view");
  if (view !== null) {
    state.view = parseView(view);
    if (!state.view) complaints.push("The link's view is not understood.");
  }
  return { state, complaints };
}

function parseView(text: string): View | undefined {
  const [x, y, magnification, split, ...rest] = text.split(",").map((part) => (part === "" ? NaN : Number(part)));
  if (x === undefined || y === undefined || magnification === undefined || split === undefined) return undefined;
  const within = [x, y, split].every((fraction) => fraction >= 0 && fraction <= 1);
  if (rest.length > 0 || !within || !(magnification > 0 && magnification < 1000)) return undefined;
  return { x, y, magnification, split };
}

export function formatLink({ demo, model, zoom, backend, view }: LinkState): string {
  const parts: string[] = [];
  if (demo !== undefined) parts.push(`img=demo:${demo}`);
  if (model !== undefined) parts.push(`model=${encodeURIComponent(model)}`);
  if (zoom !== undefined) parts.push(`zoom=${zoom}`);
  if (backend !== undefined) parts.push(`backend=${backend}`);
  if (view) {
    const fractions = [view.x, view.y, view.magnification, view.split].map((value) => Number(value.toFixed(4)));
    parts.push(`view=${fractions.join(",")}`);
  }
  return parts.length > 0 ? `#${parts.join("&")}` : "";
}
