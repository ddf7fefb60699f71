/** Helpers for the tests of the viewer. */
import type { CDPSession, Locator, Page } from "@playwright/test";

/** The demo's picture. */
export const FUR = { width: 372, height: 280 };

export interface Point {
  x: number;
  y: number;
}

export async function boxOf(locator: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await locator.boundingBox();
  if (!box) throw new Error("it is not in sight");
  return box;
}

export const layer = (page: Page, name: "before" | "after") => page.locator(`.layer.${name} canvas`);

/** CSS pixels for each pixel of the original. */
export async function magnification(page: Page): Promise<number> {
  return (await boxOf(layer(page, "before"))).width / FUR.width;
}

/** Fingers on the screen. */
export class Touch {
  readonly #session: CDPSession;
  /** When the last event was, in seconds, as a double tap must not depend on a busy machine. */
  #time = Date.now() / 1000;

  constructor(session: CDPSession) {
    this.#session = session;
  }

  async #send(type: "touchStart" | "touchMove" | "touchEnd", points: Point[]): Promise<void> {
    const touchPoints = points.map(({ x, y }, id) => ({ x, y, id }));
    this.#time += 0.02;
    await this.#session.send("Input.dispatchTouchEvent", { type, touchPoints, timestamp: this.#time });
  }

  start = (...points: Point[]): Promise<void> => this.#send("touchStart", points);
  move = (...points: Point[]): Promise<void> => this.#send("touchMove", points);
  end = (): Promise<void> => this.#send("touchEnd", []);

  async tap(at: Point): Promise<void> {
    await this.start(at);
    await this.end();
  }

  async drag(from: Point, to: Point): Promise<void> {
    await this.start(from);
    for (const part of [0.25, 0.5, 0.75, 1]) {
      await this.move({ x: from.x + part * (to.x - from.x), y: from.y + part * (to.y - from.y) });
    }
    await this.end();
  }

  /** Moves two fingers from `apart` pixels around one point to `thenApart` around another. */
  async pinch(from: Point, apart: number, to: Point, thenApart: number): Promise<void> {
    const fingers = (part: number): [Point, Point] => {
      const along = (a: number, b: number) => a + part * (b - a);
      const [x, y] = [along(from.x, to.x), along(from.y, to.y)];
      const space = along(apart, thenApart);
      return [
        { x: x - space, y },
        { x: x + space, y },
      ];
    };
    const [first] = fingers(0);
    await this.start(first);
    await this.start(...fingers(0));
    for (const part of [0.25, 0.5, 0.75, 1]) await this.move(...fingers(part));
    await this.end();
  }
}
