/** The workers of `splitsr.js`: they are given up, replaced and used again, and keep no memory. */
import { expect, test } from "@playwright/test";
import type * as Splitsr from "../src/module/splitsr.ts";
import { coordinatorOf, openHost, SMALLEST, tellMemory } from "./support.ts";

test.beforeEach(({ page, baseURL }) => openHost(page, baseURL));

test("an abort rejects at once with its reason, and the next call works", { tag: "@alone" }, async ({ page }) => {
  const abort = () =>
    page.evaluate(async () => {
      window.upscaler ??= await window.splitsr.createUpscaler();
      const data = new Uint8ClampedArray(1600 * 1200 * 4).map((_, index) => (index * 7919) % 251);
      const large = new ImageData(data, 1600, 1200);
      const controller = new AbortController();
      const { signal } = controller;
      let start = NaN;
      const onPart = () => {
        if (signal.aborted) return;
        start = performance.now();
        controller.abort();
      };
      const run = window.upscaler.upscale(large, { scale: 2, signal, onPart });
      const queued = window.upscaler.upscale("demo/fur.png", { scale: 2 });
      const name = await run.then(
        () => "finished",
        (error: unknown) => (error as Error).name,
      );
      const milliseconds = performance.now() - start;
      const { width } = await queued;
      return { name, milliseconds, width };
    });
  // Slow code is slow each time; a busy machine isn't.
  const times: number[] = [];
  while (times.length < 3 && !times.some((time) => time < 100)) {
    const { name, milliseconds, width } = await abort();
    expect(name).toBe("AbortError");
    expect(width).toBe(744);
    times.push(milliseconds);
  }
  expect(Math.min(...times), times.join(", ")).toBeLessThan(100);
});

test("an abort ends a download too: the next picture does not wait for it", async ({ page }) => {
  await page.route("**/stalled.png", () => new Promise(() => undefined));
  await page.evaluate(async (model) => {
    window.upscaler = await window.splitsr.createUpscaler({ model, backend: "cpu", workers: 1 });
  }, SMALLEST);
  for (const how of ["upscale", "clean", "inspect", "crop"] as const) {
    const requested = page.waitForRequest("**/stalled.png");
    const run = await page.evaluateHandle((how) => {
      const controller = new AbortController();
      const { signal } = controller;
      const { upscaler } = window;
      if (!upscaler) throw new Error("start an upscaler first");
      const source = "stalled.png";
      const ways = {
        upscale: () => upscaler.upscale(source, { scale: 2, signal }),
        clean: () => upscaler.upscale(source, { scale: 2, signal, clean: "auto" }),
        inspect: () => upscaler.inspect(source, { signal }),
        crop: () => upscaler.crop(source, { left: 0, top: 0, width: 1, height: 1 }, { signal }),
      };
      const name = ways[how]().then(
        () => "finished",
        (error: unknown) => (error as Error).name,
      );
      return { controller, name };
    }, how);
    await requested;
    const outcome = await run.evaluate(async ({ controller, name }) => {
      controller.abort();
      const picture = await window.upscaler?.inspect("demo/fur.png");
      return [await name, picture?.width];
    });
    expect(outcome, how).toEqual(["AbortError", 372]);
  }
});

test("the workers outlive a cancel: the next picture runs on the same ones", async ({ page }) => {
  await page.evaluate(async () => {
    window.upscaler = await window.splitsr.createUpscaler({ workers: 2 });
  });
  const coordinator = coordinatorOf(page);
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
  /** With `events`: aborts after this many progress events. */
  const upscale = (scale: number, events?: number) =>
    page.evaluate(
      async ({ scale, events }) => {
        const controller = new AbortController();
        let heard = 0;
        const abortAt = (count: number) => {
          if (count === events) controller.abort(new DOMException("It took too long.", "TimeoutError"));
        };
        const { signal } = controller;
        const onProgress = () => abortAt(++heard);
        const run = window.upscaler?.upscale("demo/sign.png", { scale, signal, onProgress });
        abortAt(0);
        return await run?.then(
          (result) => result.report.outputSha256,
          (error: unknown) => (error as Error).name,
        );
      },
      { scale, events },
    );
  const whole = await upscale(2);
  // At several stages of a picture: before it, while it is read, and within its tiles.
  for (const events of [0, 1, 2, 6]) expect(await upscale(16, events)).toBe("TimeoutError");
  expect(await upscale(2)).toBe(whole);
  expect(page.workers()).toContain(coordinator);
  expect(await coordinator.evaluate(() => (self as unknown as { started: number }).started)).toBe(2);
});

/** Bodies of tile workers that start well and then die: by a panic in wasm, or by the browser. */
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
    const coordinator = coordinatorOf(page);
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

test("a coordinator that dies between two calls is replaced without a word", async ({ page }) => {
  const first = await page.evaluate(async () => {
    window.upscaler = await window.splitsr.createUpscaler({ model: "splitsr-tiny-x2", workers: 1 });
    return (await window.upscaler.upscale("demo/sign.png", { scale: 1.5 })).report.outputSha256;
  });
  const dead = page.workers()[0];
  await dead?.evaluate(() => {
    setTimeout(() => {
      throw new Error("it stopped");
    });
  });
  await expect(() => expect(page.workers()).not.toContain(dead)).toPass();
  const next = await page.evaluate(async () => {
    const upscaler = window.upscaler;
    const picture = await upscaler?.inspect("demo/sign.png");
    return picture && (await upscaler?.upscale(picture, { scale: 1.5 }))?.report.outputSha256;
  });
  expect(next).toBe(first);
});

test("runs in a row do not pile up memory", { tag: "@alone" }, async ({ page }) => {
  const session = await page.context().newCDPSession(page);
  /** The page's memory, its pixels included, after garbage collection. */
  const used = async () => {
    await session.send("HeapProfiler.collectGarbage");
    const { usedSize, backingStorageSize } = (await session.send("Runtime.getHeapUsage")) as {
      usedSize: number;
      backingStorageSize: number;
    };
    return usedSize + backingStorageSize;
  };
  await page.evaluate(tellMemory);
  /** The WebAssembly memory of the coordinator and both workers. */
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
