/** Writes what was measured: all of it into results.json, the medians into the README. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cold, inBrowser, native, training } from "./contenders.mjs";
import { timed } from "./models.mjs";

const BEGIN = "<!-- What pkg-scripts/bench-peers measured: it writes this part. -->";
const END = "<!-- The end of what pkg-scripts/bench-peers measured. -->";

export function writeReport(results, repository) {
  writeFileSync(join(repository, "benches/peers/results.json"), `${JSON.stringify(results, null, 1)}\n`);
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
  const samples = workloads.flatMap(({ timings }) => timings.map(({ samples }) => samples.length));
  const others = Math.max(...workloads.map(({ othersCores }) => othersCores));
  const floats = agreement.filter(({ who }) => !who.startsWith("upscaler"));
  const furthest = Math.max(...floats.map(({ difference }) => difference));
  const versionOf = (who) => versions[who].version;
  return [
    `Milliseconds, at x2, on ${machine.cores} cores of ${machine.cpu.replace(/\(R\)|\(TM\)/g, "")} (${machine.instructionSet}), on ` +
      `${results.date.slice(0, 10)}; less is better. Medians of ${Math.min(...samples)} to ${Math.max(...samples)} runs, in turns; ` +
      `other processes took at most ${others.toFixed(2)} cores. In Chromium ${versions.chromium}, headless: ONNX Runtime Web ` +
      `${versionOf("ort-web 1 thread")} and TensorFlow.js ${versionOf("tfjs 1 thread")}, both on WebAssembly; natively: onnxruntime ` +
      `${versions.onnxruntime} and PyTorch ${versions.torch}. All have the same weights, exported by \`splitsr export\`, and gave the same ` +
      `picture: no value is further than ${furthest.toExponential(1)} from onnxruntime's (values are in [0, 1]; ` +
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
        [`training step, ${step.batch} patches of ${step.patch}x${step.patch}, 2 threads`, "ms", "GFLOP/s"],
        training.map(({ name, label }) => [label, milliseconds(step, name), timing(step, name).gflops.toFixed(0)]),
      ),
    ),
    table(
      ["from nothing to the first 640x360 picture", "ms", "downloaded code, MB", "gzipped"],
      cold.map(({ name, label }) => {
        const { ms, raw, gzip } = coldStarts.find(({ who }) => who === name);
        return [label, ms.toFixed(0), megabytes(raw), megabytes(gzip)];
      }),
    ),
  ].join("\n\n");
}

const title = ({ model, width, height }) => `${timed[model].label}, ${width}x${height}`;

const timing = ({ timings }, name) => timings.find(({ who }) => who === name);

const milliseconds = (workload, name) => timing(workload, name).ms.toFixed(timing(workload, name).ms < 100 ? 1 : 0);

const megabytes = (bytes) => (bytes / 1e6).toFixed(2);

function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), `|---|${"--:|".repeat(head.length - 1)}`, ...rows.map(line)].join("\n");
}
