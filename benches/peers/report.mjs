/** Writes what was measured: all of it into results.json, the medians into the README. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cold, graphics, inBrowser, native, training, tuning } from "./contenders.mjs";
import { timed } from "./models.mjs";
import { median } from "./timing.mjs";

const BEGIN = "<!-- What pkg-scripts/bench-peers measured: it writes this part. -->";
const END = "<!-- The end of what pkg-scripts/bench-peers measured. -->";

/** Where all that was measured is kept. */
export const resultsFile = (repository) => join(repository, "benches/peers/results.json");

export function writeReport(results, repository) {
  writeFileSync(resultsFile(repository), `${JSON.stringify(results, null, 1)}\n`);
  const path = join(repository, "README.md");
  const readme = readFileSync(path, "utf8");
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`README.md lacks the lines "${BEGIN}" and "${END}"`);
  writeFileSync(path, `${readme.slice(0, begin)}${BEGIN}\n\n${report(results)}\n\n${readme.slice(end)}`);
}

function report(results) {
  const { machine, versions, workloads, agreement, tolerance, coldStarts } = results;
  const forward = workloads.filter(({ kind }) => kind === "forward");
  const steps = workloads.filter(({ kind }) => kind === "training");
  // The whole product gives 8 bits.
  const floats = agreement.filter(({ who }) => !who.startsWith("upscaler"));
  const { samples, others, furthest } = extent(workloads, floats);
  const versionOf = (who) => versions[who].version;
  return [
    `Milliseconds, at x2, on ${machine.cores} cores of ${machine.cpu.replace(/\(R\)|\(TM\)/g, "")} (${machine.instructionSet}), on ` +
      `${results.date.slice(0, 10)}; less is better. Medians of ${samples} runs, in turns; ` +
      `other processes took at most ${others} cores. In Chromium ${versions.chromium}, headless: ONNX Runtime Web ` +
      `${versionOf("ort-web 1 thread")} and TensorFlow.js ${versionOf("tfjs 1 thread")}, both on WebAssembly; natively: onnxruntime ` +
      `${versions.onnxruntime} and PyTorch ${versions.torch}. All have the same weights, exported by \`splitsr export\`, and gave the same ` +
      `picture: no value is further than ${furthest} from onnxruntime's (values are in [0, 1]; ` +
      `${tolerance.floats.toExponential(1)} is allowed).`,
    table(
      ["in Chromium", ...forward.map(title)],
      inBrowser.map(({ name, label }) => [label, ...forward.map((workload) => milliseconds(workload, name))]),
    ),
    table(
      ["natively", ...forward.map(title)],
      native.map(({ name, label }) => [label, ...forward.map((workload) => milliseconds(workload, name))]),
    ),
    ...steps.map((step) =>
      table(
        [
          `training step, ${step.batch} patches of ${step.patch}x${step.patch}, 2 threads`,
          "ms",
          "patches a second",
          "GFLOP/s",
        ],
        training.map(({ name, label }) => {
          const { ms, gflops } = timing(step, name);
          return [label, milliseconds(step, name), ((1000 * step.batch) / ms).toFixed(0), gflops.toFixed(0)];
        }),
      ),
    ),
    ...(results.tuning ? reportTuning(results.tuning) : []),
    table(
      ["from nothing to the first 640x360 picture", "ms", "downloaded code, MB", "gzipped"],
      cold.map(({ name, label }) => {
        const { ms, raw, gzip } = coldStarts.find(({ who }) => who === name);
        return [label, ms.toFixed(0), megabytes(raw), megabytes(gzip)];
      }),
    ),
    ...(results.page ? [reportPage(results.page)] : []),
    ...reportGraphics(results.graphics, tolerance.floats),
  ].join("\n\n");
}

/** Against TensorFlow.js by the same number of threads. */
function reportTuning({ date, chromium, version, apart, workload }) {
  const { samples, others } = extent([workload], []);
  return [
    `Fine-tuning in Chromium ${chromium}, on ${date.slice(0, 10)}: a step of Adam on ${workload.batch} patches of ` +
      `${workload.patch}x${workload.patch}, by \`fineTune\`, all that it does besides scoring, and by TensorFlow.js ${version}, to whose WebAssembly ` +
      `backend the gradient by the filters was added, made of its own operations. Their losses are ${apart.loss.toExponential(0)} apart, and the lengths of their gradients ${apart.norm.toExponential(0)}, each as a part of it. Medians of ${samples} ` +
      `runs, in turns; other processes took at most ${others} cores.`,
    table(
      ["training step in Chromium", "ms", "steps a second"],
      tuning.map(({ name, label }) => {
        const { ms } = timing(workload, name);
        return [label, milliseconds(workload, name), (1000 / ms).toFixed(1)];
      }),
    ),
  ];
}

function reportPage({ chromium, date, width, height, page, bare, weight }) {
  const total = weight.reduce((sum, { gzip }) => sum + gzip, 0);
  return (
    `The page, in Chromium ${chromium}, on ${date.slice(0, 10)}: a picture of ${width}x${height} is shown at x2 ${median(page).toFixed(0)} ms after the first click on ` +
    `"Enlarge"; \`createUpscaler\` alone takes ${median(bare).toFixed(0)} ms for its first picture, of the same size: ${(median(page) / median(bare)).toFixed(2)} times that. Medians of ` +
    `${page.length} browsers, each started for it. Until the visitor moves the pointer, touches or types, ${Math.round(total / 1000)} KB are loaded, gzipped, no engine and no model among them.`
  );
}

function reportGraphics({ date, adapter, adapters, chromium, agreement, workloads, kernels }, tolerance) {
  const { samples, others, furthest } = extent(workloads, agreement);
  const card =
    adapter === "swiftshader"
      ? "here SwiftShader, which imitates a graphics card in software on the processor: that shows that the path works, never how " +
        "fast a graphics card is (`ADAPTER=hardware` takes the machine's own)"
      : `${adapters.webgpu} (in WebGL: ${adapters.webgl})`;
  const counts = (name) => kernels.filter(({ who }) => who === name).map(({ kernels }) => kernels);
  return [
    `The flagship on a graphics card, ${card}. In Chromium ${chromium}, on ${date.slice(0, 10)}; medians of ${samples} runs, in ` +
      `turns; other processes took at most ${others} cores. Kernels are what a picture starts on the card (dispatches, in WebGL ` +
      `draws), counted at 64x64 and at 640x360: where there is one number, both are the same. No value is further than ${furthest} ` +
      `from onnxruntime's (${tolerance.toExponential(1)} is allowed).`,
    table(
      ["on a graphics card", ...workloads.map(({ width, height }) => `ms at ${width}x${height}`), "kernels"],
      graphics.map(({ name, label }) => [
        label,
        ...workloads.map((workload) => milliseconds(workload, name)),
        [...new Set(counts(name))].join(" / "),
      ]),
    ),
  ];
}

/** How much was measured, how quietly, and how well it agrees: as text. */
function extent(workloads, agreement) {
  const samples = workloads.flatMap(({ timings }) => timings.map(({ samples }) => samples.length));
  const [fewest, most] = [Math.min(...samples), Math.max(...samples)];
  return {
    samples: fewest === most ? most : `${fewest} to ${most}`,
    others: Math.max(...workloads.map(({ othersCores }) => othersCores)).toFixed(2),
    furthest: Math.max(0, ...agreement.map(({ difference }) => difference)).toExponential(1),
  };
}

const title = ({ model, width, height }) => `${timed[model].label}, ${width}x${height}`;

const timing = ({ timings }, name) => timings.find(({ who }) => who === name);

const milliseconds = (workload, name) => timing(workload, name).ms.toFixed(timing(workload, name).ms < 100 ? 1 : 0);

const megabytes = (bytes) => (bytes / 1e6).toFixed(2);

function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), `|---|${"--:|".repeat(head.length - 1)}`, ...rows.map(line)].join("\n");
}
