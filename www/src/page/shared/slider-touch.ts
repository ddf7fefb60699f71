/**
 * Keeps a swipe that scrolls from moving the slider it begins on. A browser moves a slider as soon
 * as a finger is on it, before it knows whether the finger scrolls.
 */

/** A finger that moves no further than this, in CSS pixels, taps. */
const SLOP = 8;

/** A finger on a slider that does not move the slider, or not yet. */
interface Held {
  input: HTMLInputElement;
  x: number;
  y: number;
  before: string;
  /** Where the browser wants to move the slider. */
  wanted: string;
}

/** For all sliders of the document, also those that are made later. */
export function holdScrolledSliders(): void {
  let held: Held | undefined;

  const letThrough = () => {
    if (!held) return;
    const { input, before, wanted } = held;
    held = undefined;
    if (wanted === before) return;
    input.value = wanted;
    for (const type of ["input", "change"]) input.dispatchEvent(new Event(type, { bubbles: true }));
  };
  const distance = ({ clientX, clientY }: PointerEvent, { x, y }: Held) =>
    [Math.abs(clientX - x), Math.abs(clientY - y)] as const;

  const listeners = {
    pointerdown({ target, pointerType, isPrimary, clientX: x, clientY: y }: PointerEvent) {
      if (!isPrimary) return;
      const isSlider = target instanceof HTMLInputElement && target.type === "range" && pointerType === "touch";
      held = isSlider ? { input: target, x, y, before: target.value, wanted: target.value } : undefined;
    },
    pointermove(event: PointerEvent) {
      if (!held || !event.isPrimary) return;
      const [sideways, upright] = distance(event, held);
      if (sideways > SLOP && sideways > upright) letThrough();
    },
    pointerup(event: PointerEvent) {
      if (held && event.isPrimary && Math.max(...distance(event, held)) <= SLOP) letThrough();
    },
    // After pointercancel, when the browser scrolls, the finger is still on the slider for it.
    touchend: () => release(),
    touchcancel: () => release(),
    input: hold,
    change: hold,
  };

  function hold(event: Event): void {
    if (event.target !== held?.input || !event.isTrusted) return;
    event.stopImmediatePropagation();
    if (event.type === "input") held.wanted = held.input.value;
    held.input.value = held.before;
  }

  /** The browser's last events come after those of the finger. */
  function release(): void {
    const ended = held;
    setTimeout(() => {
      if (held === ended) held = undefined;
    });
  }

  for (const [type, listener] of Object.entries(listeners))
    document.addEventListener(type, listener as (event: Event) => void, { capture: true, passive: true });
}
