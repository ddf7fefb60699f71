/** Dropped, pasted or chosen besides files: pictures as links, `data:` addresses, folders. */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { unzipSync } from "fflate";
import { paste, visit } from "./linking.ts";
import { RemoteSite } from "./remote-site.ts";
import { awkwardFile, dataFolder, type Visitor } from "./support.ts";

const fur = join(dataFolder, "demo/fur.png");

let visitor: Visitor;

test.beforeEach(async ({ page }) => {
  visitor = await visit(page);
});

/** Drops or pastes the data that a browser provides for something dragged out of a page. */
async function transfer(page: Page, data: Record<string, string>, how: "drop" | "paste"): Promise<void> {
  await page.evaluate(
    ({ data, how }) => {
      const transfer = new DataTransfer();
      for (const [type, text] of Object.entries(data)) transfer.setData(type, text);
      const about = { bubbles: true, cancelable: true };
      document.body.dispatchEvent(
        how === "drop"
          ? new DragEvent("drop", { ...about, dataTransfer: transfer })
          : new ClipboardEvent("paste", { ...about, clipboardData: transfer }),
      );
    },
    { data, how },
  );
}

test.describe("a picture that is a link", () => {
  const remote = new RemoteSite();
  test.beforeEach(async () => {
    remote.requests.length = 0;
    await remote.start();
  });
  test.afterEach(() => remote.stop());

  for (const how of ["drop", "paste"] as const) {
    test(`is the picture and not the page that it leads to (${how})`, async ({ page }) => {
      const picture = `${remote.url}/pictures/fur%20ball.png`;
      const around = `${remote.url}/page.html`;
      const html = `<meta charset="utf-8"><a href="${around}" title="A &quot;dog&quot;"><img src="${picture}" alt="a dog"></a>`;
      await transfer(page, { "text/html": html, "text/uri-list": around, "text/plain": around }, how);
      await expect(visitor.part("offer")).toContainText(`The picture is at ${remote.host}.`);
      // Looking for the picture loads nothing.
      expect(remote.requests).toHaveLength(0);
      await visitor.part("load-elsewhere").click();
      await expect(visitor.part("status")).toHaveText(/^Ready: 372 × 280/);
      expect(remote.requests.map(({ url }) => url)).toEqual(["/pictures/fur%20ball.png"]);
      await expect(page).toHaveURL(new RegExp(`img=url:.*fur`));
    });
  }

  test("and has no address is reported, and the page is not loaded for it", async ({ page }) => {
    const around = `${remote.url}/page.html`;
    for (const source of ["blob:https://example.com/1234", "cid:part1@mail", "file:///home/a.png"]) {
      const html = `<a href="${around}"><img src="${source}"></a>`;
      await transfer(page, { "text/html": html, "text/uri-list": around }, "drop");
      await visitor.expectState("error");
      await expect(visitor.part("status")).toContainText("no address this page can use. Save it first");
      await expect(visitor.part("offer")).toHaveCount(0);
    }
  });
});

test("a link to this page that is dropped is followed, and an example is the example", async ({ page, baseURL }) => {
  const url = `${baseURL}#img=demo:sign&zoom=1.5`;
  await transfer(page, { "text/html": `<a href="${url}">Look</a>`, "text/uri-list": url, "text/plain": url }, "drop");
  await visitor.expectState("done");
  expect(await visitor.resultSize()).toEqual([720, 540]);
  await transfer(page, { "text/html": `<img src="${baseURL}thumbs/fur.webp">` }, "drop");
  await expect(visitor.part("status")).toHaveText(/^Ready: 372 × 280/);
  await expect(page).toHaveURL(/img=demo:fur/);
});

test("a data: address is a picture, dropped, pasted and in a link", async ({ page }) => {
  const address = `data:image/png;base64,${readFileSync(fur).toString("base64")}`;
  const ready = () => expect(visitor.part("status")).toHaveText(/^Ready: 372 × 280/);
  await paste(page, address);
  await ready();
  await visitor.chooseDemo("Sign");
  await transfer(page, { "text/html": `<a href="https://a.example/"><img src="${address}"></a>` }, "drop");
  await ready();
  await visitor.chooseDemo("Sign");
  await transfer(page, { "text/uri-list": address }, "drop");
  await ready();
  const small = readFileSync(awkwardFile("rgba16.png"));
  await visitor.open(`#img=url:data:image/png;base64,${small.toString("base64")}&zoom=1.5`);
  await visitor.expectState("done");
  await expect(page).toHaveURL(new RegExp(`img=png:${small.toString("base64url")}&`));

  for (const [broken, message] of [
    ["data:image/png;base64,AAAAA", /damaged or cut short/],
    [address.slice(0, 20_000), /./],
    ["data:text/plain,hello", /./],
    ["data:,", /./],
  ] as const) {
    await paste(page, broken);
    await visitor.expectState("error");
    await expect(visitor.part("status")).toHaveText(message);
  }
  await visitor.chooseDemo("Fur");
});

test.describe("a folder", () => {
  let folder: string;

  test.beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), "splitsr-")), "holiday");
    mkdirSync(join(folder, "beach/.thumbnails"), { recursive: true });
    mkdirSync(join(folder, "empty"));
    copyFileSync(fur, join(folder, "10.png"));
    copyFileSync(awkwardFile("rgba16.png"), join(folder, "9.png"));
    copyFileSync(awkwardFile("rgba16.png"), join(folder, "beach/9.png"));
    copyFileSync(awkwardFile("corrupt_data.png"), join(folder, "beach/broken.png"));
    copyFileSync(fur, join(folder, "beach/.thumbnails/hidden.png"));
    writeFileSync(join(folder, "notes.txt"), "not a picture");
    writeFileSync(join(folder, ".DS_Store"), "not a picture");
  });
  test.afterEach(() => rmSync(join(folder, ".."), { recursive: true }));

  /** Drops files as the system does. */
  async function dropFiles(page: Page, files: string[]): Promise<void> {
    const session = await page.context().newCDPSession(page);
    const data = { items: [], files, dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"] as const) {
      await session.send("Input.dispatchDragEvent", { type, x: 300, y: 300, data });
    }
  }

  const expectBatch = async () => {
    const names = visitor.part("batch").locator("li");
    await expect(names).toHaveText([/holiday\/9\.png/, /holiday\/10\.png/, /holiday\/beach\/9\.png/, /broken\.png/]);
    await expect(visitor.part("status")).toHaveText(/^Ready: .*1 other file is not a picture and was left out\.$/);
  };

  for (const how of ["dropped", "chosen"] as const) {
    test(`that is ${how} opens what is in it as a batch, and the zip has its folders`, async ({ page }) => {
      if (how === "dropped") await dropFiles(page, [folder]);
      else await visitor.part("folder-input").setInputFiles(folder);
      await expectBatch();
      const [download] = await Promise.all([page.waitForEvent("download"), visitor.part("batch-run").click()]);
      await expect(visitor.part("status")).toHaveText(/^Saved 3 of 4 pictures\. 1 could not be enlarged/);
      const files = unzipSync(await readFile(await download.path()));
      expect(Object.keys(files)).toEqual(["holiday/9-2x.png", "holiday/10-2x.png", "holiday/beach/9-2x.png"]);
    });
  }

  test("may be dropped with files beside it, or have nothing in it", async ({ page }) => {
    await dropFiles(page, [fur, join(folder, "beach")]);
    await expect(visitor.part("batch").locator("li")).toHaveText([/fur\.png/, /beach\/9\.png/, /beach\/broken\.png/]);
    await visitor.chooseDemo("Sign");
    await dropFiles(page, [join(folder, "empty")]);
    await expect(visitor.part("status")).toHaveText("There is nothing in this folder. Choose another one.");
    rmSync(join(folder, "beach"), { recursive: true });
    for (const name of ["9.png", "10.png"]) rmSync(join(folder, name));
    await dropFiles(page, [folder]);
    await expect(visitor.part("status")).toHaveText("There is no picture in this folder. Choose another one.");
    // The example is still there.
    await expect(page.locator("#panel")).toContainText("480 × 360 pixels");
  });

  test("of more than a hundred files is read to its end", async ({ page }) => {
    for (let number = 1; number <= 250; number++) writeFileSync(join(folder, "empty", `${number}.png`), "");
    copyFileSync(fur, join(folder, "empty", "0.png"));
    await dropFiles(page, [join(folder, "empty")]);
    await expect(visitor.part("batch").locator("li")).toHaveCount(251);
  });

  test("can be dropped on fine-tuning", async ({ page }) => {
    await visitor.unfold("tuning");
    await visitor.part("finetune-open").click();
    await expect(visitor.part("finetune-start")).toBeVisible();
    await dropFiles(page, [join(folder, "beach"), fur]);
    await expect(visitor.part("finetune-refusals")).toContainText("broken.png");
    await expect(visitor.part("finetune-pictures")).toContainText(/./);
  });
});
