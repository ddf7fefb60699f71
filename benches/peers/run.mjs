/**
 * SplitSR against other runtimes: `pkg-scripts/bench-peers` installs what this needs and starts it.
 *
 * node run.mjs [--quick | --elsewhere | --gpu | --tuning | --cold | --large | --page | --anchors]
 *
 * NATIVE, PYTHON and FILES name our native worker, Python with requirements.txt, and a folder for
 * files; ADAPTER the graphics card, "swiftshader" or "hardware". WEIGHTS, a folder, holds other
 * networks' weights as their authors published them, NAME.pth by the names of anchors.json; DATA
 * holds the folder eval.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join, resolve } from "node:path";
import { openBrowser, serveFiles } from "./browser.mjs";
import { runCold } from "./cold.mjs";
import * as contenders from "./contenders.mjs";
import { runLarge } from "./large.mjs";
import { startProgram } from "./lines.mjs";
import {
  anchors,
  anchorSize,
  checked,
  coldPicture,
  onGraphics,
  timed,
  trainingStep,
  tuningStep,
  workloads,
} from "./models.mjs";
import { runPage } from "./page.mjs";
import { resultsFile, writeReport } from "./report.mjs";
import { inTurns, median } from "./timing.mjs";

/** Largest difference from onnxruntime, with values in [0, 1]: a quarter of a level of 8 bits. */
const TOLERANCE = 1 / 4 / 255;

/** The whole product gives 8 bits: half a level of rounding, and one that tiles may differ by. */
const TOLERANCE_8_BITS = 1.5 / 255 + TOLERANCE;

/** Largest difference of losses, and of the lengths of gradients, as a part of them. */
const TUNING_TOLERANCE = { loss: 1e-4, norm: 1e-3 };

/** Names that identify software adapters. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|basic render/i;

const repository = resolve(import.meta.dirname, "../..");
const { NATIVE, PYTHON, FILES, WEIGHTS, DATA, ADAPTER = "swiftshader" } = process.env;
const [part] = process.argv.slice(2);
const quick = part === "--quick";
const rounds = quick ? 3 : 7;

mkdirSync(FILES, { recursive: true });
const file = (name) => join(FILES, name);
const server = await serveFiles(repository, FILES);
const earlier = () => JSON.parse(readFileSync(resultsFile(repository), "utf8"));
const programs = {};
if (part !== "--tuning" && part !== "--page") {
  programs.splitsr1 = startProgram(NATIVE, "1");
  programs.splitsr2 = startProgram(NATIVE, "2");
  if (part !== "--cold" && part !== "--large")
    programs.python = startProgram(PYTHON, join(import.meta.dirname, "python/worker.py"));
}
// Parts that are not measured again keep their results.
const parts = {
  "--gpu": async () => ({ ...earlier(), graphics: await runOnGraphics() }),
  "--tuning": async () => ({ ...earlier(), tuning: await runTuning() }),
  "--cold": async () => ({ ...earlier(), cold: await runColdStarts() }),
  "--large": async () => ({ ...earlier(), large: await runLargePicture() }),
  "--page": async () => ({ ...earlier(), page: await runPage(server) }),
  "--anchors": async () => ({ ...earlier(), anchors: await runAnchors() }),
  "--elsewhere": runElsewhere,
  "--quick": async () => ({ ...(await runOnProcessor()), cold: await runColdStarts() }),
};
const all = async () => ({
  graphics: await runOnGraphics(),
  tuning: await runTuning(),
  page: await runPage(server),
  anchors: await runAnchors(),
  ...(await runOnProcessor()),
  cold: await runColdStarts(),
  large: await runLargePicture(),
});
const results = await (parts[part] ?? all)();
Object.values(programs).forEach((program) => program.end());
server.close();
if (!quick) writeReport(results, repository);

/** Beside what was measured on other processors; without the large picture, which takes long. */
async function runElsewhere() {
  const own = { tuning: await runTuning(), ...(await runOnProcessor()), cold: await runColdStarts() };
  const results = earlier();
  const others = (results.elsewhere ?? []).filter(({ machine }) => machine.cpu !== own.machine.cpu);
  return { ...results, elsewhere: [...others, own] };
}

/** All but the graphics card. */
async function runOnProcessor() {
  const results = {
    date: new Date().toISOString(),
    machine: await machine(),
    tolerance: { floats: TOLERANCE, eightBits: TOLERANCE_8_BITS },
    versions: await programs.python.call("versions"),
    agreement: [],
    workloads: [],
  };
  const browser = await openBrowser(server.origin);
  try {
    results.versions.chromium = browser.version;
    await checkSmallNetworks(browser, results.agreement);
    Object.assign(results.versions, await openAll(browser, contenders.inBrowser));
    for (const workload of quick ? workloads.slice(0, 1) : workloads) {
      results.workloads.push(await runForward(browser, workload, contenders, results.agreement));
    }
    for (const { name } of contenders.inBrowser) await browser.endContender(name);
    results.workloads.push(await runTraining());
  } finally {
    await browser.close();
  }
  return results;
}

/** On a graphics card: milliseconds, and kernels counted. */
async function runOnGraphics() {
  const results = { date: new Date().toISOString(), adapter: ADAPTER, agreement: [], workloads: [], kernels: [] };
  const browser = await openBrowser(server.origin, ADAPTER);
  try {
    Object.assign(results, { chromium: browser.version, adapters: await browser.adapters() });
    const { webgpu } = results.adapters;
    if (ADAPTER === "hardware" && SOFTWARE.test(webgpu))
      throw new Error(`the only graphics card is "${webgpu}", in software`);
    results.versions = await openAll(browser, contenders.graphics);
    const inBrowser = contenders.graphics;
    for (const workload of ADAPTER === "hardware" ? onGraphics : onGraphics.slice(0, 1)) {
      results.workloads.push(await runForward(browser, workload, { inBrowser, native: [] }, results.agreement));
    }
    // After the runs: the first one prepares the weights, on the card as well.
    for (const { name, onProcessor } of inBrowser) {
      for (const { width, height } of onProcessor ? [] : onGraphics) {
        const picture = await makeInput(browser, width, height);
        const { kernels } = await browser.call(name, "count", { input: picture.url, width, height });
        console.log(`  ${name.padEnd(32)} ${kernels} kernels at ${width}x${height}`);
        results.kernels.push({ who: name, width, height, kernels });
      }
    }
    return results;
  } finally {
    await browser.close();
  }
}

/** The processor, and the kernels that we use on it. */
async function machine() {
  const { instructionSet } = await programs.splitsr2.call("about");
  return { cpu: cpus()[0].model, cores: cpus().length, load: loadavg()[0], instructionSet };
}

/** Opens contenders. Returns what each says of itself. */
async function openAll(browser, contenders) {
  const said = {};
  for (const { name, settings } of contenders) {
    said[name] = await browser.open(name, settings);
    const { threads } = said[name];
    if (settings.threads && threads !== settings.threads) throw new Error(`${name} started ${threads} threads`);
  }
  return said;
}

/** A model's files: weights, and the same exported. */
async function makeModel(name, { config, weights }) {
  const model = {
    weights: weights ? join(repository, weights) : file(`${name}.safetensors`),
    onnx: file(`${name}.onnx`),
  };
  if (config) await programs.splitsr2.call("make_model", { config, weights: model.weights });
  const about = await programs.splitsr2.call("export", model);
  // The parts without Python only time.
  await programs.python?.call("check", { model: model.onnx });
  const urls = { weights: weights ? `/${weights}` : `/files/${name}.safetensors`, onnx: `/files/${name}.onnx` };
  return { ...model, ...about, urls };
}

/** A photograph as float32 planes, in 8-bit steps: the product reads 8 bits. */
async function makeInput(browser, width, height) {
  const name = `input-${width}x${height}.f32`;
  const rgba = await browser.pixels("/www/public/demo/foliage.png", width, height);
  const area = width * height;
  const planes = Float32Array.from({ length: 3 * area }, (_, i) => rgba[4 * (i % area) + Math.floor(i / area)] / 255);
  writeFileSync(file(name), planes);
  return { input: file(name), url: `/files/${name}`, width, height };
}

/** onnxruntime's result, which all others are compared with. */
async function makeReference(name, model, { input, width, height }) {
  const save = `${name}-${width}x${height}.f32`;
  await programs.python.call("run_onnxruntime", {
    model: model.onnx,
    threads: 1,
    input,
    width,
    height,
    save: file(save),
  });
  return { reference: file(save), url: `/files/${save}` };
}

/** Adds a difference from onnxruntime to the list `agreement`, if it is small enough. */
function expectAgreement(agreement, who, model, difference, tolerance = TOLERANCE) {
  agreement.push({ who, model, difference });
  if (difference <= tolerance) return;
  throw new Error(`${who} differs from onnxruntime by ${difference} on ${model}; ${tolerance} is allowed`);
}

/** Checks for every kind of network that onnxruntime computes the same from our export as we do. */
async function checkSmallNetworks(browser, agreement) {
  const picture = await makeInput(browser, 45, 31);
  const engines = contenders.inBrowser.filter(({ settings }) => settings.engine === "splitsr");
  await openAll(browser, engines);
  for (const [name, config] of Object.entries(checked)) {
    const model = await makeModel(name, { config });
    const { reference, url } = await makeReference(name, model, picture);
    const { width, height, input } = picture;
    const run = { weights: model.weights, input, width, height, reference };
    expectAgreement(agreement, "splitsr native", name, (await programs.splitsr2.call("run", run)).difference);
    for (const engine of engines) {
      await browser.call(engine.name, "setModel", model.urls);
      const answer = await browser.call(engine.name, "run", { input: picture.url, width, height, reference: url });
      expectAgreement(agreement, engine.name, name, answer.difference);
    }
  }
  for (const { name } of engines) await browser.endContender(name);
  console.log(`${Object.keys(checked).length} small networks agree with onnxruntime`);
}

/** Times a network on a picture. */
async function runForward(browser, { model: name, width, height }, who, agreement) {
  const model = await makeModel(name, timed[name]);
  const picture = await makeInput(browser, width, height);
  const runs = await checkedRuns(browser, name, model, picture, who, agreement);
  const gflop = (2 * model.macsPerPixel * width * height) / 1e9;
  return time({ kind: "forward", model: name, width, height, gflop }, runs);
}

/** How each contender runs a network; first compares its result with onnxruntime's. */
async function checkedRuns(browser, name, model, picture, { inBrowser, native }, agreement) {
  const { width, height } = picture;
  const reference = await makeReference(name, model, picture);
  const what = `${name} ${width}x${height}`;
  const runs = new Map();
  for (const { name: who, settings } of inBrowser) {
    await browser.call(who, "setModel", model.urls);
    const run = (extra) => browser.call(who, "run", { input: picture.url, width, height, ...extra });
    const { difference } = await run({ reference: reference.url });
    const tolerance = settings.engine === "product" ? TOLERANCE_8_BITS : TOLERANCE;
    expectAgreement(agreement, who, what, difference, tolerance);
    runs.set(who, run);
  }
  for (const { name: who, program, method, model: kind, settings } of native) {
    const files = kind === "onnx" ? { model: model.onnx } : { weights: model.weights };
    const request = { ...files, ...settings, input: picture.input, width, height };
    const { difference } = await programs[program].call(method, { ...request, reference: reference.reference });
    expectAgreement(agreement, who, what, difference);
    runs.set(who, () => programs[program].call(method, request));
  }
  return runs;
}

/** Our network and those of the literature in the same turns; the latter with random weights. */
async function runAnchors() {
  const results = {
    date: new Date().toISOString(),
    machine: await machine(),
    versions: await programs.python.call("versions"),
    agreement: [],
    networks: {},
    scores: await scoreAnchors(),
  };
  const browser = await openBrowser(server.origin);
  try {
    results.versions.chromium = browser.version;
    const picture = await makeInput(browser, anchorSize.width, anchorSize.height);
    const ours = await makeModel("flagship", timed.flagship);
    const runs = new Map();
    for (const row of contenders.anchorRows) {
      const who = contenders.contendersOf(row);
      const said = await openAll(browser, who.inBrowser);
      results.versions.ortWeb ??= Object.values(said).find(({ version }) => version)?.version;
      const model = row.anchor ? await makeAnchor(row.anchor, results.networks) : ours;
      const checked = await checkedRuns(browser, row.anchor ?? "flagship", model, picture, who, results.agreement);
      checked.forEach((run, name) => runs.set(name, run));
    }
    results.workload = await time({ kind: "anchors", model: "x2", gflop: 0, ...anchorSize }, runs);
    return results;
  } finally {
    await browser.close();
  }
}

/** Another network as an ONNX file; `networks` gets its size. */
async function makeAnchor(name, networks) {
  const onnx = file(`${name}.onnx`);
  networks[name] = await programs.python.call("make_anchor", { name, model: onnx, ...anchorSize });
  return { onnx, urls: { onnx: `/files/${name}.onnx` } };
}

/** Scores with the authors' weights, where there are any; otherwise the scores of the last time. */
async function scoreAnchors() {
  if (!WEIGHTS) return earlier().anchors?.scores ?? { networks: {} };
  const scores = { date: new Date().toISOString(), networks: {} };
  for (const name of Object.keys(anchors)) {
    const weights = join(WEIGHTS, `${name}.pth`);
    if (!existsSync(weights)) continue;
    const folders = ["Set5", "Set14"].map((set) => join(DATA, "eval", set));
    const found = await programs.python.call("score_anchor", { name, weights, model: file("scored.onnx"), folders });
    console.log(name, found);
    scores.networks[name] = found;
  }
  return scores;
}

async function runTraining() {
  const { model: name, batch, patch } = trainingStep;
  const model = await makeModel(name, timed[name]);
  const runs = new Map();
  for (const { name: who, program, method, settings } of contenders.training) {
    runs.set(who, () => programs[program].call(method, { weights: model.weights, batch, patch, ...settings }));
  }
  const gflop = (6 * model.macsPerPixel * batch * patch * patch) / 1e9;
  return time({ kind: "training", model: name, batch, patch, gflop }, runs);
}

/** Training in the browser, after a comparison of losses and gradients. */
async function runTuning() {
  const { batch, patch, scale } = tuningStep;
  const urls = { weights: `/${timed[tuningStep.model].weights}` };
  // Any pair will do: noise, and as its sharp picture the same noise with each pixel repeated.
  const noise = (side, draw) => Float32Array.from({ length: batch * 3 * side * side }, draw);
  let seed = 1;
  const lr = noise(patch, () => (seed = (seed * 16807) % 2147483647) / 2147483647);
  const high = patch * scale;
  const hr = noise(high, (_, i) => lr[Math.floor(i / (high * high)) * patch * patch + low(i % (high * high))]);
  function low(place) {
    return Math.floor(Math.floor(place / high) / scale) * patch + Math.floor((place % high) / scale);
  }
  writeFileSync(file("training-lr.f32"), lr);
  writeFileSync(file("training-hr.f32"), hr);
  const pair = { lr: "/files/training-lr.f32", hr: "/files/training-hr.f32", batch, patch, scale };
  const browser = await openBrowser(server.origin);
  try {
    const versions = await openAll(browser, contenders.tuning);
    const runs = new Map();
    const apart = { loss: 0, norm: 0 };
    let expected;
    for (const { name, steps } of contenders.tuning) {
      await browser.call(name, "setModel", urls);
      await browser.call(name, "startTraining", { batch, patch, scale, picture: "/www/public/demo/foliage.png" });
      const found = await browser.call(name, "gradient", pair);
      expected ??= found;
      for (const [what, allowed] of Object.entries(TUNING_TOLERANCE)) {
        const off = Math.abs(found[what] / expected[what] - 1);
        if (!(off <= allowed)) throw new Error(`${name}: ${what} ${found[what]}, and not ${expected[what]}`);
        apart[what] = Math.max(apart[what], off);
      }
      runs.set(name, () => browser.call(name, "train", { steps }));
    }
    const workload = await time({ kind: "tuning", gflop: 0, ...tuningStep }, runs);
    return {
      date: new Date().toISOString(),
      chromium: browser.version,
      version: versions["tfjs 1 thread"].version,
      apart,
      workload,
    };
  } finally {
    await browser.close();
  }
}

/** Times `runs`, after one more run of each: WebAssembly gets its best code only after a while. */
async function time(workload, runs) {
  const milliseconds = new Map();
  for (const [who, run] of runs) {
    await run();
    milliseconds.set(who, async () => (await run()).milliseconds);
  }
  const { samples, others } = await inTurns(milliseconds, rounds);
  const timings = [...samples].map(([who, samples]) => {
    const ms = median(samples);
    return { who, ms, gflops: (workload.gflop / ms) * 1e3, samples };
  });
  const { kind, model, width, height, batch, patch } = workload;
  console.log(
    `\n${kind} ${model} ${width ? `${width}x${height}` : `${batch} x ${patch}x${patch}`}, others: ${others.toFixed(2)} cores`,
  );
  for (const { who, ms, gflops, samples } of timings) {
    console.log(
      `  ${who.padEnd(32)} ${ms.toFixed(1).padStart(8)} ms ${gflops.toFixed(1).padStart(7)} GFLOP/s  n=${samples.length}`,
    );
  }
  return { ...workload, othersCores: others, timings };
}

/** From an empty page to the first picture. */
async function runColdStarts() {
  const { urls } = await makeModel("flagship", timed.flagship);
  const browser = await openBrowser(server.origin);
  const picture = await makeInput(browser, coldPicture.width, coldPicture.height).finally(() => browser.close());
  return { machine: await machine(), ...(await runCold(server, urls, picture, quick ? 1 : 5)) };
}

/** Twelve megapixels. */
async function runLargePicture() {
  const { urls } = await makeModel("flagship", timed.flagship);
  const models = JSON.parse(readFileSync(join(repository, "models/index.json"), "utf8"));
  const { auto_halo: halo } = models.find(({ name }) => name === "splitsr-x2");
  return { machine: await machine(), ...(await runLarge(server, urls, halo, FILES)) };
}
