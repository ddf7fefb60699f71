/** Drags, pinches and the wheel over a picture. */
import { clamp } from "../shared/clamp.ts";
import { wheelPixels } from "../shared/wheel.ts";

interface Point {
  x: number;
  y: number;
}

/** Carries out gestures. Points and distances are in CSS pixels. */
export interface PointerTarget {
  /** A pointer goes down, at a point of the element. */
  press(at: Point): void;
  /** It moves by this distance. */
  drag(by: Point): void;
  /** Above 1: what is seen gets larger. */
  zoom(factor: number): void;
}

/** Limits a turn of the wheel: a mouse sends 100 pixels at once, a touchpad many small ones. */
const MAX_WHEEL_PIXELS = 100;

const distance = (a: Point, b: Point): number => Math.max(1, Math.hypot(a.x - b.x, a.y - b.y));

export function listenToPointers(element: HTMLElement, target: PointerTarget): void {
  /** The pointers that are down. */
  const pointers = new Map<number, Point>();
  const locate = ({ clientX, clientY }: MouseEvent): Point => {
    const { left, top } = element.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  };
  /** Between the two pointers of a pinch. */
  const space = () => {
    const [a, b] = pointers.values();
    return a && b && distance(a, b);
  };
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    const at = locate(event);
    pointers.set(event.pointerId, at);
    if (pointers.size === 1) target.press(at);
  });
  element.addEventListener("pointermove", (event) => {
    const from = pointers.get(event.pointerId);
    if (!from) return;
    const to = locate(event);
    const before = space();
    pointers.set(event.pointerId, to);
    const after = space();
    if (before && after) target.zoom(after / before);
    else target.drag({ x: to.x - from.x, y: to.y - from.y });
  });
  const up = ({ pointerId }: PointerEvent) => void pointers.delete(pointerId);
  element.addEventListener("pointerup", up);
  element.addEventListener("pointercancel", up);
  element.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      target.zoom(Math.exp(-0.0015 * clamp(wheelPixels(event), -MAX_WHEEL_PIXELS, MAX_WHEEL_PIXELS)));
    },
    { passive: false },
  );
}
