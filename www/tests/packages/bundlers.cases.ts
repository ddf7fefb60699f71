/** The npm package in production builds of the examples: each enlarges a picture in Chromium. */
import { copyFileSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, type Page } from "@playwright/test";
import { project, run, test } from "./project.ts";
import { serve, type Host } from "./serve.ts";

const picture = join(import.meta.dirname, "../../public/demo/fur.png");

/** The examples that also show how an application reports errors. */
const handlesErrors = ["react", "vue", "worker"];

let host: Host | undefined;
/** The first project's result for the picture. */
let first: string | undefined;
const table: string[] = [];

test.afterEach(() => host?.stop());
test.afterAll(() =>
  console.log(["project: JavaScript, all files, loaded for a picture (kB, gzipped)", ...table].join("\n")),
);

async function enlarge(page: Page, url: string): Promise<string> {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.goto(url);
  await page.locator("input").setInputFiles(picture);
  const output = page.locator("output");
  await expect.poll(async () => errors[0] ?? (await output.textContent())).not.toBe("");
  return errors[0] ?? (await output.textContent()) ?? "";
}

/** The gzipped size of files, in kB. */
function size(files: string[]): number {
  const bytes = files.map((file) => gzipSync(readFileSync(file), { level: 9 }).length);
  return Math.round(bytes.reduce((sum, one) => sum + one, 0) / 1000);
}

for (const [name, output] of [
  ["plain", "dist"],
  ["vite", "dist"],
  ["react", "dist"],
  ["vue", "dist"],
  ["worker", "dist"],
  ["webpack", "dist"],
  ["esbuild", "dist"],
  ["rollup", "dist"],
  ["parcel", "dist"],
  ["next", "out"],
] as const) {
  test(`a production build of ${name} enlarges a picture`, async ({ page, packed: { tarball } }) => {
    const folder = await project(`web/${name}`, tarball);
    await run("npm", ["run", "build"], folder);
    const built = join(folder, output);
    host = await serve([built]);
    const result = await enlarge(page, host.url);
    expect(result).toMatch(/^744 × 560, SHA-256 [0-9a-f]{64}$/);
    first ??= result;
    expect(result).toBe(first);
    await expect(page.locator("img")).toHaveJSProperty("naturalWidth", 744);
    const all = readdirSync(built, { recursive: true, encoding: "utf8" })
      .map((file) => join(built, file))
      .filter((file) => statSync(file).isFile() && !file.endsWith(".map"));
    const scripts = all.filter((file) => file.endsWith(".js"));
    table.push(`${name}: ${size(scripts)}, ${size(all)}, ${size([...host.sent])}`);
    if (!handlesErrors.includes(name)) return;
    await page.locator("input").setInputFiles({ name: "broken.png", mimeType: "image/png", buffer: Buffer.from("no") });
    await expect(page.locator("output")).toContainText("not a picture");
  });
}

test("a page that was written in Markdown shows a picture enlarged", async ({ page, packed: { tarball } }) => {
  const folder = await project("web/markdown", tarball);
  copyFileSync(picture, join(folder, "photo.png"));
  await run("npm", ["run", "build"], folder);
  host = await serve([join(folder, "dist")]);
  await page.addInitScript(() => {
    for (const type of ["splitsr-done", "splitsr-error"]) {
      document.addEventListener(type, () => document.documentElement.setAttribute("data-event", type));
    }
  });
  await page.goto(host.url);
  await expect(page.locator("html")).toHaveAttribute("data-event", "splitsr-done");
  const canvas = page.locator("splitsr-zoom [part=canvas]").first();
  await expect(canvas).toHaveJSProperty("width", 744);
  await expect(canvas).toHaveJSProperty("height", 560);
  await expect(page.getByRole("img", { name: "A photo", exact: true })).toBeVisible();
  await page.evaluate(() => document.documentElement.removeAttribute("data-event"));
  await page.getByRole("application", { name: "Magnifier" }).hover();
  await expect(page.locator("html")).toHaveAttribute("data-event", "splitsr-done");
  await expect(page.locator("splitsr-zoom [part=lens]")).toBeVisible();
});

test("a bundle without its files says in plain words what to do", async ({ page, packed: { tarball } }) => {
  const folder = await project("web/esbuild", tarball);
  const main = join(folder, "main.js");
  writeFileSync(main, readFileSync(main, "utf8").replace(/\{ assets: .*? \}/, ""));
  for (const [format, always, message] of [
    ["esm", false, /^Could not load the model "splitsr-x2" \(the server answered 404\)\. Check .*lib\/files/],
    ["esm", true, /^Could not load the model "splitsr-x2" \(the server sent a page instead\)\. Check .*lib\/files/],
    ["iife", false, /^This bundle does not say where SplitSR's files are\. Give createUpscaler the address /],
  ] as const) {
    const args = ["main.js", "--bundle", `--format=${format}`, "--outdir=other", "--log-level=error"];
    await run(join(folder, "node_modules/.bin/esbuild"), args, folder);
    host = await serve([join(folder, "other"), folder], { always });
    const said = await enlarge(page, host.url);
    expect(said).toMatch(message);
    expect(said).toContain('"assets"');
    host.stop();
  }
});
