/** The npm package itself: what is in it, and where it works without a bundler. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { expect } from "@playwright/test";
import type * as Splitsr from "../../src/package/splitsr.ts";
import { pack, run, test, tools } from "./project.ts";
import { serve, type Host } from "./serve.ts";

const root = resolve(import.meta.dirname, "../../..");

let tarball: string;
let folder: string;
const hosts: Host[] = [];
test.beforeAll(({ packed }) => {
  ({ tarball, folder } = packed);
});
test.afterEach(() => {
  for (const host of hosts.splice(0)) host.stop();
});

async function host(...parameters: Parameters<typeof serve>): Promise<Host> {
  const host = await serve(...parameters);
  hosts.push(host);
  return host;
}

test("it is small, and has what a package needs", () => {
  const gpu = gzipSync(readFileSync(join(folder, "lib/files/gpu.wasm")), { level: 9 }).length;
  expect(statSync(tarball).size - gpu).toBeLessThan(2.5e6);
  const top = readdirSync(folder).sort();
  expect(top).toEqual(["LICENSE-APACHE", "LICENSE-MIT", "README.md", "lib", "package.json"]);
  for (const file of ["splitsr.js", "gpu.js", "files/coordinator.js", "files/tile-worker.js", "files/gpu-worker.js"]) {
    const map = JSON.parse(readFileSync(join(folder, "lib", `${file}.map`), "utf8")) as { sourcesContent: string[] };
    expect(map.sourcesContent.join(""), file).toContain("import ");
  }
});

test("the package of the models has each model of its list, README and licences", async () => {
  const file = await pack(join(root, "models"), test.info().outputPath());
  const packed = (await run("tar", ["-tzf", file], root)).trim().split("\n");
  const index = JSON.parse(readFileSync(join(root, "models/index.json"), "utf8")) as { file: string }[];
  const expected = ["LICENSE-APACHE", "LICENSE-MIT", "README.md", "index.json", "package.json"];
  expect(packed.sort()).toEqual(
    [...expected, ...index.map(({ file }) => file)].map((name) => `package/${name}`).sort(),
  );
});

test("publint and attw find nothing, and its types need no others", async () => {
  const installed = await tools();
  const tool = (name: string) => join(installed, "node_modules/.bin", name);
  expect(await run(tool("publint"), ["--strict", tarball], installed)).toContain("All good!");
  await run(tool("attw"), [tarball, "--profile", "esm-only"], installed);
  const options = "--noEmit --strict --target es2022 --module nodenext --lib es2023,dom";
  await run(tool("tsc"), [...options.split(" "), join(folder, "lib/types/package/splitsr.d.ts")], folder);
  const withoutDom = options.replace(",dom", "").split(" ");
  await run(tool("tsc"), [...withoutDom, join(folder, "lib/types/package/node.d.ts")], folder);
});

test("on a server it can be imported, and says in words that it works only in a browser", async () => {
  const script = `
    const { createUpscaler, UpscaleError } = await import(${JSON.stringify(join(folder, "lib/splitsr.js"))});
    await import(${JSON.stringify(join(folder, "lib/gpu.js"))});
    await createUpscaler().catch((error) => console.log(String(error instanceof UpscaleError), error.message));
  `;
  const said = await run(process.execPath, ["--input-type=module", "--eval", script], folder);
  expect(said).toMatch(/^true SplitSR runs only in a browser: there are no workers here\./);
});

const page = (lib: string, ...imports: string[]) => `<!doctype html><title>Host</title><script type="module">
  import * as splitsr from "${lib}splitsr.js";
  ${imports.map((name) => `import "${lib}${name}";`).join("\n")}
  window.fromPackage = splitsr;
</script>`;

declare global {
  interface Window {
    /** The package's own entry. */
    fromPackage: typeof Splitsr;
  }
}

for (const where of ["the page's own origin", "another origin"]) {
  test(`a plain script imports it from ${where}, with the models of the other package`, async ({ page: tab }) => {
    const files = await host([folder, join(root, "www/public/demo")], { isOpen: true });
    const lib = where === "another origin" ? `${files.url}lib/` : "./lib/";
    const site = await host([folder, join(root, "models"), join(root, "www/public/demo")], {
      pages: { "/host.html": page(lib) },
    });
    await tab.goto(`${site.url}host.html`);
    const said = await tab.evaluate(async () => {
      const { createUpscaler, listModels, UpscaleError } = window.fromPackage;
      const own = await createUpscaler({ workers: 2 });
      const { width, report } = await own.upscale("fur.png", { scale: 2 });
      own.destroy();
      const known = (await listModels()).map(({ name }) => name).join();
      const unknown = await createUpscaler({ model: "splitsr-x4" }).catch((error: unknown) =>
        error instanceof UpscaleError ? `${error.code}: ${error.message}` : String(error),
      );
      const other = await createUpscaler({ models: "/", model: "splitsr-x4" });
      const cleaned = (await other.upscale("screenshot.jpg", { scale: 1.5, clean: 50 })).report;
      other.destroy();
      return { width, reason: report.reason, known, unknown, model: cleaned.model, clean: cleaned.clean };
    });
    expect(said).toEqual({
      width: 744,
      reason: 'the page does not import "splitsr/gpu"',
      known: "splitsr-x2",
      unknown:
        'model: There is no model "splitsr-x4" here. The models are: splitsr-x2. ' +
        'Others are in the package "splitsr-models": give its address as "models".',
      model: "splitsr-x4",
      clean: 50,
    });
    expect([...site.sent].some((file) => file.endsWith(".wasm"))).toBe(where !== "another origin");
  });
}

test("a worker of one's own uses it", async ({ page: tab }) => {
  const site = await host([folder, join(root, "www/public/demo")], {
    pages: { "/host.html": "<!doctype html><title>Host</title>" },
  });
  await tab.route("**/own.js", (route) =>
    route.fulfill({
      contentType: "text/javascript",
      body: `import { createUpscaler } from "./lib/splitsr.js";
        const upscaler = await createUpscaler({ workers: 1 });
        postMessage((await upscaler.upscale("fur.png", { scale: 2 })).width);`,
    }),
  );
  await tab.goto(`${site.url}host.html`);
  const width = await tab.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const worker = new Worker("own.js", { type: "module" });
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
      }),
  );
  expect(width).toBe(744);
});

test("splitsr/gpu computes on WebGPU, and is loaded only then", async ({ page: tab }) => {
  const site = await host([folder, join(root, "models")], {
    pages: { "/host.html": page("./lib/", "gpu.js") },
  });
  await tab.goto(`${site.url}host.html`);
  const upscale = (backend: "auto" | "gpu") =>
    tab.evaluate(async (backend) => {
      // A small network, since the card is imitated.
      const upscaler = await window.fromPackage.createUpscaler({ backend, models: "/", model: "splitsr-tiny-x2" });
      const { report } = await upscaler.upscale(new ImageData(40, 30), { scale: 2 });
      upscaler.destroy();
      return `${report.backend}: ${report.reason}`;
    }, backend);
  const isLoaded = () => [...site.sent].some((file) => file.endsWith("gpu.wasm"));
  expect(await upscale("auto")).toMatch(/^cpu: .*is a software adapter/);
  expect(isLoaded()).toBe(false);
  expect(await upscale("gpu")).toBe("gpu: as requested");
  expect(isLoaded()).toBe(true);
});

test("the element takes the address of its files", async ({ page: tab }) => {
  // As in a bundle that does not follow addresses: the module alone, its files copied elsewhere.
  const site = await host([join(folder, "lib/files"), join(root, "www/public/demo")], {
    pages: { "/host.html": page("/modules/") },
  });
  await tab.route("**/modules/*", (route) => {
    const name = new URL(route.request().url()).pathname.replace("/modules/", "");
    return route.fulfill({ path: join(folder, "lib", name), contentType: "text/javascript" });
  });
  await tab.goto(`${site.url}host.html`);
  const event = (assets: string) =>
    tab.evaluate(
      (assets) =>
        new Promise<string>((resolve) => {
          document.addEventListener("splitsr-done", () => resolve("done"), { once: true });
          document.addEventListener(
            "splitsr-error",
            (event) => resolve(((event as CustomEvent).detail as Error).message),
            { once: true },
          );
          document.body.innerHTML = `<splitsr-zoom src="fur.png" scale="2" ${assets}></splitsr-zoom>`;
        }),
      assets,
    );
  expect(await event("")).toMatch(/^Could not load the model .*"assets" \(to the element as an attribute\)\.$/);
  expect(await event('assets="/"')).toBe("done");
});
