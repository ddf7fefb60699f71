/** `splitsr.js` as other sites use it. */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "@playwright/test";
import type * as Splitsr from "../src/module/splitsr.ts";
import { awkwardFile, host, load, openHost } from "./support.ts";

test.beforeEach(({ page, baseURL }) => openHost(page, baseURL));

test("the result matches its report", async ({ page }) => {
  const result = await page.evaluate(async () => {
    const phases: string[] = [];
    const fractions: number[] = [];
    const upscaler = await window.splitsr.createUpscaler({ backend: "cpu" });
    const result = await upscaler.upscale("demo/fur.png", {
      scale: 1.5,
      onProgress({ phase, fraction }) {
        if (phases.at(-1) !== phase) phases.push(phase);
        fractions.push(fraction);
      },
    });
    const pixels = result.imageData().data;
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", Uint8Array.from(pixels)));
    const blob = await result.blob();
    const { width, height } = await createImageBitmap(blob);
    upscaler.destroy();
    return {
      sizes: [result.width, result.height, width, height, pixels.length / 4],
      type: blob.type,
      digest: Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join(""),
      report: result.report,
      model: upscaler.model,
      phases,
      fractions,
    };
  });
  expect(result.sizes).toEqual([558, 420, 558, 420, 558 * 420]);
  expect(result.type).toBe("image/png");
  expect(result.report.outputSha256).toBe(result.digest);
  expect(result.report.backend).toBe("cpu");
  expect(result.report.model).toBe(result.model.name);
  expect(result.report.modelSha256).toMatch(/^[0-9a-f]{64}$/);
  expect(result.report.milliseconds).toBeGreaterThan(0);
  expect(result.report.tiles).toBeGreaterThan(0);
  expect(result.phases).toEqual(["decode", "enlarge", "finish"]);
  expect(result.fractions).toEqual(result.fractions.toSorted((a, b) => a - b));
});

for (const tile of ["auto", "exact"] as const) {
  test(`the number of workers does not change a pixel (${tile})`, async ({ page }) => {
    const reports = await page.evaluate(async (tile) => {
      const reports = [];
      for (const workers of [1, 2, 3]) {
        const upscaler = await window.splitsr.createUpscaler({ model: "splitsr-tiny-x2", workers });
        reports.push((await upscaler.upscale("demo/sign.png", { scale: 2, tile })).report);
        upscaler.destroy();
      }
      return reports;
    }, tile);
    const [one, two, three] = reports;
    expect(one?.workers).toBe(1);
    expect(two?.workers).toBe(2);
    expect(two?.outputSha256).toBe(one?.outputSha256);
    expect(three?.outputSha256).toBe(one?.outputSha256);
  });
}

test("only the build that is used is downloaded: the fastest for auto, the reproducible one for exact", async ({
  page,
}) => {
  const downloads: string[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith(".wasm")) downloads.push(request.url());
  });
  const run = (tile: "auto" | "exact") =>
    page.evaluate(async (tile) => {
      window.upscaler ??= await window.splitsr.createUpscaler();
      return (await window.upscaler.upscale("demo/fur.png", { scale: 1.5, tile })).report;
    }, tile);
  const auto = await run("auto");
  expect(auto.instructionSet).toBe("relaxed-simd");
  expect(auto.adapter).toContain("relaxed-simd");
  expect(new Set(downloads).size).toBe(1);
  const exact = await run("exact");
  expect(exact.instructionSet).toBe("simd128");
  expect(new Set(downloads).size).toBe(2);
  expect((await run("auto")).outputSha256).toBe(auto.outputSha256);
});

test("a picture that was read before is enlarged without being read again", async ({ page }) => {
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  const [first, second] = await page.evaluate(async () => {
    const upscaler = await window.splitsr.createUpscaler({ model: "splitsr-tiny-x2" });
    const picture = await upscaler.inspect("demo/fur.png");
    const first = await upscaler.upscale(picture, { scale: 2 });
    const second = await upscaler.upscale("demo/fur.png", { scale: 2 });
    return [first.report, second.report];
  });
  expect(first.outputSha256).toBe(second.outputSha256);
  expect(requests.filter((url) => url.endsWith("fur.png"))).toHaveLength(2);
});

test("parts arrive before the result, cover it once and match it", async ({ page }) => {
  const outcome = await page.evaluate(async () => {
    const upscaler = await window.splitsr.createUpscaler({ workers: 2 });
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: 960, height: 720 });
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (!context) throw new Error("no canvas");
    let [count, area] = [0, 0];
    const result = await upscaler.upscale("demo/sign.png", {
      scale: 2,
      onPart({ left, top, imageData }) {
        count++;
        area += imageData.width * imageData.height;
        context.putImageData(imageData, left, top);
      },
    });
    const shown = context.getImageData(0, 0, 960, 720).data;
    const { data } = result.imageData();
    // A half is rounded to either side.
    const levels = data.reduce((max, value, at) => Math.max(max, Math.abs(value - (shown[at] ?? 0))), 0);
    return { count, area, levels, tiles: result.report.tiles };
  });
  expect(outcome.tiles).toBeGreaterThan(1);
  expect(outcome.count).toBe(outcome.tiles);
  expect(outcome.area).toBe(960 * 720);
  expect(outcome.levels).toBeLessThanOrEqual(1);
});

test("parts come in the order of their distance from the focus, and the result stays the same", async ({ page }) => {
  const { distances, hashes } = await page.evaluate(async () => {
    // A single worker finishes the tiles in the order in which it gets them.
    const upscaler = await window.splitsr.createUpscaler({ model: "splitsr-tiny-x2", workers: 1 });
    const distances: number[] = [];
    const focus = { x: 0.9, y: 0.6 };
    const onPart = ({ left, top, imageData: { width, height } }: Splitsr.Part) =>
      distances.push(Math.hypot(left + width / 2 - focus.x * 960, top + height / 2 - focus.y * 720));
    const run = async (options: object) =>
      (await upscaler.upscale("demo/sign.png", { scale: 2, ...options })).report.outputSha256;
    return { hashes: [await run({}), await run({ focus, onPart })], distances };
  });
  expect(distances.length).toBeGreaterThan(3);
  expect(distances).toEqual(distances.toSorted((a, b) => a - b));
  expect(hashes[1]).toBe(hashes[0]);
});

test(
  "an estimate is close to the outcome, and refuses results that do not fit",
  { tag: "@alone" },
  async ({ page }) => {
    const compare = () =>
      page.evaluate(async () => {
        const upscaler = await window.splitsr.createUpscaler({ backend: "cpu", workers: 2 });
        const picture = await upscaler.inspect("demo/sign.png");
        const estimate = await upscaler.estimate(picture, { scale: 3 });
        const result = await upscaler.upscale(picture, { scale: 3 });
        const refusal = await upscaler.estimate({ width: 4000, height: 3000 }, { scale: 16 }).then(
          () => "none",
          (error: unknown) => (error as Splitsr.UpscaleError).code,
        );
        upscaler.destroy();
        return { estimate, report: result.report, size: [result.width, result.height], refusal };
      });
    // Within a factor. Other programs may slow down one of the two, but not each time.
    const factors: number[] = [];
    while (factors.length < 3 && !factors.some((factor) => factor > 1 / 6 && factor < 4)) {
      const { estimate, report, size, refusal } = await compare();
      expect([estimate.width, estimate.height]).toEqual(size);
      expect(estimate.tiles).toBe(report.tiles);
      expect(refusal).toBe("too-large");
      expect(estimate.bytes).toBeGreaterThan(4 * 1440 * 1080);
      expect(estimate.bytes).toBeLessThan(1e9);
      factors.push(estimate.milliseconds / report.milliseconds);
    }
    expect(factors.at(-1), factors.join(", ")).toBeGreaterThan(1 / 6);
    expect(factors.at(-1), factors.join(", ")).toBeLessThan(4);
  },
);

test("a network is described, with or without weights", async ({ page }) => {
  const [flagship, rcan, refusal] = await page.evaluate(async () => {
    const upscaler = await window.splitsr.createUpscaler({ backend: "cpu" });
    const rcan = { channels: 64, groups: 10, blocks: 20, hybrid_index: 0, attention: 16, scale: 4 };
    const wrong = upscaler.describe({ hybrid_index: 8 }).catch(String);
    return Promise.all([upscaler.describe({}), upscaler.describe(rcan), wrong]);
  });
  expect(flagship).toMatchObject({ params: 161751, receptiveField: 147, splitChannels: 4 });
  expect(flagship.lightGroups).toEqual([true, true, true, false, false, false, false]);
  expect(flagship.config).toMatchObject({ architecture: "splitsr", scale: 2, hybrid_mode: "split-first" });
  expect((rcan.macs720p / 1e9).toFixed(1)).toBe("916.9");
  expect([rcan.params, rcan.receptiveField]).toEqual([15592355, null]);
  expect(refusal).toContain("Hybrid index is 8; it must be from 0 to 7.");
});

test("a part of a picture keeps its depth, and can be compared", async ({ page }) => {
  const file = readFileSync(awkwardFile("rgba16.png")).toString("base64");
  const said = await page.evaluate(async (file) => {
    const blob = new Blob([Uint8Array.from(atob(file), (character) => character.charCodeAt(0))]);
    const upscaler = await window.splitsr.createUpscaler({ backend: "cpu" });
    const whole = await upscaler.inspect(blob);
    const part = await upscaler.crop(blob, { left: 3, top: 5, width: 20, height: 16 });
    const result = await upscaler.upscale(part, { scale: 2 });
    const png = new Uint8Array(await (await result.blob()).arrayBuffer());
    const size = { width: 40, height: 32 };
    const [nearest, bicubic] = await Promise.all([
      upscaler.resize(part, size, "nearest"),
      upscaler.resize(part, size, "bicubic"),
    ]);
    const distances = [await upscaler.distance(nearest, bicubic), await upscaler.distance(nearest, nearest)];
    const heat = await upscaler.heatMap(nearest, nearest);
    const refusals = await Promise.all(
      [
        upscaler.crop(blob, { left: whole.width - 3, top: 0, width: 4, height: 1 }),
        upscaler.distance(nearest, whole.imageData),
        upscaler.shrink(part, 40),
      ].map((call) => call.then(String, String)),
    );
    const at = 4 * (5 * whole.width + 3);
    // Written and read again, it is the same.
    const written = await upscaler.encode(part);
    const again = await upscaler.upscale(await upscaler.inspect(written), { scale: 2 });
    const jpeg = new Uint8Array(await (await upscaler.encode(part, "image/jpeg", 50)).arrayBuffer());
    return {
      hashes: [result.report.outputSha256, again.report.outputSha256],
      written: [written.type, new Uint8Array(await written.arrayBuffer())[24], jpeg[0], jpeg[1]],
      size: [part.width, part.height, result.width, result.height],
      corner: [Array.from(part.imageData.data.slice(0, 4)), Array.from(whole.imageData.data.slice(at, at + 4))],
      depth: png[24],
      distances,
      dark: heat.data.every((value, index) => value === (index % 4 === 3 ? 255 : 0)),
      refusals,
    };
  }, file);
  expect(said.size).toEqual([20, 16, 40, 32]);
  expect(said.corner[0]).toEqual(said.corner[1]);
  expect(said.depth).toBe(16);
  expect(said.written).toEqual(["image/png", 16, 0xff, 0xd8]);
  expect(said.hashes[1]).toBe(said.hashes[0]);
  expect(said.distances[0]?.largest).toBeGreaterThan(0);
  expect(said.distances[1]).toEqual({ psnrY: null, ssimY: 1, largest: 0, mean: 0 });
  expect(said.dark).toBe(true);
  for (const [index, why] of ["not inside the picture", "cannot be compared", "too small for scale 40"].entries())
    expect(said.refusals[index]).toContain(why);
});

test("our own decoder reads what the browser would, where that is asked for", async ({ page }) => {
  const bundles: string[] = [];
  page.on("request", (request) => {
    if (/codecs-[^/]*\.wasm$/.test(request.url())) bundles.push(request.url());
  });
  const file = readFileSync(awkwardFile("chroma420.jpg")).toString("base64");
  const read = (decoder: "auto" | "own") =>
    page.evaluate(
      async ({ file, decoder }) => {
        const blob = new Blob([Uint8Array.from(atob(file), (character) => character.charCodeAt(0))]);
        window.upscaler ??= await window.splitsr.createUpscaler({ backend: "cpu" });
        const { imageData } = await window.upscaler.inspect(blob, { decoder });
        return Array.from(imageData.data);
      },
      { file, decoder },
    );
  const auto = await read("auto");
  expect(bundles).toHaveLength(0);
  const own = await read("own");
  expect(bundles).toHaveLength(1);
  // Chromas are interpolated in ways of their own.
  const levels = own.map((value, index) => Math.abs(value - (auto[index] ?? 0)));
  expect(levels.length).toBe(4 * 159 * 119);
  expect(levels.reduce((sum, value) => sum + value, 0) / levels.length).toBeLessThan(1);
});

test("every kind of source gives the same result", async ({ page }) => {
  const hashes = await page.evaluate(async () => {
    const upscaler = await window.splitsr.createUpscaler({ model: "splitsr-tiny-x2" });
    const blob = await (await fetch("demo/fur.png")).blob();
    const bitmap = await createImageBitmap(blob);
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    context?.drawImage(bitmap, 0, 0);
    const imageData = context?.getImageData(0, 0, bitmap.width, bitmap.height);
    if (!imageData) throw new Error("no canvas");
    const sources = [blob, new File([blob], "fur.png"), "demo/fur.png", new URL("demo/fur.png", location.href)];
    const hashes = [];
    for (const source of [...sources, imageData, bitmap]) {
      hashes.push((await upscaler.upscale(source, { width: 400, height: 300 })).report.outputSha256);
    }
    // The caller's own pictures are still there.
    if (bitmap.width !== 372 || imageData.data.length === 0) throw new Error("a source was taken away");
    return hashes;
  });
  expect(new Set(hashes).size).toBe(1);
});

test("errors are explained in words", async ({ page }) => {
  const truncated = readFileSync(awkwardFile("only_signature.png")).toString("base64");
  await page.route("**/other/index.json", (route) => route.fulfill({ json: [{ name: "splitsr-x2" }] }));
  const errors = await page.evaluate(async (base64) => {
    const { createUpscaler, fineTune, UpscaleError } = window.splitsr;
    const upscaler = await createUpscaler();
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    const attempts: Record<string, () => Promise<unknown>> = {
      gpu: () => createUpscaler({ backend: "gpu" }),
      workers: () => createUpscaler({ workers: 0 }),
      tuning: () => fineTune({ name: "mine", pictures: ["demo/fur.png"], backend: "tpu" as never }),
      model: () => createUpscaler({ model: "nothing" }),
      weights: () => createUpscaler({ model: new Blob(["not a model"]) }),
      list: () => createUpscaler({ models: "/other/", model: "splitsr-x2" }),
      scale: () => upscaler.upscale("demo/fur.png", { scale: 17 }),
      size: () => upscaler.upscale("demo/fur.png", { width: 10.5, height: 10 }),
      shrink: () => upscaler.upscale("demo/fur.png", { width: 10, height: 10 }),
      missing: () => upscaler.upscale("missing.png", { scale: 2 }),
      damaged: () => upscaler.upscale(new Blob([bytes]), { scale: 2 }),
      source: () => upscaler.upscale(undefined as never, { scale: 2 }),
      budget: () => upscaler.upscale(null as never, { scale: 2, budget: 100 }),
      options: () => upscaler.upscale("demo/fur.png", undefined as never),
      text: () => upscaler.upscale(new Blob(["plain text"]), { scale: 2 }),
      format: async () => (await upscaler.upscale("demo/fur.png", { scale: 1 })).blob("image/x-unknown"),
      destroyed: () => {
        upscaler.destroy();
        return upscaler.upscale("demo/fur.png", { scale: 2 });
      },
    };
    const errors: Record<string, string> = {};
    for (const [name, attempt] of Object.entries(attempts)) {
      errors[name] = await attempt().then(
        () => "no error",
        (error: unknown) => (error instanceof UpscaleError ? `${error.code}: ${error.message}` : String(error)),
      );
    }
    return errors;
  }, truncated);
  const expected: Record<string, RegExp> = {
    gpu: /^gpu: The GPU cannot be used \(.*\)\. Choose the backend "auto" or "cpu"\.$/,
    workers: /^usage: .*not 0/,
    tuning: /^usage: The backend .*not "tpu"/,
    model: /^model: There is no model "nothing" here\. The models are: ./,
    weights: /^model: ./,
    list: /^network: Could not load the list of models \(the file is not a list of models\)\./,
    scale: /^usage: The scale must be a number from 1 to 16, not 17\./,
    size: /^usage: .*whole pixels/,
    shrink: /^usage: .*10x10/,
    missing: /^network: .*404/,
    damaged: /^damaged: ./,
    source: /^usage: The source is not a file/,
    budget: /^usage: The source is not a file/,
    options: /^usage: Give a scale/,
    text: /^unsupported: ./,
    format: /^encode: ./,
    destroyed: /^destroyed: ./,
  };
  for (const [name, pattern] of Object.entries(expected)) expect(errors[name], name).toMatch(pattern);
});

test("a site of another origin can embed it", async ({ page, baseURL }) => {
  const server = createServer((_, response) => response.setHeader("Content-Type", "text/html").end(host));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await load(page, `${baseURL}splitsr.js`);
    const width = await page.evaluate(async (picture) => {
      const upscaler = await window.splitsr.createUpscaler({ workers: 2 });
      return (await upscaler.upscale(picture, { scale: 2 })).width;
    }, `${baseURL}demo/fur.png`);
    expect(width).toBe(744);
  } finally {
    server.close();
  }
});

test("<splitsr-zoom> shows its picture enlarged", async ({ page }) => {
  const shown = await page.evaluate(async () => {
    const element = document.createElement("splitsr-zoom");
    const done = new Promise<CustomEvent<Splitsr.Report>>((resolve, reject) => {
      element.addEventListener("splitsr-done", (event) => resolve(event as CustomEvent<Splitsr.Report>));
      element.addEventListener("splitsr-error", (event) => reject((event as CustomEvent<Error>).detail));
    });
    element.setAttribute("src", "demo/fur.png");
    element.setAttribute("scale", "1.5");
    element.setAttribute("alt", "A dog");
    document.body.append(element);
    const { detail } = await done;
    const canvas = element.shadowRoot?.querySelector("canvas");
    return { width: canvas?.width, hidden: canvas?.hidden, label: canvas?.ariaLabel, ran: detail.tiles > 0 };
  });
  expect(shown).toEqual({ width: 558, hidden: false, label: "A dog", ran: true });
});
