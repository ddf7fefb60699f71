/**
 * The speed of the viewfinder on the CPU with a part of 160 x 120 pixels of a camera that gives 60
 * frames a second: `npm run measure viewfinder` prints a table of it.
 */
import { expect, test } from "@playwright/test";
import config from "../../playwright.config.ts";
import { Visitor } from "../support.ts";

const { launchOptions = {} } = config.projects?.find(({ name }) => name === "cpu")?.use ?? {};
const fake = ["--use-fake-device-for-media-stream=fps=60", "--use-fake-ui-for-media-stream"];

test.use({ launchOptions: { ...launchOptions, args: [...(launchOptions.args ?? []), ...fake] } });

/** After a change, wait until the numbers only cover the time since then. */
const SETTLED_MS = 10_000;

test("frames a second, and their delay", async ({ page }) => {
  const visitor = new Visitor(page);
  await visitor.open();
  await visitor.part("camera").click();
  const numbers = visitor.part("viewfinder-numbers");
  await expect(numbers).toContainText("frames a second");
  await visitor.part("viewfinder-pace").uncheck();
  const width = async () => Number(/(\d+) × \d+ →/.exec(await numbers.innerText())?.[1]);
  await visitor.part("viewfinder-part").hover();
  for (const scale of [2, 4]) {
    await visitor.part(`viewfinder-x${scale}`).click();
    await visitor.part("viewfinder-overview").hover();
    await expect(async () => {
      const now = await width();
      if (now !== 160) await page.mouse.wheel(0, now < 160 ? 1 : -1);
      expect(now).toBe(160);
    }).toPass({ intervals: [150] });
    await page.waitForTimeout(SETTLED_MS);
    console.log(`x${scale}: ${await numbers.innerText()}`);
  }
});
