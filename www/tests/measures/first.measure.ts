/**
 * How soon a visitor sees a demo of 480x360 enlarged: from the click, in a page that has just been
 * loaded, to the first frame with a part of the result, and to the whole one.
 * `npm run measure first` prints the medians.
 */
import { expect, test } from "@playwright/test";
import { median, Visitor } from "../support.ts";
import { watchResult } from "./seen.ts";

test("the first result of a demo", async ({ browser, baseURL }) => {
  const first: number[] = [];
  const whole: number[] = [];
  for (let visit = 0; visit < 5; visit++) {
    // Nothing is cached.
    const page = await browser.newPage(baseURL ? { baseURL } : {});
    const visitor = new Visitor(page);
    await page.addInitScript(watchResult);
    await page.goto("/");
    await visitor.expectState("idle");
    const times = await page.evaluate(async () => {
      const demo = [...document.querySelectorAll<HTMLElement>("button")].find(({ textContent }) =>
        textContent.includes("Sign"),
      );
      const status = document.querySelector("[data-testid=status]");
      const start = performance.now();
      demo?.click();
      await new Promise<void>((resolve) => {
        const observer = new MutationObserver(() => {
          if (status?.getAttribute("data-state") !== "done") return;
          observer.disconnect();
          resolve();
        });
        observer.observe(document, { subtree: true, childList: true, attributes: true });
      });
      return { first: (window.seen[0] ?? NaN) - start, whole: performance.now() - start };
    });
    first.push(times.first);
    whole.push(times.whole);
    await page.close();
  }
  const text = (values: number[]) =>
    `${(median(values) / 1000).toFixed(2)} s (${values.map(Math.round).join(", ")} ms)`;
  console.log(`From the click to the first part: ${text(first)}; to the result: ${text(whole)}.`);
  expect(first).toHaveLength(5);
});
