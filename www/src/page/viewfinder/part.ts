/** The part of a frame that is enlarged: its size, and its place. */
import type { Area } from "../../module/core.ts";

export interface Size {
  width: number;
  height: number;
}

/** The sides of the smallest part, in steps. In a smaller one, nothing can be recognised. */
export const MIN_PART_STEPS = 8;
/** The most pixels of a live result: more would not be seen, and would take memory. */
const MAX_LIVE_PIXELS = 2_000_000;
/** A frozen frame needs no speed. This many still take only a second or two. */
const MAX_FROZEN_PIXELS = 4_000_000;

/** A step of the size: all parts have these proportions. */
export const landscape: Size = { width: 4, height: 3 };
export const portrait: Size = { width: 3, height: 4 };

export function sizeOf(steps: number, shape: Size): Size {
  return { width: steps * shape.width, height: steps * shape.height };
}

/** The largest part of a frame, in steps. */
export function maxPartSteps(frame: Size, shape: Size, scale: number, isFrozen: boolean): number {
  const inFrame = Math.floor(Math.min(frame.width / shape.width, frame.height / shape.height));
  const pixels = isFrozen ? MAX_FROZEN_PIXELS : MAX_LIVE_PIXELS;
  const inResult = Math.floor(Math.sqrt(pixels / (shape.width * shape.height)) / scale);
  return Math.max(1, Math.min(inFrame, inResult));
}

/** The part around a point of the frame, given in fractions, as near as the edges allow. */
export function areaAround(middle: { x: number; y: number }, { width, height }: Size, frame: Size): Area {
  const along = (at: number, side: number, max: number) =>
    Math.max(0, Math.min(max - side, Math.round(at * max - side / 2)));
  return {
    left: along(middle.x, width, frame.width),
    top: along(middle.y, height, frame.height),
    width,
    height,
  };
}
