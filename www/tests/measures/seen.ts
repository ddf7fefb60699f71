/** Helpers of the measurements of what a visitor sees when. */

declare global {
  interface Window {
    /** When a frame showed another drawing of the result, as `performance.now()` counts. */
    seen: number[];
  }
}

/** For `page.evaluate` or `page.addInitScript`: fills `window.seen`. */
export function watchResult(): void {
  window.seen = [];
  const put = Reflect.get(CanvasRenderingContext2D.prototype, "putImageData") as (...how: unknown[]) => void;
  CanvasRenderingContext2D.prototype.putImageData = function (...how: unknown[]) {
    put.apply(this, how);
    // The frame after the next one begins when this one is on the screen.
    if (this.canvas.dataset["testid"] === "result")
      requestAnimationFrame(() => requestAnimationFrame(() => window.seen.push(performance.now())));
  };
}
