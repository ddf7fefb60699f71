/** The viewer's gestures: drags, the wheel, pinches, double clicks and double taps. */
import type { Point } from "./camera.ts";
import { clamp } from "../shared/clamp.ts";
import { wheelPixels } from "../shared/wheel.ts";

/** Carries out a drag. */
export interface Drag {
  move(to: Point): void;
  end(): void;
}

/** Carries out gestures. Points are in CSS pixels, relative to the viewer. */
export interface GestureTarget {
  /**
   * Moves what is at `from` to `to` and scales it by `factor`, in a gesture that began at `origin`.
   */
  transform(factor: number, from: Point, to: Point, origin: Point): void;
  /** Called when a pointer has been held down at rest, and when it moves or goes up. */
  hold(isHeld: boolean): void;
  /** Called for a double click or tap. */
  toggleZoom(at: Point): void;
  /** Called when the mouse moves, and with undefined when it leaves. */
  hover(at: Point | undefined): void;
  /** Returns what a drag from here does; undefined: it moves the picture. */
  grab(at: Point, event: PointerEvent): Drag | undefined;
}

/** Milliseconds and CSS pixels within which two taps are one double tap. */
const DOUBLE_TAP_MS = 350;
const DOUBLE_TAP_SPACE = 24;
/** Milliseconds at rest after which a pointer that is down is held. */
const HOLD_MS = 300;
/** A touch that moves no further than this, in CSS pixels, is a tap. */
const TAP_SPACE = 8;
/**
 * Limits a wheel event with Ctrl: a touchpad's pinch sends many small ones, a mouse sends 100
 * pixels at once.
 */
const MAX_PINCH_PIXELS = 40;
const MIDDLE_BUTTON = 1;

const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);
const between = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

/** Listens on the viewport and on the elements over it, so that a gesture can begin anywhere. */
export function listenToGestures(viewport: HTMLElement, over: readonly HTMLElement[], target: GestureTarget): void {
  /** The pointers that are down, in order. */
  const pointers = new Map<number, Point>();
  let drag: Drag | undefined;
  /** The start of the gesture. */
  let origin: Point = { x: 0, y: 0 };
  /** Whether it may still be a tap. */
  let isTap = false;
  let lastTap: { time: number; at: Point } | undefined;
  let byTouch = false;
  let holdTimer = 0;
  /** When the last pointer went down. */
  let downTime = 0;

  const locate = (event: MouseEvent): Point => {
    const { left, top } = viewport.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  /** The two pointers of a pinch. */
  const pair = () => {
    const [a, b] = pointers.values();
    return a && b ? { middle: between(a, b), width: Math.max(1, distance(a, b)) } : undefined;
  };
  const endHold = () => {
    clearTimeout(holdTimer);
    target.hold(false);
  };
  const endDrag = () => {
    drag?.end();
    drag = undefined;
  };

  const down = (event: PointerEvent) => {
    const pans = event.button === MIDDLE_BUTTON;
    if (event.button !== 0 && !pans) return;
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    const at = locate(event);
    pointers.set(event.pointerId, at);
    byTouch = event.pointerType === "touch";
    isTap = byTouch && pointers.size === 1;
    downTime = event.timeStamp;
    if (pointers.size === 1) {
      origin = at;
      if (!pans) drag = target.grab(at, event);
      if (!pans && !drag) {
        holdTimer = window.setTimeout(() => target.hold(true), HOLD_MS);
      }
    } else {
      endHold();
      // Two fingers always move the view, even if the first one did something else.
      endDrag();
      origin = pair()?.middle ?? at;
    }
  };
  const move = (event: PointerEvent) => {
    const to = locate(event);
    target.hover(to);
    const from = pointers.get(event.pointerId);
    if (!from) return;
    if (distance(to, origin) > TAP_SPACE) {
      isTap = false;
      endHold();
    }
    const before = pair();
    pointers.set(event.pointerId, to);
    const after = pair();
    if (before && after) target.transform(after.width / before.width, before.middle, after.middle, origin);
    else if (drag) drag.move(to);
    else target.transform(1, from, to, origin);
  };
  const up = (event: PointerEvent) => {
    if (!pointers.delete(event.pointerId)) return;
    endHold();
    endDrag();
    if (event.pointerType === "touch") target.hover(undefined);
    if (!isTap || event.type === "pointercancel" || event.timeStamp - downTime > HOLD_MS) return;
    const tap = { time: event.timeStamp, at: locate(event) };
    const isSecond =
      lastTap && tap.time - lastTap.time < DOUBLE_TAP_MS && distance(tap.at, lastTap.at) < DOUBLE_TAP_SPACE;
    lastTap = isSecond ? undefined : tap;
    if (isSecond) target.toggleZoom(tap.at);
  };

  for (const element of [viewport, ...over]) {
    element.addEventListener("pointerdown", down);
    element.addEventListener("pointermove", move);
    element.addEventListener("pointerup", up);
    element.addEventListener("pointercancel", up);
    element.addEventListener("pointerleave", () => target.hover(undefined));
    element.addEventListener("dblclick", (event) => {
      // Not every browser sends this for double taps: they are counted above.
      if (!byTouch) target.toggleZoom(locate(event));
    });
    element.addEventListener(
      "wheel",
      (event) => {
        event.preventDefault();
        const at = locate(event);
        const pixels = wheelPixels(event);
        const pinch = 0.01 * clamp(pixels, -MAX_PINCH_PIXELS, MAX_PINCH_PIXELS);
        target.transform(Math.exp(-(event.ctrlKey ? pinch : 0.002 * pixels)), at, at, at);
      },
      { passive: false },
    );
  }
}
