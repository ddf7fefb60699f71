/**
 * The page's own time on top of the engine's: from the click on "Enlarge" until the first result is
 * shown, beside the same picture by `createUpscaler` alone; and what the page loads before there is
 * a picture.
 */
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { median, watchOthers } from "./timing.mjs";

const WIDTH = 320;
const HEIGHT = 240;
const ROUNDS = 9;

/** For `page.evaluate`: a part of a demo picture as a PNG file, in base64. */
async function cutPicture({ url, width, height }) {
  const image = await createImageBitmap(await (await fetch(url)).blob());
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d").drawImage(image, 0, 0);
  const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/**
 * For `page.evaluate`: clicks on "Enlarge", and returns the milliseconds until the page says that
 * it is done.
 */
function clickAndWait() {
  const status = document.querySelector('[data-testid="status"]');
  return new Promise((resolve) => {
    let start;
    new MutationObserver(() => {
      // The frame that shows it.
      if (status.dataset.state === "done") requestAnimationFrame(() => resolve(performance.now() - start));
    }).observe(status, { attributes: true });
    start = performance.now();
    document.querySelector('[data-testid="run"]').click();
  });
}

/** For `page.evaluate`: the first picture of an engine that is ready. */
async function enlargeBare({ module, file }) {
  const { createUpscaler } = await import(module);
  const picture = await (await fetch(`data:image/png;base64,${file}`)).blob();
  const upscaler = await createUpscaler({ model: "splitsr-x2" });
  const read = await upscaler.inspect(picture);
  const start = performance.now();
  (await upscaler.upscale(read, { scale: 2 })).imageData();
  return performance.now() - start;
}

/** Each sample is of a browser that was started for it. */
export async function runPage({ origin, served }) {
  const site = `${origin}/www/dist`;
  const inFreshBrowser = async (work) => {
    const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
    const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-quic"] });
    try {
      return await work(await browser.newPage(), browser.version());
    } finally {
      await browser.close();
    }
  };
  const [file, version] = await inFreshBrowser(async (page, version) => {
    await page.goto(`${origin}/benches/peers/web/index.html`);
    const url = `${origin}/www/public/demo/foliage.png`;
    return [await page.evaluate(cutPicture, { url, width: WIDTH, height: HEIGHT }), version];
  });
  const weight = await inFreshBrowser(async (page) => {
    served.length = 0;
    await page.goto(`${site}/index.html`, { waitUntil: "networkidle" });
    await page.waitForTimeout(3000);
    return served.map(({ path, bytes }) => ({ path, bytes: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length }));
  });
  const page = [];
  const bare = [];
  let othersCores = 0;
  const watched = async (work) => {
    const others = watchOthers();
    const milliseconds = await work();
    othersCores = Math.max(othersCores, others());
    return milliseconds;
  };
  for (let round = 0; round < ROUNDS; round++) {
    page.push(
      await inFreshBrowser(async (page) => {
        await page.goto(`${site}/index.html`);
        const buffer = Buffer.from(file, "base64");
        await page.getByTestId("file-input").setInputFiles({ name: "photo.png", mimeType: "image/png", buffer });
        await page.waitForSelector('[data-testid="status"][data-state="idle"]:has-text("Ready")');
        return watched(() => page.evaluate(clickAndWait));
      }),
    );
    bare.push(
      await inFreshBrowser(async (page) => {
        await page.goto(`${origin}/benches/peers/web/index.html`);
        return watched(() => page.evaluate(enlargeBare, { module: `${site}/splitsr.js`, file }));
      }),
    );
    console.log(`page ${page.at(-1).toFixed(1)} ms, bare engine ${bare.at(-1).toFixed(1)} ms`);
  }
  console.log(`ratio of the medians ${(median(page) / median(bare)).toFixed(2)}`);
  for (const { path, bytes, gzip } of weight) console.log(`  ${gzip} of ${bytes}  ${path}`);
  console.log(`  ${weight.reduce((sum, { gzip }) => sum + gzip, 0)} bytes gzipped before the first picture`);
  const date = new Date().toISOString();
  return { date, chromium: version, width: WIDTH, height: HEIGHT, othersCores, page, bare, weight };
}
