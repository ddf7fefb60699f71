/** Links: that they reproduce what their sender saw, wherever they are opened, and that none does any harm. */
import { join } from "node:path";
import { expect, test, type Browser, type Page } from "@playwright/test";
import { Elsewhere } from "./elsewhere.ts";
import { awkwardFile, dataFolder, violations, Visitor } from "./support.ts";

const fur = join(dataFolder, "demo/fur.png");

let visitor: Visitor;

test.beforeEach(async ({ page }) => {
  visitor = new Visitor(page);
  await visitor.open();
  await visitor.expectState("idle");
});

/** A visitor in a browser profile of their own. */
async function newcomer(browser: Browser, machine: { cores?: number; relaxedSimd?: boolean } = {}) {
  const { cores, relaxedSimd = true } = machine;
  const context = await browser.newContext();
  if (cores !== undefined) {
    await context.addInitScript((value) => Object.defineProperty(navigator, "hardwareConcurrency", { value }), cores);
  }
  if (!relaxedSimd) {
    // The engine asks the browser by a module that has just one of those instructions.
    await context.route(/assets\/coordinator-[^/]*\.js$/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `WebAssembly.validate = () => false;\n${await response.text()}` });
    });
  }
  const bundles = new Set<string>();
  context.on("request", (request) => {
    const name = /assets\/([\w-]+)-[\w-]{8}\.wasm$/.exec(request.url())?.[1];
    if (name) bundles.add(name);
  });
  const page = await context.newPage();
  return Object.assign(new Visitor(page), { bundles, close: () => context.close() });
}

/** Enlarges a demo picture, verifies it and returns the link. */
async function verifiedLink(sender: Visitor, demo: string, zoom: string): Promise<string> {
  await sender.open();
  await sender.chooseDemo(demo);
  await sender.part("zoom").fill(zoom);
  await sender.run();
  await sender.part("verify").click();
  await expect(sender.part("verdict")).toHaveText(/the link holds its hash/, { timeout: 30_000 });
  return sender.link();
}

const verified = async (receiver: Visitor) =>
  expect(receiver.part("verdict")).toHaveText(/^Reproduced exactly\./, { timeout: 60_000 });

test("a link reproduces the picture, the result and the view", async ({ page }) => {
  await visitor.chooseDemo("Sign");
  await visitor.part("zoom").fill("1.5");
  await visitor.run();
  const hash = await visitor.outputHash();
  await page.getByRole("slider", { name: "Comparison" }).press("Home");
  await page.getByRole("button", { name: "Zoom the view in" }).click();
  await expect(visitor.part("share-link")).toHaveAttribute("href", /#img=demo:sign&model=.*&zoom=1.5&view=/);
  const link = (await visitor.part("share-link").getAttribute("href")) ?? "";

  await visitor.open(link.slice(link.indexOf("#")));
  await visitor.expectState("done", 60_000);
  expect(await visitor.outputHash()).toBe(hash);
  await expect(page.getByRole("slider", { name: "Comparison" })).toHaveAttribute("aria-valuenow", "0");
  expect(await page.evaluate(() => location.href)).toBe(link);
});

test("a link with the hash of the exact result verifies with another number of workers", async ({ browser, page }) => {
  await visitor.chooseDemo("Fur");
  await visitor.part("zoom").fill("1.7");
  await visitor.run();
  await visitor.part("verify").click();
  await expect(visitor.part("verdict")).toHaveText(/the link holds its hash/, { timeout: 30_000 });
  const link = (await visitor.part("share-link").getAttribute("href")) ?? "";
  expect(link).toMatch(/sum=[0-9a-f]{32}-[0-9a-f]{32}(&|$)/);

  // A fresh profile, where the pool has one worker.
  const context = await browser.newContext();
  await context.addInitScript(() => Object.defineProperty(navigator, "hardwareConcurrency", { value: 1 }));
  const other = new Visitor(await context.newPage());
  await other.page.goto(link);
  await expect(other.part("verdict")).toHaveText(/^Reproduced exactly\./, { timeout: 30_000 });
  await expect(other.part("report")).toContainText("1 worker");
  // Another model would not do, nor another result.
  const changed = (from: RegExp) =>
    link.replace(from, (sum) => sum.replace(/.$/, (digit) => (digit === "0" ? "1" : "0")));
  for (const [broken, verdict] of [
    [changed(/sum=[0-9a-f]{32}/), "the model here is another one"],
    [changed(/sum=[0-9a-f]{32}-[0-9a-f]{32}/), "the exact result here is another one"],
  ] as const) {
    await other.open(broken.slice(broken.indexOf("#")));
    await expect(other.part("verdict")).toContainText(`Not reproduced: ${verdict}`, { timeout: 30_000 });
  }
  // Links that were made before have half as many digits.
  const short = link.replace(/sum=([0-9a-f]{16})[0-9a-f]+-([0-9a-f]{16})[0-9a-f]+/, "sum=$1-$2");
  expect(short.length).toBe(link.length - 32);
  await other.open(short.slice(short.indexOf("#")));
  await expect(other.part("verdict")).toHaveText(/^Reproduced exactly\./, { timeout: 30_000 });
  await context.close();
  await page.close();
});

test("a part of one's own picture can be put into the link", async ({ browser, page }) => {
  await visitor.chooseFile(fur);
  await visitor.expectState("idle");
  await visitor.run();
  await visitor.part("pack").click();
  await expect(visitor.part("status")).toContainText(/would take \d+ KB in the link, and 48 KB fit/);
  // What is in sight, far in, is small.
  for (let press = 0; press < 9; press++) await page.locator(".viewport").press("+");
  await page.getByRole("button", { name: "Part", exact: true }).click();
  await visitor.expectState("done");
  const size = await visitor.resultSize();
  await visitor.part("pack").click();
  await expect(page).toHaveURL(/img=png:[\w-]{1000,}/);
  await visitor.part("verify").click();
  await expect(visitor.part("verdict")).toHaveText(/holds its hash/, { timeout: 30_000 });
  const link = (await visitor.part("share-link").getAttribute("href")) ?? "";

  const context = await browser.newContext();
  const other = new Visitor(await context.newPage());
  await other.page.goto(link);
  await expect(other.part("verdict")).toHaveText(/^Reproduced exactly\./, { timeout: 30_000 });
  expect(await other.resultSize()).toEqual(size);
  await context.close();

  // The hash is of this zoom, and the picture is nobody's business when another one is open.
  await visitor.part("zoom").fill("3");
  await expect(page).toHaveURL(/img=png:.*zoom=3(?!.*sum=)/);
  await visitor.chooseDemo("Fur");
  await expect(page).toHaveURL(/img=demo:fur/);
  expect(page.url()).not.toContain("png:");

  await visitor.open("#img=png:AAAA&zoom=2");
  await visitor.expectState("error");
  await visitor.open("#img=png:%3Cscript%3E&zoom=2");
  await visitor.expectState("error");
});

test("a picture in a link that would take long is enlarged on request alone", async ({ page }) => {
  await visitor.open();
  const text = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(1500, 1000);
    canvas.getContext("2d")?.fillRect(0, 0, 10, 10);
    const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
    const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  });
  await visitor.open(`#img=png:${text}&zoom=2`);
  await visitor.expectState("idle");
  await expect(visitor.part("status")).toHaveText(/1500 × 1000 pixels: press Enlarge/);
});

test("a broken link is told, and the page works", async () => {
  await visitor.open("#img=demo:nothing&model=%3Cscript%3E&zoom=1e9&view=a,b");
  await visitor.expectState("error");
  await expect(visitor.part("status")).toContainText("picture that is not here");
  await expect(visitor.part("status")).toContainText("model that is not here");
  await expect(visitor.part("status")).toContainText("not a number from 1 to 16");
  await visitor.chooseDemo("Fur");
  await visitor.run();
});

test("a link whose picture does not load goes on leading to it", async ({ page }) => {
  const link = "#img=demo:fur&model=splitsr-x2&zoom=1.5&part=10,20,100,80";
  await page.route("**/demo/fur*", (route) => route.abort());
  await visitor.open(link);
  await visitor.expectState("error");
  expect(page.url().endsWith(link), page.url()).toBe(true);
  await page.unroute("**/demo/fur*");
  await page.reload();
  await visitor.expectState("done");
  expect(await visitor.resultSize()).toEqual([150, 120]);
});

test("a link verifies to the same hash between a machine without relaxed SIMD and one worker, and one with both", async ({
  browser,
}) => {
  test.slow();
  const machines = {
    plain: { cores: 1, relaxedSimd: false },
    relaxed: { cores: 3, relaxedSimd: true },
  };
  const hashes: string[] = [];
  for (const [from, to] of [
    ["plain", "relaxed"],
    ["relaxed", "plain"],
  ] as const) {
    const sender = await newcomer(browser, machines[from]);
    // A fraction: what the network gives is resized.
    const link = await verifiedLink(sender, "Fur", "2.3");
    hashes.push(/sum=([^&]+)/.exec(link)?.[1] ?? "");
    const receiver = await newcomer(browser, machines[to]);
    await receiver.open(link);
    await verified(receiver);
    for (const [name, one] of [
      [from, sender],
      [to, receiver],
    ] as const) {
      // The codecs compare the fast result with the exact one.
      const bundles = name === "plain" ? ["codecs", "simd128"] : ["codecs", "relaxed-simd", "simd128"];
      expect([...one.bundles].toSorted(), `${name}, from ${from}`).toEqual(bundles);
      const { relaxedSimd, cores } = machines[name];
      const adapter = `WebAssembly ${relaxedSimd ? "relaxed-simd" : "simd128"}, ${cores} worker`;
      await expect(one.part("report")).toContainText(adapter);
      await one.close();
    }
  }
  expect(hashes[0]).toMatch(/^[0-9a-f]{32}-[0-9a-f]{32}$/);
  expect(hashes[1]).toBe(hashes[0]);
});

for (const [name, note] of [
  ["rgb16.png", undefined],
  ["rgba16.png", undefined],
  ["rgba_hidden_green.png", undefined],
  ["palette_transparent.png", undefined],
  ["grey_alpha.png", undefined],
  ["lossless_alpha.webp", undefined],
  ["display_p3.png", /Display P3/],
] as const) {
  test(`${name} in a link is the same picture`, async ({ browser, page }) => {
    await visitor.chooseFile(awkwardFile(name));
    await expect(visitor.part("status")).toHaveText(/^Ready/);
    await visitor.part("zoom").fill("1.5");
    await visitor.run();
    await visitor.part("pack").click();
    await expect(page).toHaveURL(/img=png:/);
    await expect(page.locator("#panel")).toContainText(/it takes \d+ KB/);
    await visitor.part("verify").click();
    await expect(visitor.part("verdict")).toHaveText(/the link holds its hash/, { timeout: 30_000 });
    const receiver = await newcomer(browser);
    await receiver.open(await visitor.link());
    await verified(receiver);
    expect(await receiver.leastAlpha()).toBe(await visitor.leastAlpha());
    if (note) await expect(receiver.page.locator("#panel")).toContainText(note);
    await receiver.close();
  });
}

test("a link holds the whole state, and what is as usual stays out of it", async ({ page }) => {
  await visitor.chooseDemo("Fur");
  await visitor.run();
  await expect(page).toHaveURL(/#img=demo:fur&model=splitsr-x2&zoom=2$/);
  for (const name of ["Beside", "Flip", "Loupe", "Pixels"])
    await page.getByRole("button", { name, exact: true }).click();
  await page.getByLabel("File format").selectOption("JPEG");
  await visitor.part("quality").fill("71");
  await visitor.part("quality").press("Enter");
  await page.getByText("Score against the truth").click();
  await visitor.part("truth-scale").selectOption("3");
  await visitor.part("backend").selectOption("cpu");
  await visitor.run();
  const state = /&zoom=2&backend=cpu&truth=3&as=jpg,71&show=beside,swapped,loupe,pixels$/;
  await expect(page).toHaveURL(state);
  const url = page.url();

  await visitor.open(url.slice(url.indexOf("#")));
  await visitor.expectState("done");
  await expect(page.locator("#stage")).toHaveClass(/beside swapped/);
  await expect(page.locator(".loupe")).toBeVisible();
  for (const name of ["Beside", "Loupe", "Pixels"]) {
    await expect(page.getByRole("button", { name, exact: true })).toHaveAttribute("aria-pressed", "true");
  }
  await expect(page.getByLabel("File format")).toHaveValue("JPEG");
  await expect(visitor.part("quality")).toHaveValue("71");
  await expect(visitor.part("truth-scale")).toHaveValue("3");
  await expect(visitor.part("backend")).toHaveValue("cpu");
  expect(page.url()).toBe(url);

  // In the same page, the next link leaves nothing of it.
  await page.evaluate(() => (location.hash = "#img=demo:fur&model=splitsr-x2&zoom=1.5"));
  await expect.poll(() => visitor.resultSize(), { timeout: 30_000 }).toEqual([558, 420]);
  await expect(page).toHaveURL(/#img=demo:fur&model=splitsr-x2&zoom=1.5$/);
  await expect(visitor.part("backend")).toHaveValue("auto");
  await expect(page.getByRole("button", { name: "Beside" })).toHaveAttribute("aria-pressed", "false");
});

test("of a picture in a link the view and the part are there too", async ({ page }) => {
  await visitor.chooseFile(awkwardFile("rgb16.png"));
  await expect(visitor.part("status")).toHaveText(/^Ready/);
  await visitor.run();
  await visitor.part("pack").click();
  await expect(page).toHaveURL(/img=png:/);
  for (let press = 0; press < 6; press++) await page.locator(".viewport").press("+");
  await page.getByRole("button", { name: "Part", exact: true }).click();
  await visitor.expectState("done");
  await expect(page).toHaveURL(/img=png:.*&part=\d+,\d+,\d+,\d+.*&view=/);
  const url = page.url();
  const size = await visitor.resultSize();
  await visitor.open(url.slice(url.indexOf("#")));
  await visitor.expectState("done");
  expect(await visitor.resultSize()).toEqual(size);
  expect(page.url()).toBe(url);
});

test.describe("a picture on another site", () => {
  const elsewhere = new Elsewhere();
  let picture: string;

  test.beforeEach(async () => {
    elsewhere.requests.length = 0;
    await elsewhere.start();
    picture = `${elsewhere.url}/pictures/fur%20ball.png`;
  });
  test.afterEach(() => elsewhere.stop());

  const linkTo = (url: string, rest = "") => `#img=url:${encodeURIComponent(url)}${rest}`;
  const paste = (page: Page, text: string) =>
    page.evaluate((text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", text);
      document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    }, text);

  test("is loaded from a link when the visitor says so, and not before", async ({ page, context }) => {
    const foreign: string[] = [];
    context.on("request", (request) => {
      if (request.url().startsWith(elsewhere.url)) foreign.push(request.url());
    });
    const complaints: string[] = [];
    context.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    await visitor.open(linkTo(picture, "&model=splitsr-x2&zoom=1.5&part=10,20,100,80"));
    await visitor.expectState("idle");
    await expect(visitor.part("offer")).toContainText(`The link's picture is at ${elsewhere.host}.`);
    const address = page.url();
    await expect(page).toHaveURL(/img=url:.*zoom=1.5&part=10,20,100,80$/);
    expect(await violations(page)).toEqual([]);
    // Time enough for an engine that is ready to have asked.
    await page.waitForTimeout(1000);
    expect(foreign).toEqual([]);
    expect(elsewhere.requests).toHaveLength(0);

    await visitor.part("load-elsewhere").click();
    await visitor.expectState("done");
    expect(await visitor.resultSize()).toEqual([150, 120]);
    await expect(page.locator("#panel")).toContainText("fur ball");
    await expect(visitor.part("offer")).toHaveCount(0);
    expect(page.url()).toBe(address);
    expect(foreign).toEqual([picture]);
    const [request] = elsewhere.requests;
    expect(request?.headers["referer"]).toBeUndefined();
    expect(request?.headers["cookie"]).toBeUndefined();
    expect(request?.headers["origin"]).toBe("null");
    expect(await page.locator("iframe").count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test("verifies", async ({ browser, page }) => {
    await paste(page, picture);
    await visitor.part("load-elsewhere").click();
    await expect(visitor.part("status")).toHaveText("Ready: 372 × 280 pixels to 744 × 560 pixels.");
    await visitor.run();
    await visitor.part("verify").click();
    await expect(visitor.part("verdict")).toHaveText(/the link holds its hash/, { timeout: 30_000 });
    await expect(page.locator("#panel")).toContainText(`The link names where the picture is, at ${elsewhere.host}.`);
    const receiver = await newcomer(browser);
    await receiver.open(await visitor.link());
    await receiver.part("load-elsewhere").click();
    await verified(receiver);
    await receiver.close();
  });

  test("can be pasted or dropped as an address", async ({ page }) => {
    await paste(page, ` ${elsewhere.url}/moved.png\n`);
    await expect(visitor.part("offer")).toContainText(`That picture is at ${elsewhere.host}.`);
    expect(elsewhere.requests).toHaveLength(0);
    await visitor.part("load-elsewhere").click();
    await expect(visitor.part("status")).toHaveText(/^Ready: 372 × 280/);
    await expect(page).toHaveURL(/#img=url:http.*moved\.png/);

    await visitor.chooseDemo("Sign");
    const dropped = await page.evaluateHandle((url) => {
      const transfer = new DataTransfer();
      transfer.setData("text/uri-list", `# from somewhere\r\n${url}\r\n`);
      return transfer;
    }, picture);
    await page.dispatchEvent("body", "drop", { dataTransfer: dropped });
    await expect(visitor.part("offer")).toBeVisible();
    // What is open stays in the link until the other one is loaded.
    await expect(page).toHaveURL(/img=demo:sign/);
    await visitor.part("load-elsewhere").click();
    await expect(visitor.part("status")).toHaveText(/^Ready: 372 × 280/);
    await expect(page).toHaveURL(/#img=url:http/);
    // Nothing of it is in the link of another picture.
    await visitor.chooseDemo("Sign");
    await expect(page).toHaveURL(/img=demo:sign/);
  });

  for (const [path, why] of [
    ["/closed.png", "does not let other sites read its pictures"],
    ["/nothing.png", "has no such picture (it answered 404)"],
    ["/error.png", "gives no picture (it answered 500)"],
    ["/large.png", "is larger than 64 MB"],
    ["/endless.png", "is larger than 64 MB"],
    ["/page.html", "text"],
  ] as const) {
    test(`that cannot be had is told: ${path}`, async ({ page }) => {
      await paste(page, elsewhere.url + path);
      await visitor.part("load-elsewhere").click();
      await visitor.expectState("error");
      await expect(visitor.part("status")).toContainText(why);
      expect(await page.locator("iframe").count()).toBe(0);
      await visitor.chooseDemo("Fur");
    });
  }

  test("whose site is not there is told, and another one can be opened while one loads", async ({ page }) => {
    await paste(page, `${elsewhere.url}/slow.png`);
    await visitor.part("load-elsewhere").click();
    await visitor.expectState("working");
    await visitor.part("cancel").click();
    await expect(visitor.part("status")).toHaveText("Cancelled.");
    await visitor.part("load-elsewhere").click();
    await visitor.expectState("working");
    await visitor.chooseDemo("Fur");
    expect(await page.locator("iframe").count()).toBe(0);

    await elsewhere.stop();
    await paste(page, picture);
    await visitor.part("load-elsewhere").click();
    await visitor.expectState("error");
    await expect(visitor.part("status")).toContainText("cannot be reached");
    await elsewhere.start();
  });

  test("is none of a foreign page's business: the frame serves this site's pages alone, in a sandbox", async ({
    page,
  }) => {
    // As a frame with this site's rights, it does nothing.
    const asked = await page.evaluate(async (url) => {
      const frame = document.createElement("iframe");
      frame.src = "fetch.html";
      document.body.append(frame);
      await new Promise((done) => frame.addEventListener("load", done));
      const { port1, port2 } = new MessageChannel();
      frame.contentWindow?.postMessage({ url, mostBytes: 1e6 }, "*", [port2]);
      return Promise.race([
        new Promise((done) => (port1.onmessage = ({ data }) => done(data))),
        new Promise((done) => setTimeout(done, 1000, "nothing")),
      ]);
    }, picture);
    expect(asked).toBe("nothing");
    expect(elsewhere.requests).toHaveLength(0);
    // Nor can the page itself ask.
    const refused = await page.evaluate((url) => fetch(url).then(String, () => "refused"), picture);
    expect(refused).toBe("refused");
    expect(elsewhere.requests).toHaveLength(0);
  });
});

test("what is pasted and is neither a picture nor an address is told", async ({ page }) => {
  for (const text of [
    "a poem",
    "javascript:alert(1)",
    "ftp://example.com/a.png",
    "https://user:word@example.com/a.png",
  ]) {
    await page.evaluate((text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", text);
      document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    }, text);
    await visitor.expectState("error");
    await expect(visitor.part("status")).toContainText("That was text and no picture.");
    await expect(visitor.part("offer")).toHaveCount(0);
    await visitor.chooseDemo("Fur");
  }
});

test("of two links, opened one right after the other, the second one is shown", async ({ page }) => {
  // While the first one's picture is read, while its part is cut out, and while that is enlarged.
  for (const between of [10, 100, 1000]) {
    await visitor.chooseDemo("Sign");
    await page.evaluate(async (between) => {
      location.hash = "#img=demo:print&model=splitsr-x4&zoom=4&part=10,10,200,150&view=0.1,0.1,3,0.2";
      await new Promise((done) => setTimeout(done, between));
      location.hash = "#img=demo:fur&model=splitsr-x2&zoom=1.5";
    }, between);
    await expect.poll(() => visitor.resultSize(), { timeout: 30_000 }).toEqual([558, 420]);
    await visitor.expectState("done");
    // Nor does anything of the first come later.
    await page.waitForTimeout(500);
    await visitor.expectState("done");
    expect(await visitor.resultSize()).toEqual([558, 420]);
    await expect(page).toHaveURL(/#img=demo:fur&model=splitsr-x2&zoom=1.5$/);
    await expect(visitor.part("model")).toHaveValue("splitsr-x2");
  }
});

test("of several files the first of which is broken a batch is made, and what is wrong is told", async ({ page }) => {
  await visitor.part("file-input").setInputFiles([awkwardFile("empty.png"), fur, awkwardFile("rgba16.png")]);
  await visitor.expectState("error");
  await expect(visitor.part("status")).toContainText("empty.png: ");
  const items = visitor.part("batch").locator("li");
  await expect(items).toHaveCount(3);
  await expect(items.nth(0)).toHaveAttribute("data-state", "failed");
  await expect(items.nth(0)).toContainText("empty");
  await expect(page.locator("#panel")).toContainText("372 × 280 pixels");
  const [download] = await Promise.all([page.waitForEvent("download"), visitor.part("batch-run").click()]);
  expect(download.suggestedFilename()).toBe("pictures-2x.zip");
  await expect(visitor.part("status")).toHaveText(/^Saved 2 of 3 pictures\. 1 could not be enlarged/);
});

test("a scale that is changed in the midst of a scoring ends it", async ({ page }) => {
  await visitor.chooseDemo("Portrait");
  await page.getByText("Score against the truth").click();
  await visitor.part("truth-run").click();
  await expect(visitor.part("truth-scores").locator("tbody tr")).not.toHaveCount(0, { timeout: 30_000 });
  await visitor.part("truth-scale").selectOption("4");
  await expect(visitor.part("status")).toHaveText("Cancelled.");
  await page.waitForTimeout(1000);
  await expect(visitor.part("truth-scores")).toHaveCount(0);
  // The enlarging of a picture goes on.
  await visitor.part("zoom").fill("4");
  await visitor.part("run").click();
  await visitor.expectState("working");
  await visitor.part("truth-scale").selectOption("3");
  await visitor.expectState("done");
  await expect(visitor.part("result")).toBeVisible();
});

test("a hostile link gives a message and the page as it is at first", async ({ page }) => {
  const markup = encodeURIComponent('<img src="x" onerror="document.title=1"><script>document.title=2</script>');
  const title = await page.title();
  page.on("pageerror", (error) => expect(error.message).toBe(""));
  for (const fragment of [
    `#img=${markup}&zoom=3`,
    `#img=url:${markup}&zoom=3`,
    `#img=demo:fur&zoom=3&with=${markup}&view=${markup}`,
    "#img=demo:fur&zoom=3&view=1,2,3",
    "#img=demo:fur&zoom=1e1",
    "#img=demo:fur&hi=12",
    `#${markup}`,
    `#img=png:${"A".repeat(70_000)}`,
    "#__proto__=1",
  ]) {
    await visitor.open(fragment);
    await visitor.expectState("error");
    await expect(visitor.part("status")).toContainText(/^The link/);
    await expect(page.locator("#welcome .trouble")).toHaveText(/^The link/);
    await expect(page.locator("#stage")).toHaveAttribute("data-shows", "nothing");
    await expect(visitor.part("zoom")).toHaveValue("2");
    expect(await page.locator('img[src="x"], #panel script').count()).toBe(0);
    expect(await page.title()).toBe(title);
  }
});
