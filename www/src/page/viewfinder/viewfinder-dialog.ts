/** The dialog of the viewfinder. Its content is in `view.ts`. */
import { render } from "lit-html";
import type { Commands } from "../session/commands.ts";
import type { Session } from "../session/session.ts";
import { listenToPointers } from "./pointers.ts";
import { dialogTemplate, numbersText } from "./view.ts";
import { Viewfinder } from "./viewfinder.ts";
import "./viewfinder.css";
import { t } from "../shared/words.ts";

/** Milliseconds between two drawings of the numbers: faster ones cannot be read. */
const DRAW_NUMBERS_MS = 500;

export class ViewfinderDialog {
  readonly #viewfinder: Viewfinder;
  readonly #dialog = document.createElement("dialog");
  #numbersDrawn = 0;
  #drawing = 0;

  constructor(session: Session, commands: Commands) {
    const dialog = this.#dialog;
    dialog.className = "dialog viewfinder";
    dialog.dataset["testid"] = "viewfinder";
    dialog.setAttribute("aria-labelledby", "viewfinder-title");
    document.body.append(dialog);
    const viewfinder = new Viewfinder(session, commands, {
      draw: () => this.#draw(),
      drawLive: () => this.#drawLive(),
      close: () => dialog.close(),
    });
    this.#viewfinder = viewfinder;
    for (const [canvas, name] of [
      [viewfinder.digital, "digital"],
      [viewfinder.result, "result"],
    ] as const) {
      canvas.dataset["testid"] = `viewfinder-${name}`;
      canvas.role = "img";
    }
    dialog.addEventListener("close", () => viewfinder.stop());
    dialog.addEventListener("keydown", (event) => this.#press(event));
    // Whatever is dropped or pasted here must not reach the page.
    dialog.addEventListener("paste", (event) => event.stopPropagation());
    dialog.addEventListener("dragover", (event) => {
      event.preventDefault();
      event.stopPropagation();
    });
    dialog.addEventListener("drop", (event) => {
      event.preventDefault();
      event.stopPropagation();
      const file = event.dataTransfer?.files[0];
      if (file) void viewfinder.startFile(file);
    });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) viewfinder.hide();
      else void viewfinder.show();
    });
    // A page that the browser keeps whole comes back later.
    addEventListener("pagehide", () => viewfinder.hide());
    addEventListener("pageshow", () => void viewfinder.show());
    addEventListener("resize", () => this.#drawLive());
  }

  show(): void {
    if (this.#dialog.open) return;
    // The language may be another one than the last time.
    this.#viewfinder.digital.ariaLabel = t("The part, enlarged without a network");
    this.#viewfinder.result.ariaLabel = t("The part, enlarged by the network");
    this.#dialog.showModal();
    this.#viewfinder.open(matchMedia("(width <= 760px)").matches);
    this.#listen();
    this.#dialog.querySelector<HTMLElement>("h2")?.focus();
  }

  /** The pictures stay the same elements. */
  #listen(): void {
    const [overview, ...panes] = this.#dialog.querySelectorAll<HTMLElement>(".picture");
    if (!overview || overview.dataset["listens"]) return;
    overview.dataset["listens"] = "yes";
    const viewfinder = this.#viewfinder;
    const zoom = (factor: number) => viewfinder.zoom(factor);
    /** Pixels of the frame for each CSS pixel. */
    const density = () => (viewfinder.frame?.width ?? 0) / Math.max(1, overview.clientWidth);
    listenToPointers(overview, {
      press: ({ x, y }) => {
        const { area } = viewfinder;
        if (!area) return;
        const [left, top] = [x * density(), y * density()];
        const isInside =
          left >= area.left && left < area.left + area.width && top >= area.top && top < area.top + area.height;
        if (!isInside) viewfinder.moveTo(left, top);
      },
      drag: ({ x, y }) => viewfinder.moveBy(x * density(), y * density()),
      zoom,
    });
    for (const pane of panes) {
      listenToPointers(pane, {
        // So that keys keep working.
        press: () => this.#dialog.querySelector<HTMLElement>(".part")?.focus({ preventScroll: true }),
        // Like a map: what is under the finger stays there.
        drag: ({ x, y }) => {
          const scale = (viewfinder.area?.width ?? 0) / Math.max(1, pane.clientWidth);
          viewfinder.moveBy(-x * scale, -y * scale);
        },
        zoom,
      });
    }
  }

  #press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const viewfinder = this.#viewfinder;
    const [x, y] = directions[event.key] ?? [0, 0];
    // A list, and a dialog that is higher than the screen, use these keys themselves.
    const { target } = event;
    if (!(target instanceof HTMLElement) || target instanceof HTMLSelectElement) return;
    const { scrollHeight = 0, clientHeight = 0 } = this.#dialog.querySelector(".body") ?? {};
    if (y !== 0 && scrollHeight > clientHeight && !target.classList.contains("part")) return;
    if (x !== 0 || y !== 0) viewfinder.moveByStep(x, y);
    else if (event.key === "+" || event.key === "=") viewfinder.zoomByStep(1);
    else if (event.key === "-") viewfinder.zoomByStep(-1);
    else return;
    event.preventDefault();
  }

  #draw(): void {
    if (!this.#dialog.open) return;
    render(
      dialogTemplate(this.#viewfinder, () => this.#dialog.close()),
      this.#dialog,
    );
    this.#dialog.dataset["state"] = this.#viewfinder.state;
    this.#numbersDrawn = 0;
    this.#drawLive();
  }

  /** Draws what changes with each picture, without the rest. */
  #drawLive(): void {
    const dialog = this.#dialog;
    if (!dialog.open) return;
    const { area, frame } = this.#viewfinder;
    const part = dialog.querySelector<HTMLElement>(".part");
    if (part) {
      part.hidden = !area;
      if (area && frame) {
        const percent = (value: number, of: number) => `${(100 * value) / of}%`;
        Object.assign(part.style, {
          left: percent(area.left, frame.width),
          top: percent(area.top, frame.height),
          width: percent(area.width, frame.width),
          height: percent(area.height, frame.height),
        });
        const overview = part.parentElement;
        overview?.style.setProperty("--ratio", String(frame.width / frame.height));
      }
    }
    const wait = this.#numbersDrawn + DRAW_NUMBERS_MS - performance.now();
    if (wait <= 0) this.#drawNumbers();
    else this.#drawing ||= window.setTimeout(() => this.#drawNumbers(), wait);
  }

  #drawNumbers(): void {
    clearTimeout(this.#drawing);
    this.#drawing = 0;
    this.#numbersDrawn = performance.now();
    const numbers = this.#dialog.querySelector<HTMLElement>(".numbers");
    if (numbers) numbers.textContent = numbersText(this.#viewfinder);
  }
}

const directions: Record<string, [x: number, y: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
