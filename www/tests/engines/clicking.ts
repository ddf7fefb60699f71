/** Clicks that are checked to have hit their target. */
import type { Driver } from "./driver.ts";

declare global {
  interface Window {
    /** Whether the click hit the element; undefined until it has come. */
    hit?: boolean | undefined;
  }
}

/**
 * Clicks an element. A browser first looks where the element is and then presses the button there,
 * and meanwhile the page may have moved or replaced the element. Such a click does nothing, and is
 * tried again.
 */
export async function clickSurely(
  driver: Pick<Driver, "evaluate">,
  selector: string,
  click: () => Promise<unknown>,
): Promise<void> {
  let last: unknown;
  for (let attempts = 10; attempts > 0; attempts--) {
    try {
      await driver.evaluate(aim, selector);
      await click();
      if (await driver.evaluate(hasHit)) return;
    } catch (error) {
      last = error;
    }
  }
  throw new Error(`${selector} was not hit`, { cause: last });
}

/**
 * In the page: waits until the element can be clicked and rests, and keeps the next click from all
 * others.
 */
function aim(selector: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const find = () => document.querySelector<HTMLElement>(`${selector}:not(:disabled)`);
    const end = performance.now() + 60_000;
    let [last, box] = ["", ""];
    const look = () => {
      const element = find();
      element?.scrollIntoView({ block: "center", behavior: "instant" });
      last = box;
      box = element ? JSON.stringify(element.getBoundingClientRect()) : "";
      if (box !== "" && box === last) {
        guard();
        resolve();
      } else if (performance.now() < end) requestAnimationFrame(look);
      else reject(new Error(`there is no ${selector} to click, or it does not rest`));
    };
    const guard = () => {
      window.hit = undefined;
      const types = ["pointerdown", "mousedown", "pointerup", "mouseup", "click"];
      const judge = (event: Event) => {
        const element = find();
        const isHit = element !== null && event.composedPath().includes(element);
        if (!isHit) {
          event.preventDefault();
          event.stopImmediatePropagation();
        }
        if (event.type !== "click") return;
        window.hit = isHit;
        for (const type of types) window.removeEventListener(type, judge, true);
      };
      for (const type of types) window.addEventListener(type, judge, true);
    };
    look();
  });
}

/** In the page: whether the click has hit. */
function hasHit(): Promise<boolean> {
  return new Promise((resolve) => {
    // The browser answers when the click has been dispatched. None comes from a button that was
    // disabled meanwhile.
    const end = performance.now() + 5000;
    const look = () => {
      if (window.hit !== undefined || performance.now() > end) resolve(window.hit ?? false);
      else setTimeout(look, 10);
    };
    look();
  });
}
