/**
 * Links and the headers of files, changed at random, without a browser. `FUZZ_SECONDS` makes it try
 * for longer; `FUZZ_SEED` makes it try others.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "@playwright/test";
import { MAX_ZOOM, type ModelEntry } from "../src/api/index.ts";
import { isPlain } from "../src/engine/sniff.ts";
import { formatLink, parseLink } from "../src/page/link/codec.ts";
import { Random } from "./random-pictures.ts";
import { awkwardFile } from "./support.ts";

const seconds = Number(process.env["FUZZ_SECONDS"] ?? 2);
const seed = Number(process.env["FUZZ_SEED"] ?? 1);

const repository = resolve(import.meta.dirname, "../..");

const models = JSON.parse(readFileSync(join(repository, "models/index.json"), "utf8")) as ModelEntry[];
const usual = (zoom: number) => models.find(({ name }) => name === (zoom > 2 ? "splitsr-x4" : "splitsr-x2"));

/** Each key of a link is in one of them. */
const links = [
  "img=demo:fur&model=splitsr-x2&zoom=2.5&backend=cpu&view=0.5,0.25,2,0.5&show=beside,loupe",
  "img=url:https%3A%2F%2Fexample.com%2Fa.png%3Fb%3Dc%26d&zoom=16&part=1,2,30,40&diff=1&with=bicubic,srcnn-x2",
  "img=png:iVBORw0KGgo_-AAA&as=webp,70&truth=4&copy=1",
  "model=splitsr-elastic-x2&schedule=mobisr&effort=30&budget=200.5&clean=auto",
  `model=splitsr-x2-hi5&hi=3&block=ghost&at=both&mode=interleaved&a=0.5&sum=${"0a".repeat(16)}-${"f9".repeat(16)}`,
];

const pieces = [
  "&",
  "=",
  "#",
  ",",
  ":",
  "%",
  "%00",
  "%ff",
  "+",
  "-",
  ".",
  "0",
  "9",
  "1e9",
  "__proto__",
  "img=",
  "zoom=",
];

/** Changes a text in one to four places. */
function mutated(random: Random, text: string): string {
  for (let times = 1 + random.below(4); times > 0; times--) {
    const at = random.below(text.length + 1);
    const end = Math.min(text.length, at + random.below(random.chance(0.8) ? 4 : 40));
    const other = random.pick(links);
    const from = random.below(other.length);
    const replacement = random.pick([
      "",
      random.pick(pieces),
      String.fromCharCode(random.below(random.chance(0.9) ? 128 : 65536)),
      other.slice(from, from + random.below(30)),
      text.slice(at, end).repeat(1 + random.below(3)),
    ]);
    text = text.slice(0, at) + replacement + text.slice(end);
  }
  return text;
}

/** Describes what is wrong with how a fragment is read. */
function fault(fragment: string): string | undefined {
  const { state, complaints } = parseLink(fragment, models, usual);
  const bad = complaints.find((complaint) => !/^The link[^<>]*\.$/.test(complaint));
  if (bad !== undefined) return `no sentence: ${bad}`;
  const { zoom = 1, quality = 1, region, view, address = "https://a", model, toggles = [] } = state;
  if (!(zoom >= 1 && zoom <= MAX_ZOOM)) return `zoom ${zoom}`;
  if (!(quality >= 1 && quality <= 100)) return `quality ${quality}`;
  if (!Object.values({ ...region, ...view }).every(Number.isFinite)) return "a part or a view without numbers";
  if (!/^https?:\/\//.test(address)) return `address ${address}`;
  if (model !== undefined && !models.some(({ name }) => name === model)) return `model ${model}`;
  if (new Set(toggles).size !== toggles.length) return "a switch that is there twice";
  if (Object.getPrototypeOf(state) !== Object.prototype) return "another prototype";
  // A state that is taken over is written and read the same.
  const written = formatLink(state);
  const again = parseLink(written, models, usual);
  if (again.complaints.length > 0) return `${written} is written, which is read with ${again.complaints.join(" ")}`;
  return formatLink(again.state) === written ? undefined : `${written} is written, and then another one`;
}

/** Links that were read wrongly once. */
const found = ["img=url:https:example.com/a.png", "img=url:https%3A%2Fexample.com/a.png"];

test("links that were read wrongly are read right", () => {
  for (const link of found) expect(fault(`#${link}`), link).toBe(undefined);
});

test("a changed link is read or reported, and every value is in its range", () => {
  test.setTimeout((seconds + 60) * 1000);
  const random = new Random(seed);
  const kept = [...links];
  const faults: string[] = [];
  const seen = new Set<string>();
  let count = 0;
  for (const until = Date.now() + seconds * 1000; Date.now() < until && faults.length < 10; count++) {
    const fragment = mutated(random, random.pick(kept));
    const wrong = fault(`#${fragment}`);
    if (wrong !== undefined) faults.push(`#${fragment}: ${wrong}`);
    // A new kind of answer, so this input is worth changing further.
    const { state, complaints } = parseLink(`#${fragment}`, models, usual);
    const kind = [...Object.keys(state), ...complaints].join();
    if (!seen.has(kind) && kept.length < 2000 && fragment.length < 1000) kept.push(fragment);
    seen.add(kind);
  }
  console.log(`Links, seed ${seed}: ${count} tries in ${seconds} s, ${seen.size} kinds of answers`);
  expect(faults).toEqual([]);
  expect(seen.size).toBeGreaterThan(50);
});

test("a changed file is sniffed without an error", () => {
  test.setTimeout((seconds + 60) * 1000);
  const random = new Random(seed);
  const files = readdirSync(awkwardFile("."))
    .filter((name) => /\.(png|jpg|webp)$/.test(name))
    .map((name) => new Uint8Array(readFileSync(awkwardFile(name))));
  let [count, plain, slowest] = [0, 0, 0];
  for (const until = Date.now() + seconds * 1000; Date.now() < until; count++) {
    const file = random.pick(files).slice();
    for (let times = random.below(6); times > 0; times--)
      file[random.below(Math.min(file.length, 400))] = random.below(256);
    const cut = random.chance(0.2) ? file.subarray(0, random.below(file.length + 1)) : file;
    const start = performance.now();
    if (isPlain(cut)) plain++;
    slowest = Math.max(slowest, performance.now() - start);
  }
  console.log(`Headers, seed ${seed}: ${count} tries in ${seconds} s, ${plain} for the browser`);
  expect(plain).toBeGreaterThan(0);
  expect(slowest).toBeLessThan(1000);
});
