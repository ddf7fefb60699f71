/**
 * A picture of twelve megapixels in the page: time, memory and the longest frame. Each run has a
 * browser of its own, which has enlarged a small picture before.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openBrowser } from "./browser.mjs";
import { large } from "./contenders.mjs";
import { largePicture } from "./models.mjs";
import { inFreshTurns, median, watchOthers } from "./timing.mjs";

const ROUNDS = 3;

/** A contender that takes longer runs once. */
const MAX_MS = 240_000;

/** Longer than any run. */
const PATIENCE_MS = 900_000;

/** Milliseconds between two looks at the memory. */
const INTERVAL_MS = 50;

/** Largest difference: either's tiles may change a value by a level, and both round. */
const MAX_LEVELS = 3;

const ours = large.find(({ byHand }) => !byHand);
const theirs = large.find(({ byHand }) => byHand);

/** `urls`: of the model; `halo`: what its tiles need around them; `files`: a folder. */
export async function runLarge(server, urls, halo, files) {
  const { width, height, scale } = largePicture;
  const sizes = [
    [640, 480],
    [width / 2, height / 2],
    [width, height],
  ];
  const [warmUp, part, whole] = await makePictures(server, files, sizes);
  const bench = { server, urls, warmUp, results: { date: new Date().toISOString(), width, height, scale, halo } };
  const { results } = bench;
  results.tiles = await timeTiles(bench, part);
  const fastest = Math.min(...results.tiles.map(({ milliseconds }) => milliseconds));
  results.side = results.tiles.find(({ milliseconds }) => milliseconds === fastest).side;
  const tiles = { side: results.side, halo, scale };
  const check = async (browser) => (results.difference = await compare(browser, urls, whole));
  const contenders = new Map(
    large.map((contender) => [contender.name, () => time(bench, contender, { url: whole, tiles })]),
  );
  const runs = await inFreshTurns(contenders, ROUNDS, { most: MAX_MS });
  results.othersCores = Math.max(...[...runs.values()].flat().map(({ others }) => others));
  results.runs = [];
  for (const contender of large) {
    const samples = runs.get(contender.name);
    const middle = (what) => median(samples.map((sample) => sample[what]));
    const [milliseconds, longestFrame] = ["milliseconds", "longestFrame"].map(middle);
    const megabytes = await peakMemory(
      bench,
      contender,
      { url: whole, tiles },
      contender === theirs ? check : undefined,
    );
    results.runs.push({ who: contender.name, milliseconds, longestFrame, megabytes, samples });
  }
  return results;
}

/** How long tiles of each size take on a part of the picture, and how much memory. */
async function timeTiles(bench, part) {
  const { halo, scale } = bench.results;
  const found = [];
  for (const side of largePicture.sides) {
    const tiles = { side, halo, scale };
    const { milliseconds } = await inFreshBrowser(bench, theirs, tiles, (browser) =>
      browser.enlarge(theirs.name, { url: part, tiles }),
    );
    const megabytes = await peakMemory(bench, theirs, { url: part, tiles });
    console.log(`  a quarter of the picture in tiles of ${side}: ${(milliseconds / 1e3).toFixed(1)} s`);
    found.push({ side, milliseconds, megabytes });
  }
  return found;
}

async function time(bench, contender, request) {
  const { scale, width, height } = bench.results;
  const { name } = contender;
  return inFreshBrowser(bench, contender, request.tiles, async (browser) => {
    const others = watchOthers();
    const found = await browser.enlarge(name, request);
    if (found.width !== scale * width || found.height !== scale * height)
      throw new Error(`${name} gave ${found.width}x${found.height}`);
    const { milliseconds, longestFrame } = found;
    const sample = { milliseconds, longestFrame, others: others() };
    console.log(name, sample);
    return sample;
  });
}

/**
 * The megabytes that the page holds at most, more than when it was empty; in a run of its own,
 * because each look takes milliseconds.
 */
async function peakMemory(bench, contender, request, afterwards) {
  const { name } = contender;
  return inFreshBrowser(bench, contender, request.tiles, async (browser, memory) => {
    let peak = 0;
    const timer = setInterval(() => (peak = Math.max(peak, memory())), INTERVAL_MS);
    await browser.enlarge(name, request).finally(() => clearInterval(timer));
    console.log(`${name}: ${peak.toFixed(0)} MB`);
    await afterwards?.(browser);
    return peak;
  });
}

/** Enlarges the picture by our engine too, in the page that has the other result. */
async function compare(browser, urls, url) {
  await browser.open(ours.name, ours.settings);
  await browser.call(ours.name, "setModel", urls);
  await browser.enlarge(ours.name, { url });
  const difference = await browser.difference(ours.name, theirs.name);
  console.log("difference in levels:", difference);
  if (difference.largest > MAX_LEVELS)
    throw new Error(`${theirs.name} differs from ${ours.name} by ${difference.largest} levels`);
  return difference;
}

/** A browser in which a contender is ready. `work` also gets what tells its memory. */
async function inFreshBrowser({ server, urls, warmUp, results }, { name, settings }, tiles, work) {
  const browser = await openBrowser(server.origin, "none", PATIENCE_MS);
  try {
    results.chromium = browser.version;
    const memory = await browser.memory();
    const empty = memory();
    const { version } = await browser.open(name, settings);
    if (version) results.version = version;
    await browser.call(name, "setModel", urls);
    await browser.enlarge(name, { url: warmUp, tiles });
    return await work(browser, () => memory() - empty);
  } finally {
    await browser.close();
  }
}

/**
 * A JPEG file without the colour profile that Chromium writes: with one, our own codecs decode the
 * file, and their pixels differ a little from the browser's.
 */
function withoutProfile(jpeg) {
  const begin = jpeg.indexOf("ICC_PROFILE\0") - 4;
  return begin < 0
    ? jpeg
    : Buffer.concat([jpeg.subarray(0, begin), jpeg.subarray(begin + 2 + jpeg.readUInt16BE(begin + 2))]);
}

/** Photographs of these sizes as JPEG files; their addresses. */
async function makePictures(server, files, sizes) {
  const browser = await openBrowser(server.origin);
  try {
    const urls = [];
    for (const [width, height] of sizes) {
      const name = `photograph-${width}x${height}.jpg`;
      const file = await browser.photograph("/www/public/demo/foliage.png", width, height);
      writeFileSync(join(files, name), withoutProfile(Buffer.from(file, "base64")));
      urls.push(`/files/${name}`);
    }
    return urls;
  } finally {
    await browser.close();
  }
}
