/** Mishaps beside the work leave pictures, results and the work itself as they are. */
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { paste, visit } from "./linking.ts";
import { dataFolder, holdAfterFirstPart, noise, type Visitor } from "./support.ts";

const fur = join(dataFolder, "demo/fur.png");
const broken = (name = "broken.png") => ({ name, mimeType: "image/png", buffer: Buffer.from("no picture") });
const small = (name: string) => ({ name, mimeType: "image/bmp", buffer: noise(60, 48) });

let visitor: Visitor;

test.beforeEach(async ({ page }) => {
  visitor = await visit(page);
});

/** Expects the viewer to show this. */
const shows = (page: Page, what: "picture" | "comparison" | "preview") =>
  expect(page.locator("#stage")).toHaveAttribute("data-shows", what);

/** Enlarges until the first part is drawn. The returned function lets the rest come. */
async function runToFirstPart(page: Page): Promise<() => Promise<void>> {
  await visitor.chooseDemo("Sign");
  await visitor.part("zoom").fill("4");
  const release = await holdAfterFirstPart(page);
  await visitor.part("run").click();
  await shows(page, "preview");
  const isDrawn = (canvas: HTMLCanvasElement) =>
    canvas
      .getContext("2d")
      ?.getImageData(0, 0, canvas.width, canvas.height)
      .data.some((value) => value > 0);
  await expect.poll(() => visitor.part("result").evaluate(isDrawn)).toBe(true);
  return release;
}

test("a file that cannot be read leaves no half of the result that it has cancelled", async ({ page }) => {
  const release = await runToFirstPart(page);
  await visitor.chooseFile(broken());
  await visitor.expectState("loading");
  await release();
  await visitor.expectState("error");
  await shows(page, "picture");
});

test("a file that cannot be read leaves the result, also while another model is chosen", async ({ page }) => {
  await visitor.chooseDemo("Fur");
  await visitor.run();
  await visitor.part("model").selectOption("splitsr-x2");
  await visitor.chooseFile(broken());
  await visitor.expectState("error");
  await shows(page, "comparison");
  await visitor.part("model").selectOption("splitsr-tiny-x2");
  expect((await visitor.save()).name).toBe("fur-2x.png");
});

test("files that cannot be read leave the batch that is open", async () => {
  await visitor.part("file-input").setInputFiles([small("a.bmp"), small("b.bmp")]);
  await visitor.expectState("idle");
  await visitor.part("file-input").setInputFiles([broken("c.png"), broken("d.png")]);
  await expect(visitor.part("status")).toHaveText(/^c\.png: /);
  await expect(visitor.part("batch").locator("li")).toHaveText([/a\.bmp/, /b\.bmp/]);
});

test("a model that cannot be read does not take the place of the work that goes on", async ({ page }) => {
  const release = await runToFirstPart(page);
  await visitor.part("model-file").setInputFiles({ ...broken("model.safetensors"), mimeType: "" });
  const status = visitor.part("status");
  await expect(status).toHaveText(/not a valid safetensors file/);
  expect(await status.getAttribute("data-state")).toBe("working");
  await release();
  await visitor.expectState("done");
});

test("a picture is pasted while a slider has the focus, and text into a field is not one", async ({ page }) => {
  await visitor.chooseDemo("Sign");
  const into = (selector: string, text: string) =>
    page.evaluate(
      ({ selector, text }) => {
        const clipboardData = new DataTransfer();
        clipboardData.setData("text/plain", text);
        const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
        document.querySelector(selector)?.dispatchEvent(event);
      },
      { selector, text },
    );
  const address = "https://example.com/a.png";
  await into("[data-testid=zoom]", address);
  await into(".zoom input[type=range]", address);
  await expect(visitor.part("offer")).toHaveCount(1);
  await paste(page, "no address");
  await expect(visitor.part("status")).toHaveText(/^That was text/);
});

test("the clean-up of a link to settings is that of the picture that is opened for it, and of no other", async () => {
  await visitor.open("#model=splitsr-x2&clean=55");
  await visitor.expectState("idle");
  await visitor.chooseFile(fur);
  await expect(visitor.part("status")).toHaveText(/^Ready: 372/);
  expect(await visitor.link()).toContain("clean=55");
  await visitor.chooseDemo("Sign");
  expect(await visitor.link()).not.toContain("clean=55");
});

test("a link whose picture is not open keeps its automatic clean-up", async ({ page }) => {
  await visitor.open("#img=url:https://example.com/a.jpg&model=splitsr-x2&clean=auto");
  // Now the address is the page's own.
  await expect.poll(() => page.evaluate(() => history.state as unknown)).toBe("own");
  expect(page.url()).toContain("clean=auto");
});

test("a width out of range stays in its field, and so does a time limit of nothing", async () => {
  await visitor.chooseDemo("Fur");
  const width = visitor.part("width");
  await width.fill("99999");
  await width.press("Tab");
  await expect(visitor.part("status")).toHaveText(/, or a width from 372 to 5952 pixels\.$/);
  await expect(width).toHaveValue("99999");
  await expect(width).toHaveAttribute("aria-invalid", "true");
  await width.fill("744");
  await width.press("Tab");
  await expect(visitor.part("status")).toHaveText(/^Ready/);
  await visitor.open("#model=splitsr-elastic-x2");
  await visitor.chooseFile(small("small.bmp"));
  await visitor.unfold("network");
  await visitor.part("budget").fill("-5");
  await visitor.part("budget").press("Tab");
  await expect(visitor.part("status")).toHaveText("The time limit must be above 0 ms.");
});
