/**
 * On a narrow screen, the panel is a sheet below the picture. It has three heights: drag its
 * handle or its bar, tap the handle, or press its arrow keys. `sheet.css` says when there is one.
 */
import type { Session } from "../session/session.ts";
import { clamp } from "../shared/clamp.ts";

const positions = ["low", "half", "full"] as const;
type Position = (typeof positions)[number];

/** CSS pixels that are seen of the panel at half height, above its bar. */
const MIN_HALF = 168;
/** A pointer that moves no further than this, in CSS pixels, does not drag. */
const TAP_SPACE = 6;
/** Milliseconds for which a sheet that is let go would move on. It goes to what is nearest then. */
const COAST_MS = 250;
/** A pointer that rests for longer than this, in milliseconds, no longer moves. */
const REST_MS = 80;

interface Drag {
  height: number;
  startY: number;
  lastY: number;
  lastTime: number;
  /** Upwards, in CSS pixels per millisecond. */
  speed: number;
}

export class Sheet {
  readonly #main: HTMLElement;
  readonly #viewer: HTMLElement;
  readonly #handle: HTMLElement;
  readonly #panel: HTMLElement;
  /** Always in sight, and all of the panel that is in the low position. */
  #bar: HTMLElement | undefined;
  #position: Position = "low";
  #picture: Session["picture"];
  #drag: Drag | undefined;
  /** Whether the last press was a drag, and not a click. */
  #wasDrag = false;
  /** Has the focus, and stays in sight while the height changes, until it is scrolled. */
  #focused: Element | undefined;

  constructor(main: HTMLElement, viewer: HTMLElement, handle: HTMLElement, panel: HTMLElement) {
    this.#main = main;
    this.#viewer = viewer;
    this.#handle = handle;
    this.#panel = panel;
    this.#listenToDrags(handle);
    handle.addEventListener("click", () => {
      if (!this.#wasDrag) this.#moveTo(this.#position === "low" ? "half" : "low");
      this.#wasDrag = false;
    });
    handle.addEventListener("keydown", (event) => {
      const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      this.#moveTo(positions[positions.indexOf(this.#position) + step] ?? this.#position);
    });
    this.#listenToFocus();
    this.#followKeyboard();
    new ResizeObserver(() => this.#resized()).observe(main);
    new ResizeObserver(() => this.#reveal()).observe(panel);
  }

  /** Call it after the panel is drawn: a picture that is opened gets half of the screen. */
  update({ picture }: Session): void {
    if (!this.#bar) {
      this.#bar = this.#panel.querySelector<HTMLElement>(".run") ?? undefined;
      if (!this.#bar) return;
      this.#listenToDrags(this.#bar);
      new ResizeObserver(() => this.#resized()).observe(this.#bar);
    }
    if (picture === this.#picture) return;
    // At once: the picture is fitted into the space that it will have.
    if (!this.#picture || this.#position === "full") this.#moveTo("half", false);
    this.#picture = picture;
  }

  #moveTo(position: Position, isAnimated = true): void {
    this.#main.classList.toggle("still", !isAnimated);
    this.#position = position;
    this.#handle.ariaExpanded = String(position !== "low");
    this.#main.dataset["sheet"] = position;
    this.#layOut();
  }

  /** In CSS pixels, without the handle. */
  #heights(): Record<Position, number> {
    const { clientHeight } = this.#main;
    const low = this.#bar?.offsetHeight ?? 0;
    const all = clientHeight - this.#handle.offsetHeight;
    const full = Math.max(low, all - (parseFloat(getComputedStyle(this.#viewer).minHeight) || 0));
    return { low, half: Math.min(full, Math.max(all - clientHeight / 2, low + MIN_HALF)), full };
  }

  /** At once: the bar must not be out of sight for a moment. */
  #resized(): void {
    this.#main.classList.add("still");
    this.#layOut();
  }

  #layOut(): void {
    const heights = this.#heights();
    this.#main.style.setProperty("--bar", `${heights.low}px`);
    if (!this.#drag) this.#setHeight(heights[this.#position]);
  }

  #setHeight(height: number): void {
    this.#main.style.setProperty("--sheet", `${height}px`);
  }

  get #isUsed(): boolean {
    return this.#handle.offsetParent !== null;
  }

  #listenToDrags(element: HTMLElement): void {
    element.addEventListener("pointerdown", (event) => {
      const button = (event.target as Element).closest("button");
      if (!this.#isUsed || event.button !== 0 || (button && button !== this.#handle)) return;
      element.setPointerCapture(event.pointerId);
      this.#wasDrag = false;
      const { clientY: startY, timeStamp: lastTime } = event;
      this.#drag = { height: this.#panel.offsetHeight, startY, lastY: startY, lastTime, speed: 0 };
    });
    element.addEventListener("pointermove", ({ clientY, timeStamp }) => {
      const drag = this.#drag;
      if (!drag) return;
      const up = drag.startY - clientY;
      this.#wasDrag ||= Math.abs(up) > TAP_SPACE;
      if (!this.#wasDrag) return;
      this.#main.classList.add("still");
      drag.speed = (drag.lastY - clientY) / Math.max(1, timeStamp - drag.lastTime);
      Object.assign(drag, { lastY: clientY, lastTime: timeStamp });
      const { low, full } = this.#heights();
      this.#setHeight(clamp(drag.height + up, low, full));
    });
    for (const type of ["pointerup", "pointercancel"] as const) {
      element.addEventListener(type, ({ timeStamp }) => {
        const drag = this.#drag;
        this.#drag = undefined;
        if (!drag || !this.#wasDrag) return;
        const coast = timeStamp - drag.lastTime > REST_MS ? 0 : drag.speed * COAST_MS;
        const end = drag.height + drag.startY - drag.lastY + coast;
        const heights = this.#heights();
        const space = (position: Position) => Math.abs(heights[position] - end);
        this.#moveTo(positions.reduce((best, position) => (space(position) < space(best) ? position : best)));
      });
    }
  }

  #listenToFocus(): void {
    this.#panel.addEventListener("focusin", ({ target }) => {
      if (this.#bar?.contains(target as Node)) return;
      this.#focused = target as Element;
      if (this.#position === "low") this.#moveTo("half");
    });
    for (const type of ["focusout", "pointerdown", "wheel"]) {
      this.#panel.addEventListener(type, () => (this.#focused = undefined), { passive: true });
    }
  }

  #reveal(): void {
    if (this.#isUsed) this.#focused?.scrollIntoView({ block: "nearest" });
  }

  /** Some browsers lay the keyboard of a touch screen over the page, and others shrink the page. */
  #followKeyboard(): void {
    const { visualViewport } = window;
    visualViewport?.addEventListener("resize", () => {
      // When fingers zoom into the page, less of it is visible as well.
      const covered = visualViewport.scale === 1 ? innerHeight - visualViewport.height : 0;
      this.#main.style.setProperty("--keyboard", `${Math.max(0, covered)}px`);
      if (covered > 0 && this.#isUsed) scrollTo(0, 0);
    });
  }
}
