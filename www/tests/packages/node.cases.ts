/** The npm package in Node: as a module, and as a command. */
import { execFile } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "@playwright/test";
import type * as Splitsr from "../../src/package/splitsr.ts";
import { project, run, test } from "./project.ts";
import { serve } from "./serve.ts";

const demo = join(import.meta.dirname, "../../public/demo");
const models = join(import.meta.dirname, "../../../models");
const tiny = "splitsr-tiny-x2.safetensors";

let folder: string;
test.beforeAll(async ({ packed: { tarball } }) => {
  folder = await project("node", tarball);
  copyFileSync(join(demo, "fur.png"), join(folder, "fur.png"));
});

/** Width and height of a PNG file. */
function sizeOf(path: string): [number, number] {
  const file = readFileSync(path);
  expect(file.toString("latin1", 1, 4)).toBe("PNG");
  return [file.readUInt32BE(16), file.readUInt32BE(20)];
}

/** Runs a script in the project and gives what it printed, as JSON. */
async function script(body: string): Promise<unknown> {
  const text = `import * as splitsr from "splitsr/node"; import { readFile } from "node:fs/promises"; ${body}`;
  return JSON.parse(await run(process.execPath, ["--input-type=module", "--eval", text], folder));
}

/** Runs the command as a visitor would, and gives its status and what it said. */
function npx(...args: string[]): Promise<{ status: number; said: string }> {
  return new Promise((done) =>
    execFile("npx", ["splitsr", ...args], { cwd: folder }, (error, stdout, stderr) =>
      done({ status: error === null ? 0 : Number(error.code), said: stdout + stderr }),
    ),
  );
}

test("the example enlarges a Buffer and writes a file", async () => {
  const said = await run(process.execPath, ["enlarge.js", "fur.png", "fur-large.png"], folder);
  expect(said).toMatch(/^744 × 560, SHA-256 [0-9a-f]{64}\n$/);
  expect(sizeOf(join(folder, "fur-large.png"))).toEqual([744, 560]);
});

test("every kind of source gives the same pixels as in a browser", async ({ page, packed }) => {
  const host = await serve([packed.folder, demo, models], {
    pages: { "/host.html": "<!doctype html><title>Host</title>" },
  });
  await page.goto(`${host.url}host.html`);
  const inBrowser = await page.evaluate(async (tiny) => {
    const path = "./lib/splitsr.js";
    const { createUpscaler } = (await import(path)) as typeof Splitsr;
    const upscaler = await createUpscaler({ model: `/${tiny}` });
    const bytes = await (await fetch("fur.png")).arrayBuffer();
    const { report } = await upscaler.upscale(bytes, { scale: 2, tile: "exact" });
    return report.outputSha256;
  }, tiny);
  const hashes = await script(`
    const upscaler = await splitsr.createUpscaler({ model: ${JSON.stringify(join(models, tiny))} });
    const buffer = await readFile("fur.png");
    const inspected = await upscaler.inspect("fur.png");
    const { data, width, height } = inspected.imageData;
    const sources = [
      buffer, new Uint8Array(buffer), new Uint8Array(buffer).buffer, new Blob([buffer]), "fur.png",
      new URL("fur.png", import.meta.resolve("./")), "${host.url}fur.png", inspected,
      new splitsr.ImageData(data, width, height),
    ];
    const hashes = [];
    for (const source of sources) {
      hashes.push((await upscaler.upscale(source, { scale: 2, tile: "exact" })).report.outputSha256);
    }
    console.log(JSON.stringify(hashes));
  `);
  host.stop();
  expect(hashes).toEqual(Array.from({ length: 9 }, () => inBrowser));
});

test("results are written and read again in every format, and the program ends by itself", async () => {
  const said = await script(`
    const upscaler = await splitsr.createUpscaler({ workers: 1 });
    const result = await upscaler.upscale("fur.png", { scale: 1.5 });
    const differences = {};
    for (const ending of ["png", "webp", "bmp", "tif", "jpg"]) {
      await result.save("written." + ending);
      const { imageData } = await upscaler.inspect("written." + ending);
      differences[ending] = (await upscaler.distance(imageData, result.imageData())).largest;
    }
    await Promise.all([result.save("written.png"), result.save("written.png")]);
    const { size } = await result.blob("image/jpeg", 80);
    const same = (await result.bytes("image/jpeg", 80)).length === size;
    const refused = [];
    for (const attempt of [() => result.save("written.xyz"), () => result.save("no/such.png"),
        () => result.blob("image/webp", 80), () => upscaler.upscale("missing.png", { scale: 2 }),
        () => upscaler.upscale(Buffer.from("no picture"), { scale: 2 }), () => splitsr.createUpscaler({ backend: "gpu" }),
        () => splitsr.createUpscaler({ model: "./missing.safetensors" })]) {
      await attempt().catch((error) => { refused.push(error.code + ": " + error.message); });
    }
    console.log(JSON.stringify({ differences, same, refused }));
  `);
  expect(said).toEqual({
    differences: { png: 0, webp: 0, bmp: 0, tif: 0, jpg: expect.any(Number) as unknown },
    same: true,
    refused: [
      expect.stringMatching(/^encode: .*"xyz" is not a format that can be written/),
      expect.stringMatching(/^encode: .*such\.png could not be written: there is no such file or folder\.$/),
      "encode: Only browsers write lossy WebP. Leave out the quality, or choose JPEG.",
      expect.stringMatching(/^network: .*missing\.png could not be read: there is no such file or folder\.$/),
      expect.stringMatching(/^unsupported: /),
      'gpu: The GPU cannot be used (Node has no WebGPU). Choose the backend "auto" or "cpu".',
      expect.stringMatching(
        /^network: Could not load the model "\.\/missing\.safetensors" \(there is no such file or folder\)\. Check the path/,
      ),
    ],
  });
  expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

test("npx splitsr writes the result beside the picture, and replaces nothing unasked", async () => {
  const made = join(folder, "fur-x2.png");
  const first = await npx("fur.png");
  expect(first).toEqual({
    status: 0,
    said: expect.stringMatching(/^fur-x2\.png \(744 x 560, \d+\.\d\d s\)\n$/) as unknown,
  });
  expect(sizeOf(made)).toEqual([744, 560]);

  writeFileSync(made, "mine");
  const said = "splitsr: fur.png: fur-x2.png already exists: --overwrite replaces it\n";
  expect(await npx("fur.png")).toEqual({ status: 1, said });
  expect(readFileSync(made, "utf8")).toBe("mine");
  expect((await npx("fur.png", "--overwrite")).status).toBe(0);
  expect(sizeOf(made)).toEqual([744, 560]);
});

test("npx splitsr takes a zoom, a model, a file or a folder, and several pictures", async () => {
  mkdirSync(join(folder, "large"));
  copyFileSync(join(demo, "fur.png"), join(folder, "two words.png"));
  expect((await npx("fur.png", "-o", "new/small.jpg", "--scale", "1.5", "--model", join(models, tiny))).status).toBe(0);
  expect(readFileSync(join(folder, "new/small.jpg")).readUInt16BE(0)).toBe(0xffd8);

  writeFileSync(join(folder, "broken.png"), "no picture");
  const several = await npx("broken.png", "two words.png", "missing.png", "-o", "large", "--scale", "1.5");
  expect(several.status).toBe(1);
  expect(several.said.trim().split("\n")).toEqual([
    expect.stringMatching(/^splitsr: broken\.png: .*\.$/),
    expect.stringMatching(/^large\/two words-x1\.5\.png \(558 x 420, /),
    "splitsr: missing.png: there is no such file or folder",
  ]);
  expect(sizeOf(join(folder, "large/two words-x1.5.png"))).toEqual([558, 420]);
});

test("npx splitsr never replaces a picture of the call, whatever links lead to it", async () => {
  const real = join(folder, "real");
  mkdirSync(real);
  for (const name of ["a.png", "a-x2.png"]) copyFileSync(join(demo, "fur.png"), join(real, name));
  symlinkSync("real", join(folder, "link"));
  const answer = await npx("real/a.png", "real/a-x2.png", "-o", "link", "--overwrite");
  expect(answer.status, answer.said).toBe(1);
  expect(answer.said).toContain("its result link/a-x2.png would replace another picture of this call");
  expect(readFileSync(join(real, "a-x2.png"))).toEqual(readFileSync(join(demo, "fur.png")));
  expect(sizeOf(join(real, "a-x2-x2.png"))).toEqual([744, 560]);
});

test("npx splitsr refuses wrong usage in one line, with status 2", async () => {
  for (const [args, said] of [
    [[], /^splitsr: name a picture/],
    [["fur.png", "--scale", "20"], /^splitsr: the scale must be a number from 1 to 16, not "20"/],
    [["fur.png", "--size", "3"], /^splitsr: Unknown option '--size'/],
    [["fur.png", "-o"], /^splitsr: Option '-o, --output <value>' argument missing/],
    [["fur.png", "-o", "result.xyz"], /^splitsr: result\.xyz is neither a folder nor a file that ends in png/],
    [["fur.png", "fur.png", "-o", "result.png"], /^splitsr: result\.png is not a folder/],
  ] as const) {
    const answer = await npx(...args);
    expect(answer.status, answer.said).toBe(2);
    expect(answer.said).toMatch(said);
    expect(answer.said.trim().split("\n")).toHaveLength(1);
  }
  expect(existsSync(join(folder, "result.png"))).toBe(false);
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8")) as {
    version: string;
  };
  expect(await npx("--version")).toEqual({ status: 0, said: `${version}\n` });
  expect((await npx("--help")).said).toContain("Usage: splitsr PICTURE... [options]");
});
