/** Writes the measurements: all of them to results.json, the medians to docs/benchmarks.md. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { anchorRows, cold, graphics, inBrowser, large, native, training, tuning } from "./contenders.mjs";
import { anchors, timed } from "./models.mjs";
import { median } from "./timing.mjs";

const BEGIN = "<!-- What pkg-scripts/bench-peers measured: it writes this part. -->";
const END = "<!-- The end of what pkg-scripts/bench-peers measured. -->";

/** The file with all measurements. */
export const resultsFile = (repository) => join(repository, "benches/peers/results.json");

export function writeReport(results, repository) {
  writeFileSync(resultsFile(repository), `${JSON.stringify(results, null, 1)}\n`);
  const path = join(repository, "docs/benchmarks.md");
  const document = readFileSync(path, "utf8");
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${path} lacks the lines "${BEGIN}" and "${END}"`);
  const models = JSON.parse(readFileSync(join(repository, "models/index.json"), "utf8"));
  const ours = models.find(({ name }) => name === "splitsr-x2");
  writeFileSync(path, `${document.slice(0, begin)}${BEGIN}\n\n${report(results, ours)}\n\n${document.slice(end)}`);
}

/** `ours`: the flagship's entry in models/index.json. */
function report(results, ours) {
  const { tolerance, elsewhere = [] } = results;
  return [
    ...reportProcessor(results),
    ...(results.page ? [reportPage(results.page)] : []),
    ...reportGraphics(results.graphics, tolerance.floats),
    ...elsewhere.flatMap((other) => [`### On ${processor(other.machine)}`, ...reportProcessor(other)]),
    ...(results.anchors ? reportAnchors(results.anchors, ours, tolerance.floats) : []),
  ].join("\n\n");
}

/** The measurements that differ from one kind of processor to the next. */
function reportProcessor(results) {
  const { machine, versions, workloads, agreement, tolerance } = results;
  const forward = workloads.filter(({ kind }) => kind === "forward");
  const steps = workloads.filter(({ kind }) => kind === "training");
  // The whole product gives 8 bits.
  const floats = agreement.filter(({ who }) => !who.startsWith("upscaler"));
  const { samples, others, furthest } = extent(workloads, floats);
  const versionOf = (who) => versions[who].version;
  return [
    paragraph(
      `Milliseconds at x2 on ${machine.cores} cores of ${processor(machine)}, measured on ` +
        `${results.date.slice(0, 10)}; lower is better. Each figure is the median of ${samples} runs; the contenders took turns. ` +
        `Other processes used at most ${others} cores. The browser is Chromium ${versions.chromium}, headless, with ONNX Runtime Web ` +
        `${versionOf("ort-web 1 thread")} and TensorFlow.js ${versionOf("tfjs 1 thread")}, both on WebAssembly. The native rows compare with ` +
        `onnxruntime ${versions.onnxruntime} and PyTorch ${versions.torch}. All run the same weights, exported by \`splitsr export\`, and ` +
        `give the same picture: no value differs from onnxruntime's by more than ${furthest} (values are in [0, 1]; ` +
        `the limit is ${tolerance.floats.toExponential(1)}).`,
    ),
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
    ...(results.cold ? reportCold(results.cold) : []),
    ...(results.large ? reportLarge(results.large) : []),
  ];
}

/** Compares with TensorFlow.js on the same number of threads. */
function reportTuning({ date, chromium, version, apart, workload }) {
  const { samples, others } = extent([workload], []);
  return [
    paragraph(
      `Fine-tuning in Chromium ${chromium}, measured on ${date.slice(0, 10)}: one step of Adam on ${workload.batch} patches of ` +
        `${workload.patch}x${workload.patch}. SplitSR's rows time everything that \`fineTune\` does, except scoring. TensorFlow.js ${version} cannot ` +
        `compute the gradient of the weights in its WebAssembly backend, so the benchmark adds a version built from its own operations. ` +
        `The relative difference of the two losses is ${apart.loss.toExponential(0)}, and that of the gradients' norms ${apart.norm.toExponential(0)}. ` +
        `Medians of ${samples} runs; the contenders took turns. Other processes used at most ${others} cores.`,
    ),
    table(
      ["training step in Chromium", "ms", "steps a second"],
      tuning.map(({ name, label }) => {
        const { ms } = timing(workload, name);
        return [label, milliseconds(workload, name), (1000 / ms).toFixed(1)];
      }),
    ),
  ];
}

/** From an empty page to the first result. */
function reportCold({ machine, chromium, date, width, height, othersCores, starts }) {
  const start = (name) => starts.find(({ who }) => who === name);
  return [
    paragraph(
      `The first picture in a browser that has just been started, from ${width}x${height} pixels at x2: Chromium ${chromium} on ` +
        `${machine.cores} cores of ${processor(machine)}, measured on ${date.slice(0, 10)}. The time begins in an empty page, and contains the ` +
        `download of code and model from the same machine. ONNX Runtime Web is ${start("ort-web 1 thread").version}, TensorFlow.js ` +
        `${start("tfjs 1 thread").version}. Medians of ${starts[0].samples.length} browsers each; the contenders took turns. ` +
        `Other processes used at most ${othersCores.toFixed(2)} cores.`,
    ),
    table(
      [
        `from an empty page to the first ${2 * width}x${2 * height} picture`,
        "ms",
        "code downloaded, MB",
        "gzipped, MB",
      ],
      cold.map(({ name, label }) => {
        const { ms, raw, gzip } = start(name);
        return [label, ms.toFixed(0), megabytes(raw), megabytes(gzip)];
      }),
    ),
  ];
}

/** Twelve megapixels. */
function reportLarge({ machine, chromium, version, date, othersCores, difference, tiles, side, runs, ...picture }) {
  const { width, height, scale, halo } = picture;
  const pictures = (4 * width * height * (1 + scale * scale)) / 1e6;
  const counts = [...new Set(runs.map(({ samples }) => samples.length))].sort().join(" or ");
  const costs = tiles.map(
    ({ side, milliseconds, megabytes }) =>
      `${(milliseconds / 1e3).toFixed(1)} s and ${megabytes.toFixed(0)} MB with ${side}`,
  );
  return [
    paragraph(
      `A large picture: ${width}x${height} at x${scale}, from a JPEG file to an ImageData in the page, in Chromium ${chromium} on ` +
        `${machine.cores} cores of ${processor(machine)}, measured on ${date.slice(0, 10)}. Both enlarged a small picture before. ONNX Runtime Web ` +
        `${version} runs in a worker of its own, so that it does not block the page. There the benchmark cuts the picture into equal tiles ` +
        `of about ${side}x${side} pixels, with a halo of ${halo} pixels around them, and pastes the results into one array. ${side} was the ` +
        `fastest size: a quarter of the picture took ${costs.join(", ")}. Memory is the largest that the page and its ` +
        `workers held in one more run (PSS), without that of the empty page; source and result alone are ${pictures.toFixed(0)} MB. The longest frame ` +
        `is the largest gap between two callbacks of requestAnimationFrame. Times and frames are medians of ${counts} browsers, each started for one run; ` +
        `they took turns. Other processes used at most ${othersCores.toFixed(2)} cores. The two results differ by at most ${difference.largest} ` +
        `${difference.largest === 1 ? "level" : "levels"} of 255.`,
    ),
    table(
      [`${width}x${height} at x${scale} in Chromium`, "s", "peak memory, MB", "longest frame, ms"],
      large.map(({ name, label, byHand }) => {
        const { milliseconds, megabytes, longestFrame } = runs.find(({ who }) => who === name);
        const title = byHand ? `${label}, in tiles cut by hand` : label;
        return [title, (milliseconds / 1e3).toFixed(1), megabytes.toFixed(0), longestFrame.toFixed(0)];
      }),
    ),
  ];
}

function reportPage({ chromium, date, width, height, othersCores, page, bare, weight }) {
  const total = weight.reduce((sum, { gzip }) => sum + gzip, 0);
  return paragraph(
    `The page, in Chromium ${chromium}, measured on ${date.slice(0, 10)}: it shows the result for a picture of ${width}x${height} at x2 ` +
      `${median(page).toFixed(0)} ms after the first click on "Enlarge". \`createUpscaler\` alone takes ${median(bare).toFixed(0)} ms for its first picture of that size, so ` +
      `the page takes ${(median(page) / median(bare)).toFixed(2)} times as long. Both are medians of ${page.length} browsers, each started for one picture. ` +
      `Other processes used at most ${othersCores.toFixed(2)} cores. ` +
      `Before the visitor moves the pointer, touches or types, the page loads ${Math.round(total / 1000)} KB gzipped, without engine or model.`,
  );
}

function reportGraphics({ date, adapter, adapters, chromium, agreement, workloads, kernels }, tolerance) {
  const { samples, others, furthest } = extent(workloads, agreement);
  const card =
    adapter === "swiftshader"
      ? "SwiftShader, which emulates a graphics card on the processor. This shows that the path works, not how fast a " +
        "graphics card is (`ADAPTER=hardware` uses the machine's own)"
      : `${adapters.webgpu} (in WebGL: ${adapters.webgl})`;
  const counts = (name) => kernels.filter(({ who }) => who === name).map(({ kernels }) => kernels);
  return [
    paragraph(
      `The flagship on a graphics card, here ${card}. Chromium ${chromium}, measured on ${date.slice(0, 10)}. Medians of ${samples} runs; ` +
        `the contenders took turns. Other processes used at most ${others} cores. Kernels are the dispatches (in WebGL, draws) that one ` +
        `picture needs. They were counted at 64x64 and at 640x360; a single number means that both counts are equal. No value differs from ` +
        `onnxruntime's by more than ${furthest} (the limit is ${tolerance.toExponential(1)}).`,
    ),
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

/** Networks of the literature beside ours. */
function reportAnchors({ date, machine, versions, agreement, networks, scores, workload }, ours, tolerance) {
  const floats = agreement.filter(({ who }) => !who.includes("upscaler"));
  const { samples, others, furthest } = extent([workload], floats);
  const { width, height } = workload;
  const sets = ["Set5", "Set14", "B100", "Urban100"];
  const measured = (psnrs) => (psnrs ? psnrs.map((psnr) => psnr.toFixed(2)).join(" / ") : "");
  const cells = ({ anchor, columns }) => {
    const { params, macs_720p: macs } = anchor ? networks[anchor] : ours;
    const found = scores.networks[anchor];
    return [
      (params / 1e3).toFixed(0),
      (macs / 1e9).toFixed(1),
      anchor ? sets.map((set) => anchors[anchor].psnr[set]?.toFixed(2) ?? "?").join(" / ") : "",
      measured(anchor ? found && [found.Set5.psnr, found.Set14.psnr] : [ours.scores.Set5[0], ours.scores.Set14[0]]),
      ...columns.map(({ name }) => milliseconds(workload, name)),
    ];
  };
  const sources = Object.values(anchors).map(({ label, paper, source }) => `${label} (${paper}; ${source})`);
  return [
    "### Other networks",
    paragraph(
      `${sources.join(", ")} at x2, built as their authors published them. The column "published" is quoted from the papers and ` +
        `repositories; everything else was measured here. "Measured" is PSNR on Y by the protocol above on Set5 and Set14` +
        (scores.date
          ? `, with the authors' own weights where their repository has them (${scores.date.slice(0, 10)})`
          : "") +
        `. Milliseconds are for ${width}x${height} pixels, the other networks with random weights, on ${machine.cores} cores of ` +
        `${processor(machine)}, measured on ${date.slice(0, 10)}: natively by onnxruntime ${versions.onnxruntime}, in Chromium ` +
        `${versions.chromium} by ONNX Runtime Web ${versions.ortWeb}. The first row is our own engine; its last column is ` +
        `\`createUpscaler\` with 2 workers, from 8 bits to 8 bits. Medians of ${samples} runs; all took turns. Other processes used ` +
        `at most ${others} cores. No value in Chromium differs from onnxruntime's by more than ${furthest} ` +
        `(the limit is ${tolerance.toExponential(1)}).`,
    ),
    table(
      [
        "x2",
        "K parameters",
        "G multiply-adds, 1280x720",
        `published: ${sets.join(" / ")}`,
        "measured: Set5 / Set14",
        "native ms, 1 thread",
        "2 threads",
        "Chromium ms, 1 thread",
        "2 threads",
      ],
      anchorRows.map((row) => [row.label, ...cells(row)]),
    ),
  ];
}

/** As text: the number of samples, the load of other processes, and the largest difference. */
function extent(workloads, agreement) {
  const samples = workloads.flatMap(({ timings }) => timings.map(({ samples }) => samples.length));
  const [fewest, most] = [Math.min(...samples), Math.max(...samples)];
  return {
    samples: fewest === most ? most : `${fewest} to ${most}`,
    others: Math.max(...workloads.map(({ othersCores }) => othersCores)).toFixed(2),
    furthest: Math.max(0, ...agreement.map(({ difference }) => difference)).toExponential(1),
  };
}

const processor = ({ cpu, instructionSet }) => `${cpu.replace(/\(R\)|\(TM\)/g, "")} (${instructionSet})`;

const title = ({ model, width, height }) => `${timed[model].label}, ${width}x${height}`;

const timing = ({ timings }, name) => timings.find(({ who }) => who === name);

const milliseconds = (workload, name) => timing(workload, name).ms.toFixed(timing(workload, name).ms < 100 ? 1 : 0);

const megabytes = (bytes) => (bytes / 1e6).toFixed(2);

/** Breaks text into lines of at most 110 characters. */
function paragraph(text) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line.length + 1 + word.length > 110) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines.join("\n");
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), `|---|${"--:|".repeat(head.length - 1)}`, ...rows.map(line)].join("\n");
}
