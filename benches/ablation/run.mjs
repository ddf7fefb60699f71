/**
 * Times what `splitsr study` trained and draws it: `pkg-scripts/ablation` starts this.
 *
 * node run.mjs STUDY.toml FOLDER: SPLITSR names the command, and FOLDER has the study's models and
 * logs. Writes STUDY.json, STUDY.svg and the study's table in models/TRAINING.md.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { drawStudy } from "./plot.mjs";
import { timeInWasm } from "./wasm.mjs";

const WIDTH = 320;
const HEIGHT = 180;
const ROUNDS = 5;

const [study, folder] = process.argv.slice(2);
const repository = resolve(import.meta.dirname, "../..");
const splitsr = (...args) =>
  JSON.parse(
    execFileSync(process.env.SPLITSR, [...args, "--json"], {
      encoding: "utf8",
    }),
  );

/** The file that `splitsr study` gives a variant. */
const modelFile = (name) =>
  join(folder, `${name.replace(/[^a-z0-9.]/gi, "-")}.safetensors`);

function timeNatively(file) {
  const rounds = [
    "--rounds",
    String(ROUNDS),
    "--threads",
    "1",
    "--size",
    `${WIDTH}x${HEIGHT}`,
  ];
  const { forward } = splitsr(
    "bench",
    file,
    ...rounds,
    "--no-reference",
    "--no-training",
  );
  return Math.min(
    ...forward.timings.find(({ arithmetic }) => arithmetic === "winograd")
      .samples_ms,
  );
}

const { title, rows } = splitsr("study", study, "--out", folder);
const measured = [];
for (const { name, params, macs_720p, steps, seconds, psnr_y } of rows) {
  const file = modelFile(name);
  const row = {
    name,
    params,
    macs720p: macs_720p,
    steps,
    seconds,
    psnrY: psnr_y,
  };
  row.nativeMs = timeNatively(file);
  row.wasmMs = await timeInWasm(
    join(repository, "www/src/wasm/simd128"),
    file,
    WIDTH,
    HEIGHT,
    ROUNDS,
  );
  console.log(
    `${row.psnrY.toFixed(3)} dB  ${row.nativeMs.toFixed(1)} ms  ${row.wasmMs.toFixed(1)} ms in wasm  ${name}`,
  );
  measured.push(row);
}

writeFileSync(
  study.replace(/\.toml$/, ".json"),
  `${JSON.stringify({ title, width: WIDTH, height: HEIGHT, rows: measured }, null, 1)}\n`,
);
writeFileSync(study.replace(/\.toml$/, ".svg"), drawStudy(title, measured));
writeTable(basename(study, ".toml"), measured);

/** Replaces the study's part of models/TRAINING.md. */
function writeTable(name, rows) {
  const path = join(repository, "models/TRAINING.md");
  const text = readFileSync(path, "utf8");
  const [begin, end] = [
    `<!-- ${name}: pkg-scripts/ablation writes this part. -->`,
    `<!-- The end of ${name}. -->`,
  ];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from)
    throw new Error(
      `models/TRAINING.md lacks the lines "${begin}" and "${end}"`,
    );
  const head = [
    "",
    "variant",
    "val PSNR, dB",
    "K parameters",
    "G multiply-adds",
    "ms natively",
    "ms in WebAssembly",
    "training, s",
  ];
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const body = rows.map((row, index) =>
    line([
      index + 1,
      row.name,
      row.psnrY.toFixed(3),
      (row.params / 1e3).toFixed(1),
      (row.macs720p / 1e9).toFixed(1),
      row.nativeMs.toFixed(1),
      row.wasmMs.toFixed(0),
      row.seconds.toFixed(0),
    ]),
  );
  const table = [line(head), `|--:|---|${"--:|".repeat(6)}`, ...body].join(
    "\n",
  );
  writeFileSync(
    path,
    `${text.slice(0, from)}${begin}\n\n${table}\n\n${text.slice(to)}`,
  );
}
