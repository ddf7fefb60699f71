/** The scale of the viewfinder, and the size and place of the part of the frame it looks at. */
import type { Area } from "../../module/core.ts";
import { Pace } from "./pace.ts";
import { areaAround, landscape, MIN_PART_STEPS, maxPartSteps, portrait, sizeOf, type Size } from "./part.ts";
import { clamp } from "../shared/clamp.ts";

export const scales = [2, 4] as const;
export type Scale = (typeof scales)[number];

/** A frame to look at. A frozen one need not be enlarged fast. */
export interface View extends Size {
  isFrozen: boolean;
}

export class Lens {
  #scale: Scale = 2;
  #shape: Size = landscape;
  /** In fractions of the frame. */
  #middle = { x: 0.5, y: 0.5 };
  /** The size that the visitor wants, in steps; infinite: as large as is fast enough. */
  #wanted = Infinity;
  /** The size in a frozen frame; undefined: that of the last live one. */
  #frozen: number | undefined;
  /**
   * Whether the part and the model follow what is fast enough. Without that, the visitor decides.
   */
  keepsPace = true;
  pace = new Pace([1]);

  get scale(): Scale {
    return this.#scale;
  }

  get shape(): Size {
    return this.#shape;
  }

  reset(isPortrait: boolean): void {
    this.#shape = isPortrait ? portrait : landscape;
    this.#middle = { x: 0.5, y: 0.5 };
    this.#wanted = Infinity;
    this.#frozen = undefined;
  }

  /** `costs` are those of the scale's models. */
  setScale(scale: Scale, costs: readonly number[]): void {
    this.#scale = scale;
    this.pace = new Pace(costs);
  }

  /** The part of a frame, in its pixels. */
  areaOf(frame: View): Area {
    return areaAround(this.#middle, sizeOf(this.#stepsOf(frame), this.#shape), frame);
  }

  #maxSteps(frame: View): number {
    return maxPartSteps(frame, this.#shape, this.#scale, frame.isFrozen);
  }

  #stepsOf(frame: View): number {
    const max = this.#maxSteps(frame);
    if (frame.isFrozen) return Math.min(max, this.#frozen ?? this.#liveSteps(max));
    this.#frozen = undefined;
    if (this.keepsPace) this.pace.request(this.#wanted, max);
    return this.#liveSteps(max);
  }

  #liveSteps(max: number): number {
    const isFree = !this.keepsPace && Number.isFinite(this.#wanted);
    return Math.min(max, isFree ? this.#wanted : this.pace.steps);
  }

  /** Makes the part smaller (`factor` above 1) or larger. */
  zoom(factor: number, frame: View): void {
    const max = this.#maxSteps(frame);
    const before = this.#stepsOf(frame);
    // By one step at least, or a slow turn of the wheel would do nothing.
    const exact = Math.round(before / factor);
    const changed = factor > 1 ? Math.min(before - 1, exact) : Math.max(before + 1, exact);
    const steps = clamp(changed, MIN_PART_STEPS, max);
    if (frame.isFrozen) {
      this.#frozen = steps;
      return;
    }
    const isAtLimit = factor < 1 && this.keepsPace && this.pace.isLimited;
    this.#wanted = isAtLimit || (this.keepsPace && steps === max) ? Infinity : steps;
  }

  /** Moves the middle of the part to a pixel of the frame. */
  moveTo(x: number, y: number, frame: View): void {
    const area = this.areaOf(frame);
    const inside = (at: number, side: number, max: number) => clamp(at, side / 2, max - side / 2) / max;
    this.#middle = { x: inside(x, area.width, frame.width), y: inside(y, area.height, frame.height) };
  }
}
