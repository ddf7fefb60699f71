/**
 * Cold starts: a fresh browser, from an empty page to the first result, and what was downloaded for
 * it besides model and picture.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { openBrowser } from "./browser.mjs";
import { cold } from "./contenders.mjs";
import { ATTEMPTS, inFreshTurns, median, watchOthers } from "./timing.mjs";
import { weigh } from "./weigh.mjs";

/** A browser works on after it has started. Visitors come later. */
const SETTLED_MS = 500;

/** `urls`: of the model; `picture`: what is enlarged. */
export async function runCold(server, urls, { url, width, height }, rounds) {
  const results = { date: new Date().toISOString(), chromium: undefined, width, height };
  const about = new Map();
  const start = async ({ name, settings }) => {
    const browser = await openBrowser(server.origin);
    try {
      results.chromium = browser.version;
      await sleep(SETTLED_MS);
      const first = server.served.length;
      const others = watchOthers();
      const begin = performance.now();
      const { version } = await browser.open(name, settings);
      await browser.call(name, "setModel", urls);
      await browser.call(name, "run", { input: url, width, height });
      const sample = { milliseconds: performance.now() - begin, others: others() };
      const files = server.served
        .slice(first)
        .filter(({ path }) => path.startsWith("/www/dist/") || path.includes("/node_modules/"));
      about.set(name, { version, ...weigh(files) });
      return sample;
    } finally {
      await browser.close();
    }
  };
  const contenders = new Map(cold.map((contender) => [contender.name, () => start(contender)]));
  const runs = await inFreshTurns(contenders, rounds, { attempts: ATTEMPTS });
  results.othersCores = Math.max(...[...runs.values()].flat().map(({ others }) => others));
  results.starts = [...runs].map(([who, found]) => {
    const [samples, others] = ["milliseconds", "others"].map((what) => found.map((sample) => sample[what]));
    return { who, ms: median(samples), samples, others, ...about.get(who) };
  });
  for (const { who, ms, raw, gzip } of results.starts) {
    console.log(`cold start, ${who}: ${ms.toFixed(0)} ms, ${raw} bytes, ${gzip} gzipped`);
  }
  return results;
}
