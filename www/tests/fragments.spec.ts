/** Reading and writing the fragments of links, without a browser. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "@playwright/test";
import type { ModelEntry } from "../src/api/index.ts";
import { formatLink, parseLink } from "../src/page/link/codec.ts";
import type { LinkState } from "../src/page/session/link-state.ts";

const models = JSON.parse(
  readFileSync(resolve(import.meta.dirname, "../../models/index.json"), "utf8"),
) as ModelEntry[];
const usual = () => models.find(({ name }) => name === "splitsr-x2");

test("hyper-parameters that the model cannot have are reported", () => {
  const read = (fragment: string) => parseLink(fragment, models, usual);
  for (const [fragment, isRight] of [
    ["#hi=7", true],
    ["#hi=8", false],
    ["#hi=64", false],
    ["#model=splitsr-tiny-x2&hi=4", true],
    ["#model=splitsr-tiny-x2&hi=5", false],
    ["#model=srcnn-x2&hi=1", false],
  ] as const) {
    expect(read(fragment).complaints.length === 0, fragment).toBe(isRight);
  }
  // Nothing is known about a model that isn't here: the rest is followed.
  const { state, complaints } = read("#img=demo:fur&model=mine&hi=9&zoom=3");
  expect(state).toEqual({ demo: "fur", zoom: 3 });
  expect(complaints).toEqual(["The link uses a model that this page does not have."]);
});

test("an elastic model takes any ratio, and is there for schedules and time limits", () => {
  const read = (fragment: string) => parseLink(fragment, models, usual);
  for (const [fragment, split_ratio] of [
    ["#a=0.3", 0.3125],
    ["#a=.5", 0.5],
    ["#a=0.50", 0.5],
    ["#a=0.0001", 0.0625],
    ["#model=splitsr-elastic-x2&a=0.95", 0.9375],
  ] as const) {
    const { state, complaints } = read(fragment);
    expect(complaints, fragment).toEqual([]);
    expect(state.network, fragment).toEqual({ split_ratio });
  }
  expect(read("#a=0.0625&hi=7").state).toEqual({ network: { split_ratio: 0.0625, hybrid_index: 7 } });
  for (const fragment of ["#a=0", "#a=1.5", "#a=-1", "#a=half", "#model=splitsr-tiny-x2&a=0.3"])
    expect(read(fragment).complaints, fragment).toHaveLength(1);

  const model = "splitsr-elastic-x2";
  expect(read("#schedule=mobisr").state).toEqual({ model, effort: 60 });
  expect(read("#schedule=mobisr&effort=30").state).toEqual({ model, effort: 30 });
  expect(read("#effort=30&schedule=mobisr").state).toEqual({ model, effort: 30 });
  expect(read("#budget=200&mode=interleaved").state).toEqual({
    model,
    budget: 200,
    network: { hybrid_mode: "interleaved" },
  });
  for (const fragment of ["#budget=0", "#budget=soon", "#budget=.5", "#schedule=other&effort=30"]) {
    const { state, complaints } = read(fragment);
    expect(complaints, fragment).toHaveLength(1);
    expect(state, fragment).toEqual({});
  }
  expect(read("#budget=1000000.5").state).toEqual({ model, budget: 1000000.5 });
  for (const fragment of ["&budget=200", "&effort=20", "&schedule=mobisr"]) {
    const { state, complaints } = read(`#model=splitsr-x2${fragment}`);
    expect(complaints, fragment).toEqual(["The link's schedule or time limit needs an elastic model."]);
    expect(state, fragment).toEqual({ model: "splitsr-x2" });
    // Only an elastic model has this network, so it is the one that is used.
    expect(read(`#model=splitsr-x2&a=0.3${fragment}`).complaints).toEqual([]);
  }
});

test("the elastic model stands for models that are gone, at the link's settings", () => {
  const read = (fragment: string, here = models) => parseLink(fragment, here, usual);
  for (const [fragment, network] of [
    ["a0.125", { split_ratio: 0.125 }],
    ["a0.5&a=0.5", { split_ratio: 0.5 }],
    ["a1", { split_ratio: 1 }],
    ["hi0", { hybrid_index: 0 }],
    // The settings of the link count more than the name.
    ["a0.5&a=0.375&hi=7&block=ghost", { split_ratio: 0.375, hybrid_index: 7, block: "ghost" }],
  ] as const) {
    const formerModel = `splitsr-x2-${fragment.replace(/&.*/, "")}`;
    const { state, complaints } = read(`#model=splitsr-x2-${fragment}&zoom=2&sum=${"0".repeat(32)}-${"1".repeat(32)}`);
    expect(complaints).toEqual([]);
    // The hash of its exact result is another one.
    expect(state).toEqual({ model: "splitsr-elastic-x2", network, formerModel, zoom: 2 });
  }
  const without = models.filter(({ elastic }) => !elastic);
  expect(read("#model=splitsr-x2-a1&zoom=2", without).state).toEqual({ zoom: 2 });
  // The visitor may have a model of that name.
  const own = models.map((entry) => (entry.name === "splitsr-x2" ? { ...entry, name: "splitsr-x2-a1" } : entry));
  expect(read("#model=splitsr-x2-a1", own).state).toEqual({ model: "splitsr-x2-a1" });
});

test("errors in a link are left out and reported, and the rest is kept", () => {
  const rest = { demo: "fur", model: "splitsr-x2", zoom: 3 };
  const hashes = { model: "0123456789abcdef".repeat(2), output: "fedcba9876543210".repeat(2) };
  const sum = `&sum=${hashes.model}-${hashes.output}`;
  for (const [wrong, message, kept] of [
    ["&view=1,2,3", /view cannot be read/, { ...rest, hashes }],
    ["&show=loupe,wings", /view uses an option/, { ...rest, hashes, toggles: ["loupe"] }],
    ["&as=bmp,1000", /file format/, { ...rest, hashes }],
    ["&truth=9", /scale for scoring/, { ...rest, hashes }],
    ["&with=nothing,bicubic", /compares with something/, { ...rest, hashes, baselines: ["bicubic"] }],
    // These make another result, which has other hashes.
    ["&part=1,2,3", /selected part/, rest],
    ["&backend=abacus", /unknown device/, rest],
    ["&hi=99", /hybrid index/, rest],
    ["&zoom=1e9", /factor is not a number/, { demo: "fur", model: "splitsr-x2" }],
    ["&img=demo:nothing", /picture that this page does not have/, { model: "splitsr-x2", zoom: 3 }],
  ] as const) {
    const [key = ""] = wrong.slice(1).split("=");
    const right = ["img=demo:fur", "model=splitsr-x2", "zoom=3"].filter((pair) => !pair.startsWith(`${key}=`));
    const { state, complaints } = parseLink(`#${right.join("&")}${sum}${wrong}`, models, usual);
    expect(state, wrong).toEqual(kept);
    expect(complaints, wrong).toHaveLength(1);
    expect(complaints[0], wrong).toMatch(message);
  }
  expect(parseLink(`#${sum.slice(1)}0-&zoom=3`, models, usual)).toEqual({
    state: { zoom: 3 },
    complaints: ["The link's hashes cannot be read."],
  });
});

test("a data: address is a picture in a link", () => {
  const bytes = Uint8Array.from({ length: 99 }, (_, at) => (at * 167) % 256);
  const base64 = Buffer.from(bytes).toString("base64");
  expect(base64).toMatch(/[+].*[/]|[/].*[+]/);
  const embedded = Buffer.from(bytes).toString("base64url");
  const escaped = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
  for (const address of [
    `data:image/png;base64,${base64}`,
    `data:image/png;charset=x;base64,${base64}`,
    `DATA:;BASE64,${encodeURIComponent(base64)}`,
    `data:image/bmp,${escaped}`,
  ]) {
    // As it is, a link holds only text.
    const values = address.includes(escaped) ? [] : [address, `url:${address}`];
    for (const value of [...values, encodeURIComponent(`url:${address}`)]) {
      const { state, complaints } = parseLink(`#img=${value}&zoom=3`, models, usual);
      expect(complaints).toEqual([]);
      expect(state).toEqual({ embedded, zoom: 3 });
    }
  }
  for (const [address, message] of [
    ["data:image/png;base64,A", /cut short/],
    ["data:image/png,", /empty/],
    [`data:image/png,${"x".repeat(40_000)}`, /too large/],
  ] as const) {
    const { state, complaints } = parseLink(`#img=url:${address}&zoom=3`, models, usual);
    expect(state).toEqual({ zoom: 3 });
    expect(complaints.join()).toMatch(message);
  }
});

test("a link that is written is read as it was", () => {
  const states: LinkState[] = [
    { demo: "fur", model: "splitsr-x2", zoom: 2 },
    { address: "https://example.com/a%20b?c=d&e=%26#f", zoom: 16, region: { left: 0, top: 1, width: 2, height: 3 } },
    { model: "splitsr-elastic-x2", network: { split_ratio: 0.3125 }, effort: 60, clean: "auto" },
    { model: "splitsr-elastic-x2", budget: 1234567.5, clean: 55 },
    { model: "splitsr-x2-hi5", network: { hybrid_index: 3, block: "ghost" }, toggles: ["loupe"], evaluationScale: 4 },
    {
      view: { x: 0.5, y: 0, magnification: 0.0625, split: 1 },
      baselines: ["bicubic", "splitsr-tiny-x2"],
      difference: true,
      backend: "gpu",
    },
    { hashes: { model: "0123456789abcdef".repeat(2), output: "fedcba9876543210".repeat(2) } },
  ];
  for (const state of states) {
    const own = models.find(({ name }) => name === state.model)?.config as never;
    const { state: read, complaints } = parseLink(formatLink(state, own), models, usual);
    expect(complaints).toEqual([]);
    expect(read).toEqual(state);
  }
});

test("no fragment breaks the reading of links", () => {
  // A generator of its own, so that a failure can be repeated.
  let seed = 1;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const pick = <T>(list: readonly T[]) => list[random(list.length)] as T;
  const keys = ["img", "model", "zoom", "backend", "with", "diff", "part", "sum", "view", "show", "as", "truth"];
  const others = [
    "a",
    "hi",
    "mode",
    "at",
    "block",
    "clean",
    "schedule",
    "effort",
    "budget",
    "__proto__",
    "constructor",
    "toString",
    "",
    "%",
    "img[]",
  ];
  const values = [
    ...[
      "",
      "0",
      "-1",
      "1e309",
      "Infinity",
      "NaN",
      "0x10",
      "9".repeat(400),
      "1.".padEnd(5000, "3"),
      "1,2,3,4",
      "1,2,3,4,5",
    ],
    ...["__proto__", "constructor", "demo:__proto__", "demo:fur", "png:", "png:AAAA", `png:${"A".repeat(50_000)}`],
    ...[
      "url:javascript:alert(1)",
      "url:https://",
      "url:data:image/png,",
      "url:file:///etc/passwd",
      "url:https://a.example/",
    ],
    ...[
      "<img src=x onerror=alert(1)>",
      "%3Cscript%3E",
      "%",
      "%E0%A4%A",
      "\u0000",
      "\ud800",
      "jpg,1000",
      "beside,beside",
    ],
    ...["0000000000000000-", "a".repeat(64), "1e3,1,1,1", "0.5,0.5,0,0.5", "999999,999999,999999,999999"],
  ];
  const bytes = () => Array.from({ length: random(40) }, () => String.fromCharCode(random(256))).join("");
  const failures: string[] = [];
  let followed = 0;
  for (let round = 0; round < 20_000; round++) {
    const pair = () => `${pick([...keys, ...keys, ...others])}=${random(4) ? pick(values) : bytes()}`;
    const fragment = `#${random(10) ? Array.from({ length: 1 + random(5) }, pair).join("&") : bytes()}`;
    const { state, complaints } = parseLink(fragment, models, usual);
    const { zoom = 1, view, region, quality = 1, address = "https://" } = state;
    const isRight =
      complaints.every((complaint) => /^The link[^<>]*\.$/.test(complaint)) &&
      zoom >= 1 &&
      zoom <= 16 &&
      quality >= 1 &&
      quality <= 100 &&
      Object.values({ ...view, ...region }).every(Number.isFinite) &&
      /^https?:\/\//.test(address) &&
      Object.getPrototypeOf(state) === Object.prototype;
    if (!isRight) failures.push(fragment);
    if (complaints.length > 0) continue;
    followed++;
    // An accepted value is written and read the same.
    const again = parseLink(formatLink(state), models, usual);
    if (again.complaints.length > 0 || formatLink(again.state) !== formatLink(state)) failures.push(fragment);
  }
  expect(failures).toEqual([]);
  expect(followed, "some of them are right").toBeGreaterThan(100);
  expect(parseLink(`#zoom=2&x=${"y".repeat(1e6)}`, models, usual).state).toEqual({});
});
