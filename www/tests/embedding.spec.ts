/** `splitsr.js` with few rights: in a sandboxed frame, under a strict policy, on a server. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test, type Frame, type Page } from "@playwright/test";
import type * as Splitsr from "../src/module/splitsr.ts";
import { Site } from "./site.ts";
import { dataFolder } from "./support.ts";

const dist = resolve(import.meta.dirname, "../dist");
const fur = `data:image/png;base64,${readFileSync(join(dataFolder, "demo/fur.png")).toString("base64")}`;
const open = { "Access-Control-Allow-Origin": "*" };

let site: Site;
test.beforeEach(async () => {
  site = new Site();
  await site.start();
});
test.afterEach(() => site.stop());

/** Opens a page with an empty frame. */
async function frameIn(page: Page, sandbox: string): Promise<Frame> {
  site.changed.set("frame.html", "<!doctype html><title>Frame</title><body></body>");
  site.changed.set(
    "host.html",
    `<!doctype html><title>Host</title><iframe sandbox="${sandbox}" src="frame.html"></iframe>`,
  );
  await page.goto(`${site.url}host.html`);
  await expect.poll(() => page.frames().length).toBe(2);
  const frame = page.frames()[1];
  if (!frame) throw new Error("there is no frame");
  await frame.waitForLoadState();
  return frame;
}

/** Enlarges a picture with the module and with the element. Returns both outcomes. */
async function tryBoth(place: Pick<Page, "evaluate">): Promise<{ module: string; element: string; shows: string }> {
  return place.evaluate(
    async ({ url, fur }) => {
      const { createUpscaler, UpscaleError } = (await import(url)) as typeof Splitsr;
      const upscale = async () => {
        const upscaler = await createUpscaler({ workers: 2 });
        const { width, report } = await upscaler.upscale(fur, { scale: 1.5 });
        upscaler.destroy();
        return `${width} pixels, ${report.workers} workers`;
      };
      const said = (error: unknown) =>
        error instanceof UpscaleError ? `${error.code}: ${error.message}` : String(error);
      const module = await upscale().catch(said);
      const zoom = document.createElement("splitsr-zoom");
      const element = new Promise<string>((resolve) => {
        zoom.addEventListener("splitsr-done", () => resolve("done"));
        zoom.addEventListener("splitsr-error", (event) => resolve(said((event as CustomEvent).detail)));
      });
      zoom.setAttribute("src", fur);
      zoom.setAttribute("scale", "1.5");
      document.body.append(zoom);
      await element;
      await zoom.shadowRoot?.querySelector("img")?.decode();
      await new Promise((resolve) => setTimeout(resolve));
      const visible = [...(zoom.shadowRoot?.querySelectorAll<HTMLElement>("img, canvas") ?? [])].filter(
        ({ hidden }) => !hidden,
      );
      const shows = visible.map((one) => `${one.localName}, ${one.getBoundingClientRect().width}`).join();
      return { module, element: await element, shows };
    },
    { url: `${site.url}splitsr.js`, fur },
  );
}

test("in a sandboxed frame it works, from workers that are made of blobs", async ({ page }) => {
  site.headers = () => open;
  const frame = await frameIn(page, "allow-scripts");
  expect(await frame.evaluate(() => self.origin)).toBe("null");
  expect(await tryBoth(frame)).toEqual({ module: "558 pixels, 2 workers", element: "done", shows: "canvas, 558" });
});

for (const [what, isOpen] of [
  ["the workers", (path: string) => !/worker-|coordinator-/.test(path)],
  ["the engine", (path: string) => !path.endsWith(".wasm")],
  ["the models", (path: string) => !path.startsWith("models/")],
] as const) {
  test(`a sandboxed frame that may not load ${what} shows what to do`, async ({ page }) => {
    site.headers = (path) => (isOpen(path) ? open : {});
    const errors = await tryBoth(await frameIn(page, "allow-scripts"));
    for (const error of [errors.module, errors.element]) {
      expect(error).toMatch(
        /^(engine|network): .*\. This frame is sandboxed and has no origin: add allow-same-origin /,
      );
      expect(error).toMatch(/serve the files at http.* with the header "Access-Control-Allow-Origin: \*"\.$/);
    }
    expect(errors.shows).toBe("img, 558");
  });
}

for (const [policy, message] of [
  [
    "worker-src 'none'",
    /^engine: .*Content-Security-Policy forbids it \(worker-src\): add "worker-src 'self'" to it\.$/,
  ],
  [
    "script-src 'self' 'unsafe-eval' 'unsafe-inline'; worker-src blob:",
    /^engine: .*\(worker-src\): add "worker-src 'self'"/,
  ],
  [
    "script-src 'self' 'unsafe-inline'",
    /^engine: .*must allow WebAssembly: add "script-src 'wasm-unsafe-eval'" to it\.$/,
  ],
  [
    "require-trusted-types-for 'script'; trusted-types other",
    /^engine: .*\(trusted-types\): add "trusted-types splitsr" to it\.$/,
  ],
  ["connect-src 'none'", /^network: Could not load .*Check the connection/],
] as const) {
  test(`a policy that forbids it is named: ${policy}`, async ({ page }) => {
    site.headers = (path): Record<string, string> =>
      path.endsWith("host.html") || path.endsWith(".js") ? { "Content-Security-Policy": policy } : {};
    site.changed.set("host.html", "<!doctype html><title>Host</title><body></body>");
    await page.goto(`${site.url}host.html`);
    const { module, element, shows } = await tryBoth(page);
    expect(module).toMatch(message);
    expect(element).toMatch(message);
    expect(shows).toBe("img, 558");
  });
}

test("where a policy demands Trusted Types, allowing their policy splitsr is enough", async ({ page }) => {
  const policy = "require-trusted-types-for 'script'; trusted-types splitsr";
  site.headers = (path): Record<string, string> =>
    /(html|js)$/.test(path) ? { "Content-Security-Policy": policy } : {};
  site.changed.set("host.html", "<!doctype html><title>Host</title><body></body>");
  await page.goto(`${site.url}host.html`);
  expect(await tryBoth(page)).toEqual({ module: "558 pixels, 2 workers", element: "done", shows: "canvas, 558" });
});

test("on a server it can be imported, and says in words that it works only in a browser", async () => {
  const script = `
    const splitsr = await import(${JSON.stringify(join(dist, "splitsr.js"))});
    const attempts = {
      createUpscaler: () => splitsr.createUpscaler(),
      fineTune: () => splitsr.fineTune({ name: "mine", pictures: [] }),
      readModel: () => splitsr.readModel(new Blob([])),
      listModels: () => splitsr.listModels(),
    };
    const said = { names: Object.keys(splitsr).length, scale: splitsr.modelFor(3, [{ name: "splitsr-x4", scale: 4 }]).scale };
    for (const [name, attempt] of Object.entries(attempts)) {
      said[name] = await attempt().then(() => "no error", (error) => (error instanceof splitsr.UpscaleError) + " " + error.code + ": " + error.message);
    }
    console.log(JSON.stringify(said));
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script]);
  const { names, scale, listModels, ...others } = JSON.parse(stdout) as Record<string, string | number>;
  expect(names).toBeGreaterThan(8);
  expect(scale).toBe(4);
  expect(listModels).toMatch(/^true network: Could not load the list of models/);
  for (const [name, error] of Object.entries(others)) {
    expect(error, name).toBe(
      "true engine: SplitSR runs only in a browser: there are no workers here. Call it in the page, and not while the page is rendered on a server.",
    );
  }
});
