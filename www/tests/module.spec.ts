/** `splitsr.js` as other sites use it. */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "@playwright/test";
import type * as Splitsr from "../src/module/splitsr.ts";
import { awkwardFile, host, load, openHost, tellMemory } from "./support.ts";

test.beforeEach(({ page, baseURL }) => openHost(page, baseURL));

test("the result has what its report says", async ({ page }) => {
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
        const upscaler = await window.splitsr.createUpscaler({ workers });
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
    const upscaler = await window.splitsr.createUpscaler();
    const picture = await upscaler.inspect("demo/fur.png");
    const first = await upscaler.upscale(picture, { scale: 2 });
    const second = await upscaler.upscale("demo/fur.png", { scale: 2 });
    return [first.report, second.report];
  });
  expect(first.outputSha256).toBe(second.outputSha256);
  expect(requests.filter((url) => url.endsWith("fur.png"))).toHaveLength(2);
});

test("parts arrive before the result, cover it once and are what it becomes", async ({ page }) => {
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
    const levels = data.reduce((most, value, at) => Math.max(most, Math.abs(value - (shown[at] ?? 0))), 0);
    return { count, area, levels, tiles: result.report.tiles };
  });
  expect(outcome.tiles).toBeGreaterThan(1);
  expect(outcome.count).toBe(outcome.tiles);
  expect(outcome.area).toBe(960 * 720);
  expect(outcome.levels).toBeLessThanOrEqual(1);
});

test("an estimate is near what comes, and refuses what does not fit", async ({ page }) => {
  const { estimate, report, size, refusal } = await page.evaluate(async () => {
    const upscaler = await window.splitsr.createUpscaler({ backend: "cpu", workers: 2 });
    const picture = await upscaler.inspect("demo/sign.png");
    const estimate = await upscaler.estimate(picture, { scale: 3 });
    const result = await upscaler.upscale(picture, { scale: 3 });
    const refusal = await upscaler.estimate({ width: 4000, height: 3000 }, { scale: 16 }).then(
      () => "none",
      (error: unknown) => (error as Splitsr.UpscaleError).code,
    );
    return { estimate, report: result.report, size: [result.width, result.height], refusal };
  });
  expect([estimate.width, estimate.height]).toEqual(size);
  expect(estimate.tiles).toBe(report.tiles);
  expect(refusal).toBe("too-large");
  // Within a factor: other programs may take the cores in one of the two.
  expect(estimate.milliseconds).toBeGreaterThan(report.milliseconds / 6);
  expect(estimate.milliseconds).toBeLessThan(report.milliseconds * 4);
  expect(estimate.bytes).toBeGreaterThan(14 * 1440 * 1080);
  expect(estimate.bytes).toBeLessThan(1e9);
});

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
    const upscaler = await window.splitsr.createUpscaler();
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

test("an abort rejects at once with its reason, and the next call works", async ({ page }) => {
  const outcome = await page.evaluate(async () => {
    const upscaler = await window.splitsr.createUpscaler();
    const data = new Uint8ClampedArray(1600 * 1200 * 4).map((_, index) => (index * 7919) % 251);
    const large = new ImageData(data, 1600, 1200);
    const controller = new AbortController();
    const run = upscaler.upscale(large, { scale: 2, signal: controller.signal });
    const queued = upscaler.upscale("demo/fur.png", { scale: 2 });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const start = performance.now();
    controller.abort();
    const name = await run.then(
      () => "finished",
      (error: unknown) => (error as Error).name,
    );
    const milliseconds = performance.now() - start;
    const { width } = await queued;
    return { name, milliseconds, width };
  });
  expect(outcome.name).toBe("AbortError");
  expect(outcome.milliseconds).toBeLessThan(100);
  expect(outcome.width).toBe(744);
});

test("the workers outlive a cancel: the next picture runs on the same ones", async ({ page }) => {
  await page.evaluate(async () => {
    window.upscaler = await window.splitsr.createUpscaler({ workers: 2 });
  });
  const [coordinator] = page.workers();
  if (!coordinator) throw new Error("there is no coordinator worker");
  await coordinator.evaluate(() => {
    const real = self.Worker;
    Object.assign(self, { started: 0 });
    self.Worker = class extends real {
      constructor(script: string | URL, options?: WorkerOptions) {
        super(script, options);
        (self as unknown as { started: number }).started++;
      }
    };
  });
  const upscale = (scale: number, milliseconds?: number) =>
    page.evaluate(
      async ({ scale, milliseconds }) => {
        const signal = milliseconds === undefined ? undefined : AbortSignal.timeout(milliseconds);
        const run = window.upscaler?.upscale("demo/sign.png", { scale, ...(signal && { signal }) });
        return await run?.then(
          (result) => result.report.outputSha256,
          (error: unknown) => (error as Error).name,
        );
      },
      { scale, milliseconds },
    );
  const whole = await upscale(2);
  // At several stages of a picture.
  for (const milliseconds of [0, 30, 300, 600]) expect(await upscale(16, milliseconds)).toBe("TimeoutError");
  expect(await upscale(2)).toBe(whole);
  expect(page.workers()).toContain(coordinator);
  expect(await coordinator.evaluate(() => (self as unknown as { started: number }).started)).toBe(2);
});

/** Bodies of tile workers that start well and then die: as a panic in wasm does, and as the browser lets them. */
const dying = {
  "reports a dead instance": `postMessage({ id, error: { code: "engine", message: "it stopped", fatal: true } })`,
  "ends with an uncaught error": `setTimeout(() => { throw new Error("it stopped") })`,
};

for (const [how, death] of Object.entries(dying)) {
  test(`a tile worker that ${how} is replaced, and the picture is finished`, async ({ page }) => {
    await page.evaluate(async () => {
      const upscaler = await window.splitsr.createUpscaler({ workers: 1 });
      Object.assign(window, { run: () => upscaler.upscale("demo/fur.png", { scale: 1.5 }) });
    });
    const [coordinator] = page.workers();
    if (!coordinator) throw new Error("there is no coordinator worker");
    await coordinator.evaluate((death) => {
      const real = self.Worker;
      const script = `onmessage = ({ data: { id, method } }) => {
        if (method === "boot") postMessage({ id, result: "simd128" }); else { ${death} }
      }`;
      self.Worker = class extends real {
        constructor(_: string | URL, options?: WorkerOptions) {
          self.Worker = real;
          super(URL.createObjectURL(new Blob([script], { type: "text/javascript" })), options);
        }
      };
    }, death);
    const width = await page.evaluate(async () => {
      const { run } = window as unknown as { run: () => Promise<Splitsr.UpscaleResult> };
      return (await run()).width;
    });
    expect(width).toBe(558);
    const replaced = await coordinator.evaluate(() => !self.Worker.toString().includes("extends"));
    expect(replaced, "the dying worker was never started").toBe(true);
  });
}

test("when the coordinator dies the run says so, and the next one works", async ({ page }) => {
  await page.evaluate(async () => {
    const upscaler = await window.splitsr.createUpscaler();
    const run = (scale: number) => upscaler.upscale("demo/sign.png", { scale });
    const code = run(4).then(
      () => "finished",
      (error: unknown) => (error as Splitsr.UpscaleError).code,
    );
    Object.assign(window, { code, run });
  });
  await page.workers()[0]?.evaluate(() => {
    setTimeout(() => {
      throw new Error("it stopped");
    });
  });
  const outcome = await page.evaluate(async () => {
    const { code, run } = window as unknown as {
      code: Promise<string>;
      run: (scale: number) => Promise<Splitsr.UpscaleResult>;
    };
    return [await code, (await run(1.5)).width];
  });
  expect(outcome).toEqual(["engine", 720]);
});

test("what is wrong is said in words", async ({ page }) => {
  const truncated = readFileSync(awkwardFile("only_signature.png")).toString("base64");
  const errors = await page.evaluate(async (base64) => {
    const { createUpscaler, UpscaleError } = window.splitsr;
    const upscaler = await createUpscaler();
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    const attempts: Record<string, () => Promise<unknown>> = {
      gpu: () => createUpscaler({ backend: "gpu" }),
      workers: () => createUpscaler({ workers: 0 }),
      model: () => createUpscaler({ model: "nothing" }),
      weights: () => createUpscaler({ model: new Blob(["not a model"]) }),
      scale: () => upscaler.upscale("demo/fur.png", { scale: 17 }),
      size: () => upscaler.upscale("demo/fur.png", { width: 10.5, height: 10 }),
      shrink: () => upscaler.upscale("demo/fur.png", { width: 10, height: 10 }),
      missing: () => upscaler.upscale("missing.png", { scale: 2 }),
      damaged: () => upscaler.upscale(new Blob([bytes]), { scale: 2 }),
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
    model: /^model: There is no model "nothing" here\. The models are: ./,
    weights: /^model: ./,
    scale: /^usage: The scale is a number from 1 to 16, not 17\./,
    size: /^usage: .*whole pixels/,
    shrink: /^usage: .*10x10/,
    missing: /^network: .*404/,
    damaged: /^damaged: ./,
    text: /^unsupported: ./,
    format: /^encode: ./,
    destroyed: /^destroyed: ./,
  };
  for (const [name, pattern] of Object.entries(expected)) expect(errors[name], name).toMatch(pattern);
});

test("runs in a row do not pile up memory", async ({ page }) => {
  const session = await page.context().newCDPSession(page);
  /** Of the page, its pixels included, after the garbage is gone. */
  const used = async () => {
    await session.send("HeapProfiler.collectGarbage");
    const { usedSize, backingStorageSize } = (await session.send("Runtime.getHeapUsage")) as {
      usedSize: number;
      backingStorageSize: number;
    };
    return usedSize + backingStorageSize;
  };
  await page.evaluate(tellMemory);
  /** Of the WebAssembly of the coordinator and both workers. */
  const engine = () =>
    page.evaluate(
      (workers) =>
        new Promise<number>((resolve) => {
          const channel = new BroadcastChannel("memory");
          const sizes: number[] = [];
          channel.onmessage = ({ data }) => {
            sizes.push(data as number);
            if (sizes.length < workers) return;
            channel.close();
            resolve(sizes.reduce((sum, size) => sum + size, 0));
          };
          channel.postMessage("how much?");
        }),
      3,
    );
  const upscaler = await page.evaluateHandle(() => window.splitsr.createUpscaler({ workers: 2 }));
  const run = () =>
    upscaler.evaluate(async (upscaler) => {
      await upscaler.upscale("demo/fur.png", { scale: 2 });
    });
  await run();
  await run();
  const [before, engineBefore] = [await used(), await engine()];
  for (let count = 2; count < 30; count++) await run();
  const [after, engineAfter] = [await used(), await engine()];
  await upscaler.evaluate((upscaler) => upscaler.destroy());
  // A run's pixels alone are 1.7 MB: kept ones would add up to 50 MB.
  expect(before).toBeGreaterThan(0);
  expect(after - before, `${before} and ${after} bytes`).toBeLessThan(3e6);
  expect(engineAfter).toBe(engineBefore);
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
