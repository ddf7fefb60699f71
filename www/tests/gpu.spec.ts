/** WebGPU, on a graphics card imitated in software: slow, so the pictures are small. */
import { expect, test, type Page } from "@playwright/test";
import type * as Splitsr from "../src/module/splitsr.ts";
import { sabotageGpuWorker, startAuto } from "./gpu-worker.ts";
import { coordinatorOf, noise, openHost, Visitor } from "./support.ts";

declare global {
  interface Window {
    /** Enlarges a part of a demo picture, and says what came out. */
    enlarge(upscaler: Splitsr.Upscaler, request?: Request): Promise<Outcome>;
  }
}

interface Request {
  demo?: string;
  width?: number;
  height?: number;
  scale?: number;
  tile?: "exact" | "auto";
  clean?: number;
}

interface Outcome {
  report: Splitsr.Report;
  pixels: number[];
}

/** The largest difference of two results, in levels. */
function levels(a: Outcome, b: Outcome): number {
  if (a.pixels.length !== b.pixels.length) return Infinity;
  return a.pixels.reduce((max, value, index) => Math.max(max, Math.abs(value - (b.pixels[index] ?? 0))), 0);
}

/** The host page, with `enlarge`. */
async function start(page: Page, baseURL: string | undefined): Promise<void> {
  await openHost(page, baseURL);
  await page.evaluate(() => {
    window.enlarge = async (upscaler, request = {}) => {
      const { demo = "fur", width = 40, height = 30, scale = 2, tile = "auto", clean = 0 } = request;
      const blob = await (await fetch(`demo/${demo}.png`)).blob();
      const bitmap = await createImageBitmap(blob, 60, 80, width, height);
      const result = await upscaler.upscale(bitmap, { scale, tile, clean });
      return { report: result.report, pixels: Array.from(result.imageData().data) };
    };
  });
}

/** A result of the CPU, with tiles as on a GPU: the picture is one. */
async function onCpu(page: Page, request: Request = {}): Promise<Outcome> {
  return page.evaluate(async (request) => {
    const upscaler = await window.splitsr.createUpscaler({ backend: "cpu", workers: 1 });
    return window.enlarge(upscaler, request).finally(() => upscaler.destroy());
  }, request);
}

async function enlarge(page: Page, request: Request = {}): Promise<Outcome> {
  return page.evaluate(async (request) => {
    if (!window.upscaler) throw new Error("start an upscaler first");
    return window.enlarge(window.upscaler, request);
  }, request);
}

test.describe("the module", () => {
  test.beforeEach(({ page, baseURL }) => start(page, baseURL));

  test("a schedule has its hard tiles on the GPU and its easy ones on the CPU, with the CPU's pictures", async ({
    page,
  }) => {
    const found = await page.evaluate(async () => {
      // Noise on the left is worth the whole network. The stripes on the right are not.
      const image = new ImageData(700, 60);
      const pixels = new Uint32Array(image.data.buffer);
      let random = 1;
      for (let at = 0; at < pixels.length; at++) {
        random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
        const grey = at % 700 < 64 ? random >>> 24 : 100 + Math.floor(at / 700 / 8) * 4;
        pixels[at] = (0xff000000 | (grey * 0x10101)) >>> 0;
      }
      const enlarge = async (backend: "cpu" | "gpu") => {
        const upscaler = await window.splitsr.createUpscaler({ model: "splitsr-elastic-x2", backend, workers: 1 });
        const { report, ...result } = await upscaler.upscale(image, { scale: 2, schedule: "mobisr", effort: 30 });
        upscaler.destroy();
        return { report, pixels: Array.from(result.imageData().data) };
      };
      return { gpu: await enlarge("gpu"), cpu: await enlarge("cpu") };
    });
    const { schedule, tiles, workers, backend } = found.gpu.report;
    expect(backend).toBe("gpu");
    expect(workers).toBe(2);
    expect(schedule?.gpuTiles).toBeGreaterThan(0);
    expect(schedule?.gpuTiles).toBeLessThan(tiles);
    expect(schedule?.cells.whole).toBeGreaterThan(0);
    expect(found.cpu.report.schedule?.gpuTiles).toBe(0);
    expect(levels(found.gpu, found.cpu)).toBeLessThanOrEqual(2);
  });

  test("a GPU that is demanded gives the CPU's pictures", async ({ page }) => {
    await page.evaluate(async () => {
      window.upscaler = await window.splitsr.createUpscaler({ backend: "gpu" });
    });
    for (const request of [
      { demo: "fur", width: 40, height: 30 },
      { demo: "sign", width: 33, height: 50, scale: 1.3 },
      { demo: "print", width: 12, height: 9, scale: 3.5 },
    ]) {
      const gpu = await enlarge(page, request);
      expect(gpu.report.backend).toBe("gpu");
      expect(gpu.report.adapter).toMatch(/swiftshader/i);
      expect(gpu.report.reason).toBe("as requested");
      expect(gpu.report.instructionSet).toBe("wgsl");
      expect(levels(gpu, await onCpu(page, request))).toBeLessThanOrEqual(1);
    }
  });

  test("a GPU cleans up as the CPU does", async ({ page }) => {
    await page.evaluate(async () => {
      window.upscaler = await window.splitsr.createUpscaler({ backend: "gpu" });
    });
    const plain = await enlarge(page);
    const gpu = await enlarge(page, { clean: 50 });
    expect(gpu.report).toMatchObject({ backend: "gpu", clean: 50 });
    expect(levels(gpu, await onCpu(page, { clean: 50 }))).toBeLessThanOrEqual(1);
    expect(levels(gpu, plain)).toBeGreaterThan(5);
  });

  test("auto leaves a software adapter alone, and loads nothing for it", async ({ page }) => {
    const loaded: string[] = [];
    page.on("request", (request) => loaded.push(request.url()));
    await page.evaluate(async () => {
      window.upscaler = await window.splitsr.createUpscaler();
    });
    const { report } = await enlarge(page);
    expect(report.backend).toBe("cpu");
    expect(report.reason).toMatch(/swiftshader is a software adapter$/i);
    expect(loaded.filter((url) => url.includes("gpu"))).toEqual([]);
  });

  test("auto enlarges on the CPU in a browser that does not tell which adapter it has", async ({ page }) => {
    await page.evaluate(async () => {
      window.upscaler = await window.splitsr.createUpscaler({ workers: 1 });
    });
    await coordinatorOf(page).evaluate(() => {
      Object.defineProperty(GPUAdapter.prototype, "info", { get: () => undefined });
    });
    const { report } = await enlarge(page);
    expect(report.backend).toBe("cpu");
    expect(report.reason).toMatch(/^the browser does not tell which graphics adapter it has/);
  });

  test("auto takes a card that passes its self-check, but not for exact results", async ({ page }) => {
    await startAuto(page);
    const { report } = await enlarge(page);
    expect(report.backend).toBe("gpu");
    expect(report.adapter).toBe("acme one");
    expect(report.reason).toBe("its self-check agreed with the processor");
    const exact = await enlarge(page, { tile: "exact" });
    expect(exact.report.backend).toBe("cpu");
    expect(exact.report.instructionSet).toBe("simd128");
    expect(exact.report.reason).toBe("exact results are computed on the processor");
  });

  /** Faults of a GPU, each with the words of the self-check or the browser. */
  const faults = {
    "a kernel that computes something else": {
      // Each convolution takes one tap twice.
      sabotage: `const create = GPUDevice.prototype.createShaderModule;
        GPUDevice.prototype.createShaderModule = function ({ code, ...rest }) {
          return create.call(this, { ...rest, code: code.replaceAll("x1 * w1_0", "x1 * w0_0") });
        };`,
      reason: /the self-check failed: it gives .* where the processor gives/,
    },
    "a kernel that does not compile": {
      sabotage: `const create = GPUDevice.prototype.createShaderModule;
        GPUDevice.prototype.createShaderModule = function ({ code, ...rest }) {
          return create.call(this, { ...rest, code: code + "\\nnonsense" });
        };`,
      reason: /^acme one: /,
    },
    "a device that is not given": {
      sabotage: `GPUAdapter.prototype.requestDevice = () => Promise.reject(new DOMException("no device today", "OperationError"));`,
      reason: /^acme one: .*no device today/,
    },
  };
  for (const [fault, { sabotage, reason }] of Object.entries(faults)) {
    test(`${fault}: auto enlarges on the CPU and says why`, async ({ page }) => {
      await startAuto(page);
      await sabotageGpuWorker(page, sabotage);
      const { report } = await enlarge(page);
      expect(report.backend).toBe("cpu");
      expect(report.reason).toMatch(reason);
    });
  }

  test("a GPU that is demanded and lacks what is asked of it is an error that says so", async ({ page }) => {
    const message = await page.evaluate(async () => {
      return window.splitsr.createUpscaler({ backend: "gpu", half: true }).then(
        () => "no error",
        (error: unknown) => `${(error as Splitsr.UpscaleError).code}: ${(error as Error).message}`,
      );
    });
    expect(message).toMatch(
      /^gpu: The GPU cannot be used \(.*16-bit floats.*\)\. Choose the backend "auto" or "cpu"\.$/,
    );
  });

  test("a NaN that is read back from the card is computed again on the CPU", async ({ page }) => {
    await startAuto(page);
    // After the self-check.
    await sabotageGpuWorker(
      page,
      `let begun = false;
      addEventListener("message", ({ data }) => { begun ||= data.method === "run"; });
      const read = GPUBuffer.prototype.getMappedRange;
      GPUBuffer.prototype.getMappedRange = function (...args) {
        const bytes = read.apply(this, args);
        if (begun && this.usage & GPUBufferUsage.MAP_READ) new Float32Array(bytes)[5] = NaN;
        return bytes;
      };`,
    );
    const outcome = await enlarge(page);
    expect(outcome.report.backend).toBe("gpu");
    expect(outcome.report.notes).toEqual(["1 of 1 tiles gave NaN or infinity and was recomputed on the CPU"]);
    expect(levels(outcome, await onCpu(page))).toBeLessThanOrEqual(1);
  });

  /** Destroys the device after the first submission for a picture. */
  const loss = `const request = GPUAdapter.prototype.requestDevice;
    let device;
    GPUAdapter.prototype.requestDevice = async function (...args) { return (device = await request.apply(this, args)); };
    let begun = false;
    addEventListener("message", ({ data }) => { begun = data.method === "run"; });
    const submit = GPUQueue.prototype.submit;
    GPUQueue.prototype.submit = function (...args) {
      submit.apply(this, args);
      if (begun) device.destroy();
      begun = false;
    };`;

  test("a device that is lost in the middle of a picture is started afresh", async ({ page }) => {
    await startAuto(page);
    await sabotageGpuWorker(page, loss, 1);
    const outcome = await enlarge(page);
    expect(outcome.report.backend).toBe("gpu");
    expect(levels(outcome, await onCpu(page))).toBeLessThanOrEqual(1);
  });

  test("a device that is lost again and again is replaced by the CPU in the middle of a picture", async ({ page }) => {
    await startAuto(page);
    await sabotageGpuWorker(page, loss);
    for (const attempt of ["first", "second"]) {
      const outcome = await enlarge(page);
      expect(outcome.report.backend, attempt).toBe("cpu");
      expect(outcome.report.reason).toMatch(/^acme one was lost \(.*\), and the processor finished the picture$/);
      expect(levels(outcome, await onCpu(page))).toBeLessThanOrEqual(1);
    }
    // After that, the GPU is not tried again.
    expect((await enlarge(page)).report.reason).toMatch(/^acme one was lost/);
  });
});

test("twenty pictures of different sizes leave no memory behind", async ({ page, baseURL }) => {
  await start(page, baseURL);
  await startAuto(page);
  // Buffers that the runtime drops are the garbage collector's.
  const count = `const create = GPUDevice.prototype.createBuffer;
    let gpu = 0;
    const freed = new FinalizationRegistry((size) => (gpu -= size));
    GPUDevice.prototype.createBuffer = function (descriptor) {
      const buffer = create.call(this, descriptor);
      gpu += descriptor.size;
      freed.register(buffer, descriptor.size);
      return buffer;
    };
    const { Instance } = WebAssembly;
    let memory;
    WebAssembly.Instance = class extends Instance {
      constructor(...args) {
        super(...args);
        memory = this.exports.memory;
      }
    };
    const channel = new BroadcastChannel("memory");
    const collected = new FinalizationRegistry((note) => note());
    // When an object that was dropped now is collected, so are all that were dropped before.
    const collect = async () => {
      let isGone = false;
      collected.register({}, () => (isGone = true));
      while (!isGone) {
        gc();
        await new Promise((resolve) => setTimeout(resolve));
      }
    };
    channel.onmessage = async () => {
      for (let i = 0; i < 5; i++) await collect();
      channel.postMessage({ gpu, wasm: memory.buffer.byteLength });
    };`;
  await sabotageGpuWorker(page, count);
  const used = () =>
    page.evaluate(() => {
      const channel = new BroadcastChannel("memory");
      return new Promise<{ gpu: number; wasm: number }>((resolve) => {
        channel.onmessage = ({ data }) => {
          channel.close();
          resolve(data as { gpu: number; wasm: number });
        };
        channel.postMessage("how much?");
      });
    });
  const after = [];
  for (let index = 0; index < 20; index++) {
    // Buffers are kept for the size of the last picture: the fifth and the last have the same.
    const same = index === 4 || index === 19;
    const [width, height] = same ? [32, 24] : [12 + ((index * 11) % 20), 10 + ((index * 7) % 16)];
    expect((await enlarge(page, { width, height })).report.backend).toBe("gpu");
    after.push(await used());
  }
  const [fifth, last] = [after[4], after[19]];
  if (!fifth || !last) throw new Error("twenty pictures");
  expect(fifth.gpu).toBeGreaterThan(1e6);
  for (const kind of ["gpu", "wasm"] as const) {
    expect(last[kind] / fifth[kind], `${kind}: ${JSON.stringify(after)}`).toBeLessThanOrEqual(1.05);
  }
});

test("the page says which device it was, and why", async ({ page }) => {
  const visitor = new Visitor(page);
  await visitor.open();
  await visitor.expectState("idle");
  await visitor.unfold("device");
  await visitor.part("backend").selectOption("gpu");
  await visitor.chooseFile({ name: "small.bmp", mimeType: "image/bmp", buffer: noise(16, 12) });
  await expect(visitor.part("status")).toHaveText(/^Ready/);
  await visitor.run();
  await expect(visitor.part("report")).toContainText(/GPU \(.*swiftshader/i);
  await expect(visitor.part("report")).toContainText("as requested");
  await expect(page).toHaveURL(/backend=gpu/);
});
