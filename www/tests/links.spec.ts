/** Links: reproduce what their sender saw, wherever they are opened, and never do any harm. */
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { newcomer, verified, verifiedLink, visit } from "./linking.ts";
import { awkwardFile, dataFolder, holdRequests, Visitor } from "./support.ts";

const fur = join(dataFolder, "demo/fur.png");

let visitor: Visitor;

test.beforeEach(async ({ page }) => {
  visitor = await visit(page);
});

test("a link reproduces the picture, the result and the view", async ({ page }) => {
  await visitor.chooseDemo("Sign");
  await visitor.part("zoom").fill("1.5");
  await visitor.run();
  const hash = await visitor.outputHash();
  await visitor.divider.press("Home");
  await visitor.tool("in").click();
  await expect(visitor.part("share-link")).toHaveAttribute("href", /#img=demo:sign&model=.*&zoom=1.5&view=/);
  const link = (await visitor.part("share-link").getAttribute("href")) ?? "";

  await visitor.open(link.slice(link.indexOf("#")));
  await visitor.expectState("done");
  expect(await visitor.outputHash()).toBe(hash);
  await expect(visitor.divider).toHaveAttribute("aria-valuenow", "0");
  await expect(page).toHaveURL(link);
});

test("the link is there before anything is enlarged", async () => {
  await visitor.chooseDemo("Sign");
  await expect(visitor.part("download")).toBeDisabled();
  await expect(visitor.part("share-link")).toBeVisible();
  expect(await visitor.link()).toMatch(/^#img=demo:sign&/);
});

test("a link with the hash of the exact result verifies with another number of workers", async ({ browser, page }) => {
  await visitor.chooseDemo("Fur");
  await visitor.part("zoom").fill("1.7");
  await visitor.run();
  await visitor.part("verify").click();
  await expect(visitor.part("verdict")).toHaveText(/link now contains the check value/);
  await expect(visitor.part("verify")).toBeFocused();
  await expect(visitor.part("verify")).toHaveAttribute("aria-disabled", "true");
  const link = (await visitor.part("share-link").getAttribute("href")) ?? "";
  expect(link).toMatch(/sum=[0-9a-f]{32}-[0-9a-f]{32}(&|$)/);

  // A fresh profile, where the pool has one worker.
  const context = await browser.newContext();
  await context.addInitScript(() => Object.defineProperty(navigator, "hardwareConcurrency", { value: 1 }));
  const other = new Visitor(await context.newPage());
  await other.page.goto(link);
  await expect(other.part("verdict")).toHaveText(/^Reproduced exactly\./);
  await expect(other.part("report")).toContainText("1 worker");
  // Another model is not accepted, and neither is another result.
  const changed = (from: RegExp) =>
    link.replace(from, (sum) => sum.replace(/.$/, (digit) => (digit === "0" ? "1" : "0")));
  for (const [broken, verdict] of [
    [changed(/sum=[0-9a-f]{32}/), "this page has a different model"],
    [changed(/sum=[0-9a-f]{32}-[0-9a-f]{32}/), "the exact result here differs"],
  ] as const) {
    await other.open(broken.slice(broken.indexOf("#")));
    await expect(other.part("verdict")).toContainText(`Not reproduced: ${verdict}`);
  }
  // Links that were made before have half as many digits.
  const short = link.replace(/sum=([0-9a-f]{16})[0-9a-f]+-([0-9a-f]{16})[0-9a-f]+/, "sum=$1-$2");
  expect(short.length).toBe(link.length - 32);
  await other.open(short.slice(short.indexOf("#")));
  await expect(other.part("verdict")).toHaveText(/^Reproduced exactly\./);
  await context.close();
  await page.close();
});

test("a part of one's own picture can be put into the link", async ({ browser, page }) => {
  await visitor.chooseFile(fur);
  await visitor.expectState("idle");
  await visitor.run();
  await visitor.tool("region").press("Enter");
  await visitor.expectState("done");
  const size = await visitor.resultSize();
  // Before, the page says whether it fits.
  await expect(page.locator("#pack-about")).toHaveText("The link will hold only this part of your picture.");
  await expect(visitor.part("pack")).toHaveText(/^\s*Copy link with the part \(\d+ KB\)\s*$/);
  await visitor.part("pack").click();
  await expect(page).toHaveURL(/img=png:[\w-]{1000,}/);
  await visitor.part("verify").click();
  await expect(visitor.part("verdict")).toHaveText(/now contains the check value/);
  const link = (await visitor.part("share-link").getAttribute("href")) ?? "";

  const context = await browser.newContext();
  const other = new Visitor(await context.newPage());
  await other.page.goto(link);
  await expect(other.part("verdict")).toHaveText(/^Reproduced exactly\./);
  expect(await other.resultSize()).toEqual(size);
  await context.close();

  // The hash is for this zoom, and a link must not reveal the picture once another one is open.
  await visitor.part("zoom").fill("3");
  await expect(page).toHaveURL(/img=png:.*zoom=3(?!.*sum=)/);
  await visitor.chooseDemo("Fur");
  await expect(page).toHaveURL(/img=demo:fur(?!.*png:)/);

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
  await expect(visitor.part("status")).toHaveText(/1500 × 1000 pixels\. Press Enlarge/);
});

test("a broken link is reported, and the page works", async () => {
  await visitor.open("#img=demo:nothing&model=%3Cscript%3E&zoom=1e9&view=a,b");
  await visitor.expectState("error");
  await expect(visitor.part("status")).toContainText("picture that this page does not have");
  await expect(visitor.part("status")).toContainText("model that this page does not have");
  await expect(visitor.part("status")).toContainText("not a number from 1 to 16");
  await visitor.chooseDemo("Fur");
  await visitor.run();
});

test("a link whose picture does not load still leads to it", async ({ page }) => {
  const link = "#img=demo:fur&model=splitsr-x2&zoom=1.5&part=10,20,100,80";
  await page.route("**/demo/fur*", (route) => route.abort());
  await visitor.open(link);
  await visitor.expectState("error");
  // Then the page has written the address itself.
  await page.waitForFunction(() => history.state !== null);
  expect(page.url().endsWith(link), page.url()).toBe(true);
  await page.unroute("**/demo/fur*");
  await page.reload();
  await visitor.expectState("done");
  expect(await visitor.resultSize()).toEqual([150, 120]);
});

test("a link verifies to the same hash between a machine without relaxed SIMD and one worker, and one with both", async ({
  browser,
}) => {
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
    await expect(page.locator("#panel")).toContainText(/It is \d+ KB long/);
    await visitor.part("verify").click();
    await expect(visitor.part("verdict")).toHaveText(/link now contains the check value/);
    const receiver = await newcomer(browser);
    await receiver.open(await visitor.link());
    await verified(receiver);
    expect(await receiver.minAlpha()).toBe(await visitor.minAlpha());
    if (note) await expect(receiver.page.locator("#panel")).toContainText(note);
    await receiver.close();
  });
}

test("a link holds the whole state, and leaves out defaults", async ({ page }) => {
  await visitor.open();
  await visitor.chooseDemo("Fur");
  await visitor.run();
  await expect(page).toHaveURL(/#img=demo:fur&model=splitsr-x2&zoom=2$/);
  for (const name of ["beside", "flip", "loupe", "pixels"] as const) await visitor.tool(name).click();
  await visitor.format.selectOption("JPEG");
  await visitor.part("file-quality").fill("71");
  await visitor.part("file-quality").press("Enter");
  await visitor.unfold("score");
  await visitor.part("score-scale").selectOption("3");
  await visitor.unfold("device");
  await visitor.part("backend").selectOption("cpu");
  await visitor.run();
  const state = /&zoom=2&backend=cpu&truth=3&as=jpg,71&show=beside,swapped,loupe,pixels$/;
  await expect(page).toHaveURL(state);
  const url = page.url();

  await visitor.open(url.slice(url.indexOf("#")));
  await visitor.expectState("done");
  await expect(page.locator("#stage")).toHaveClass(/beside swapped/);
  await expect(page.locator(".loupe")).toBeVisible();
  for (const name of ["beside", "loupe", "pixels"] as const) {
    await expect(visitor.tool(name)).toHaveAttribute("aria-pressed", "true");
  }
  await expect(visitor.format).toHaveValue("JPEG");
  await expect(visitor.part("file-quality")).toHaveValue("71");
  await expect(visitor.part("score-scale")).toHaveValue("3");
  await expect(visitor.part("backend")).toHaveValue("cpu");
  await expect(page).toHaveURL(url);

  // In the same page, nothing of it is left after the next link.
  await page.evaluate(() => (location.hash = "#img=demo:fur&model=splitsr-x2&zoom=1.5"));
  await expect.poll(() => visitor.resultSize()).toEqual([558, 420]);
  await expect(page).toHaveURL(/#img=demo:fur&model=splitsr-x2&zoom=1.5$/);
  await expect(visitor.part("backend")).toHaveValue("auto");
  await expect(visitor.tool("beside")).toHaveAttribute("aria-pressed", "false");
});

test("of a picture in a link the view and the part are there too", async ({ page }) => {
  await visitor.chooseFile(awkwardFile("rgb16.png"));
  await expect(visitor.part("status")).toHaveText(/^Ready/);
  await visitor.run();
  await visitor.part("pack").click();
  await expect(page).toHaveURL(/img=png:/);
  for (let press = 0; press < 6; press++) await page.locator(".viewport").press("+");
  await visitor.tool("region").press("Enter");
  await visitor.expectState("done");
  await expect(page).toHaveURL(/img=png:.*&part=\d+,\d+,\d+,\d+.*&view=/);
  const url = page.url();
  const size = await visitor.resultSize();
  await visitor.open(url.slice(url.indexOf("#")));
  await visitor.expectState("done");
  expect(await visitor.resultSize()).toEqual(size);
  await expect(page).toHaveURL(url);
});

/**
 * For `page.evaluate`: goes to another link when the engine is called by this method; in an
 * enlargement, when its first part is there.
 */
function leaveAt({ method, fragment }: { method: string; fragment: string }): Promise<void> {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its object below
  const { postMessage } = Worker.prototype;
  return new Promise((resolve) => {
    const leave = () => {
      Worker.prototype.postMessage = postMessage;
      location.hash = fragment;
      resolve();
    };
    Worker.prototype.postMessage = function (this: Worker, message: { method?: string }, ...rest: never[]) {
      postMessage.call(this, message, ...rest);
      if (message.method !== method) return;
      if (method !== "upscale") {
        leave();
        return;
      }
      this.addEventListener("message", function hear({ data }: MessageEvent<{ event?: { part?: unknown } }>) {
        if (data.event?.part === undefined) return;
        this.removeEventListener("message", hear);
        leave();
      });
    };
  });
}

for (const [method, moment] of [
  ["inspect", "while the first one's picture is read"],
  ["crop", "while the first one's part is cut out"],
  ["upscale", "while the first one's part is enlarged"],
] as const) {
  test(`of two links, opened one right after the other, the second one is shown: ${moment}`, async ({ page }) => {
    await visitor.chooseDemo("Sign");
    const left = page.evaluate(leaveAt, { method, fragment: "#img=demo:fur&model=splitsr-x2&zoom=1.5" });
    await page.evaluate(() => {
      location.hash = "#img=demo:print&model=splitsr-x4&zoom=4&part=10,10,200,150&view=0.1,0.1,3,0.2";
    });
    await left;
    await expect.poll(() => visitor.resultSize()).toEqual([558, 420]);
    await visitor.expectState("done");
    // Nothing of the first run arrives later, even after the time of another run.
    await visitor.run();
    expect(await visitor.resultSize()).toEqual([558, 420]);
    await expect(page).toHaveURL(/#img=demo:fur&model=splitsr-x2&zoom=1.5$/);
    await expect(visitor.part("model")).toHaveValue("splitsr-x2");
  });
}

test("a link is opened even if the page writes its own address at the same moment", async ({ page }) => {
  await visitor.chooseDemo("Sign");
  await page.evaluate(() => {
    const { href } = location;
    location.hash = "#img=demo:fur&model=splitsr-x2&zoom=1.5";
    history.replaceState(null, "", href);
  });
  await expect.poll(() => visitor.resultSize()).toEqual([558, 420]);
});

test("several files become a batch even if the first one is broken, which is reported", async ({ page }) => {
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
  await visitor.unfold("score");
  // Without the models the scoring doesn't end.
  const models = await holdRequests(page, "**/models/*.safetensors");
  await visitor.part("score-run").click();
  await models.requested;
  await expect(visitor.part("score-table").locator("tbody tr")).not.toHaveCount(0);
  await visitor.part("score-scale").selectOption("4");
  await expect(visitor.part("status")).toHaveText(/^Cancelled/);
  models.release();
  await expect(visitor.part("score-table")).toHaveCount(0);
  // Enlarging a picture continues.
  await visitor.part("zoom").fill("4");
  const changed = visitor.actWhen({ selector: "[data-testid=status][data-state=working]" }, "score-scale", "3");
  await visitor.part("run").click();
  await changed;
  await visitor.expectState("done");
  await expect(visitor.part("result")).toBeVisible();
  await expect(visitor.part("score-table")).toHaveCount(0);
});

test("a link with one field that is wrong keeps the rest, and says what it leaves out", async ({ page }) => {
  for (const [wrong, message, zoom] of [
    ["view=1,2", "The link's view cannot be read.", "3"],
    ["part=9999,1,5,x", "The link's selected part cannot be read.", "3"],
    ["as=bmp", "The link's file format cannot be read.", "3"],
    ["zoom=17", "The link's factor is not a number from 1 to 16.", "2"],
  ] as const) {
    await visitor.open(`#img=demo:fur&model=splitsr-x3&${wrong.startsWith("zoom") ? "" : "zoom=3&"}${wrong}`);
    await visitor.expectState("error");
    await expect(visitor.part("status")).toHaveText(
      `${message} The rest of the link is kept. Choose what is missing yourself, or ask for a new link.`,
    );
    await expect(page.locator("#panel")).toContainText("372 × 280 pixels");
    await expect(visitor.part("model")).toHaveValue("splitsr-x3");
    await expect(visitor.part("zoom")).toHaveValue(zoom);
  }
  await visitor.run();
});

test("a small file is in the link as it is, can be taken out again, and is read alike by all", async ({
  browser,
  page,
}) => {
  const file = await photograph(page, 300, 0.8);
  expect(file.length).toBeGreaterThan(10_000);
  expect(file.length).toBeLessThan(36_000);
  await visitor.chooseFile({ name: "photograph.jpg", mimeType: "image/jpeg", buffer: file });
  await expect(visitor.part("status")).toHaveText(/^Ready/);
  await visitor.run();
  await visitor.part("pack").click();
  await visitor.expectState("done");
  await expect(page).toHaveURL(/img=png:/);
  const packed = /img=png:([\w-]+)/.exec(await visitor.link())?.[1] ?? "";
  expect(Buffer.from(packed, "base64url").equals(file)).toBe(true);
  await expect(page.locator("#panel")).toContainText("contains the file as it is");
  await visitor.part("verify").click();
  await expect(visitor.part("verdict")).toHaveText(/now contains the check value/);
  const hash = await visitor.outputHash();
  const link = await visitor.link();

  await visitor.part("unpack").click();
  await expect(page).toHaveURL(/^[^#]*#model=/);
  await expect(visitor.part("pack")).toBeVisible();

  // A browser that decodes JPEG with other rounding: here, none but our decoder reads it.
  const receiver = await newcomer(browser);
  await receiver.page.context().route(/assets\/coordinator-[^/]*\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({
      response,
      body: `self.createImageBitmap = () => Promise.reject(new Error("no"));\n${await response.text()}`,
    });
  });
  await receiver.open(link);
  await verified(receiver);
  expect(await receiver.outputHash()).toBe(hash);
  await expect(receiver.page.locator("#panel")).not.toContainText("transparent");
  await receiver.part("unpack").click();
  await expect(receiver.page).toHaveURL(/^[^#]*#model=/);
  await receiver.close();
});

test("a picture is called transparent only if one of its pixels is", async ({ page }) => {
  const drawn = async (alpha: number) => {
    const bytes = await page.evaluate(async (alpha) => {
      const context = new OffscreenCanvas(40, 30).getContext("2d");
      if (!context) throw new Error("no canvas");
      context.fillStyle = `rgb(200 100 50 / ${alpha})`;
      context.fillRect(0, 0, 40, 30);
      return Array.from(new Uint8Array(await (await context.canvas.convertToBlob()).arrayBuffer()));
    }, alpha);
    return Buffer.from(bytes);
  };
  for (const alpha of [1, 0.5]) {
    // As a file, and in a link as older versions of the page made it: with an alpha channel.
    const file = await drawn(alpha);
    expect(file[25], "a PNG with alpha").toBe(6);
    await visitor.chooseFile({ name: "drawn.png", mimeType: "image/png", buffer: file });
    await expect(page.locator("#panel")).toContainText("drawn 40 × 30 pixels");
    await expect(page.locator("#panel").getByText(", transparent")).toHaveCount(alpha < 1 ? 1 : 0);
    await visitor.open(`#img=png:${file.toString("base64url")}&zoom=2`);
    await visitor.expectState("done");
    await expect(page.locator("#panel").getByText(", transparent")).toHaveCount(alpha < 1 ? 1 : 0);
  }
});

/** A JPEG of a demo picture, this many pixels wide. */
async function photograph(page: Page, width: number, quality: number): Promise<Buffer> {
  const bytes = await page.evaluate(
    async ({ width, quality }) => {
      const bitmap = await createImageBitmap(await (await fetch("demo/fur.png")).blob(), { resizeWidth: width });
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
      const blob = await canvas.convertToBlob({ type: "image/jpeg", quality });
      return Array.from(new Uint8Array(await blob.arrayBuffer()));
    },
    { width, quality },
  );
  return Buffer.from(bytes);
}

test("a hostile link gives a message and the page as it is at first", async ({ page }) => {
  const markup = encodeURIComponent('<img src="x" onerror="document.title=1"><script>document.title=2</script>');
  const title = await page.title();
  page.on("pageerror", (error) => expect(error.message).toBe(""));
  for (const [fragment, zoom = "2"] of [
    [`#img=${markup}&zoom=3`, "3"],
    [`#img=url:${markup}&zoom=3`, "3"],
    [`#img=${markup}&zoom=3&with=${markup}&view=${markup}`, "3"],
    [`#img=${markup}&zoom=1e1`],
    [`#img=${markup}&hi=12`],
    [`#${markup}`],
    [`#img=png:${"A".repeat(70_000)}`],
    ["#__proto__=1"],
  ] as const) {
    await visitor.open(fragment);
    await visitor.expectState("error");
    await expect(visitor.part("status")).toContainText(/^The link/);
    await expect(page.locator("#welcome .trouble")).toHaveText(/^The link/);
    await expect(page.locator("#stage")).toHaveAttribute("data-shows", "nothing");
    await expect(visitor.part("zoom")).toHaveValue(zoom);
    expect(await page.locator('img[src="x"], #panel script').count()).toBe(0);
    expect(await page.title()).toBe(title);
  }
});
