/** Fine-tuning and what is kept of it: across pages, crashes and windows, and without room. */
import { readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { fillDisk, TINY } from "./support.ts";
import { START, startFile, Tuner } from "./tuner.ts";
import { tensorsOf } from "./weights.ts";

let visitor: Tuner;

test.beforeEach(async ({ page }) => {
  visitor = new Tuner(page);
  await visitor.open(TINY);
  await visitor.expectState("idle");
});

test("a page that is closed midway resumes from what was kept", async ({ page }) => {
  await visitor.setUp(2000);
  await visitor.begin();
  await visitor.expectStepFrom(12);
  await visitor.part("finetune-pause").click();
  await visitor.expectPhase("paused");
  const kept = await visitor.step();
  await expect(visitor.part("finetune-step")).toContainText(`checkpoint at step ${kept}`);
  await page.reload();

  const resume = visitor.part("finetune-resume");
  await expect(resume).toHaveText(`Resume ${START}-tuned from step ${kept}`);
  await visitor.part("finetune-discard").click();
  await expect(resume).toHaveCount(0);
  const undo = page.locator(".tuning").getByRole("button", { name: /undo/i });
  // If it does not fit on the device, it can be brought back once there is space.
  await page.evaluate(
    () => void Object.assign(window, { put: Reflect.get(IDBObjectStore.prototype, "put") as unknown }),
  );
  await page.evaluate(fillDisk);
  await undo.click();
  await expect(page.locator(".tuning")).toContainText("There is no space left on this device.");
  await page.evaluate(
    () => void Object.assign(IDBObjectStore.prototype, { put: Reflect.get(window, "put") as unknown }),
  );
  await undo.click();
  await resume.click();
  await visitor.expectPhase("running");
  expect(await visitor.step()).toBeGreaterThanOrEqual(kept);
  await visitor.expectStepFrom(kept + 5);
  expect(await visitor.step(), "it does not begin again").toBeLessThan(2000);
  // The curve continues where it was.
  const points = await visitor.part("finetune-loss").locator("polyline.single").getAttribute("points");
  expect(points?.split(" ").length).toBeGreaterThan(kept);

  await visitor.part("finetune-stop").click();
  await visitor.expectPhase("done");
  await visitor.part("finetune-undo").click();
  await visitor.expectPhase("asking");
  await visitor.part("finetune-undo-sure").click();
  await expect(visitor.part("finetune-start")).toBeVisible();
  await page.reload();
  await visitor.expectState("idle");
  await expect(resume).toHaveCount(0);
  expect(await visitor.models()).not.toContain(`${START}-tuned`);
});

test("a crash loses at most 30 seconds", async ({ page, context }) => {
  await visitor.setUp(2000);
  await visitor.begin();
  await page.clock.install();
  await visitor.expectStepFrom(20);
  await page.clock.fastForward(31_000);
  const kept = async () =>
    Number(/checkpoint at step (\d+)/.exec(await visitor.part("finetune-step").innerText())?.[1]);
  await expect.poll(kept).toBeGreaterThanOrEqual(20);
  const step = await kept();
  // The page is not notified.
  await page.close({ runBeforeUnload: false });
  const other = new Tuner(await context.newPage());
  await other.open();
  const offer = await other.part("finetune-resume").innerText();
  expect(Number(/Resume splitsr-tiny-x2-tuned from step (\d+)/.exec(offer)?.[1])).toBeGreaterThanOrEqual(step);
});

test("the best so far can be saved while it runs, and thrown away with the rest", async () => {
  await visitor.setUp(2000);
  await visitor.begin();
  await visitor.expectStepFrom(10);
  await visitor.part("finetune-save").click();
  await expect(visitor.page.getByText("The best version so far is saved")).toBeVisible();
  expect(await visitor.models()).toContain(`${START}-tuned`);
  await visitor.expectPhase("running");
  await visitor.part("finetune-undo").click();
  await visitor.part("finetune-undo-sure").click();
  await visitor.part("finetune-close").click();
  expect(await visitor.models()).not.toContain(`${START}-tuned`);
  await expect(visitor.part("model")).toHaveValue(START);
});

test("a saved model is undone, deleted, brought back and loaded from its file", async () => {
  const name = `${START}-tuned`;
  await visitor.makeModel();
  await visitor.part("finetune-undo").click();
  await expect(visitor.part("model")).toHaveValue(START);
  await visitor.part("model-undo").click();
  await expect(visitor.part("model")).toHaveValue(name);
  const { bytes } = await visitor.downloaded("model-download");

  await visitor.part("model-delete").click();
  await expect(visitor.part("model")).toHaveValue(START);
  await expect(visitor.page).not.toHaveURL(/-tuned/);
  await visitor.page.reload();
  await visitor.expectState("idle");
  expect(await visitor.models()).not.toContain(name);

  await visitor.loadModel("anything.safetensors", bytes);
  await expect(visitor.part("model")).toHaveValue(name);
  await visitor.loadModel("again.safetensors", bytes);
  await expect(visitor.part("model-note")).toContainText(`This model is already in the list as ${name}.`);
  const before = await visitor.models();

  await visitor.loadModel("cut.safetensors", bytes.subarray(0, bytes.length / 2));
  await visitor.expectState("error");
  await visitor.loadModel("text.safetensors", Buffer.from("no model"));
  await visitor.expectState("error");
  expect(await visitor.models()).toEqual(before);
  await visitor.chooseDemo("Fur");
  await visitor.run();
  await expect(visitor.part("report")).toContainText(name);

  // The name of a model that comes with the page is taken.
  const other = readFileSync(startFile);
  other.writeFloatLE(other.readFloatLE(other.length - 4) + 0.001, other.length - 4);
  await visitor.loadModel("other.safetensors", other);
  await expect(visitor.part("model")).toHaveValue(`${START}-2`);
  await expect(visitor.part("model-note")).toContainText(`Another model is called ${START}, so this one is named`);
});

test("a full disk is reported, keeps the earlier models, and does not stop the training", async ({ page }) => {
  const name = `${START}-tuned`;
  await visitor.makeModel();
  await visitor.setUp(2000);
  await page.evaluate(fillDisk);
  await visitor.begin();
  const trouble = visitor.part("finetune-trouble");
  await expect(trouble).toContainText("no space left on this device");
  await expect(trouble).toContainText("Training continues");
  const step = await visitor.step();
  await visitor.expectStepFrom(step + 5);
  const { name: file, bytes } = await visitor.downloaded("finetune-download");
  expect(file).toBe(`${name}-2.safetensors`);
  expect(tensorsOf(bytes).size).toBe(tensorsOf(readFileSync(startFile)).size);

  await visitor.part("finetune-stop").click();
  await visitor.expectPhase("done");
  await visitor.part("finetune-save").click();
  await expect(trouble).toContainText("stays in the list until you close this page");
  await visitor.open();
  await visitor.expectState("idle");
  expect(await visitor.models()).toContain(name);
  expect(await visitor.models()).not.toContain(`${name}-2`);
});

test("a browser that keeps nothing fine-tunes all the same", async ({ page }) => {
  await page.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException("It is not allowed here.", "SecurityError");
    };
  });
  await page.reload();
  await visitor.expectState("idle");
  await visitor.setUp(10);
  await visitor.part("finetune-start").click();
  await visitor.expectPhase("done");
  await expect(visitor.part("finetune-trouble")).toContainText("It is not allowed here");
  await visitor.part("finetune-save").click();
  await expect(visitor.part("finetune-trouble")).toContainText("until you close this page");
  await visitor.part("finetune-close").click();
  await expect(visitor.part("model")).toHaveValue(`${START}-tuned`);
});

test("a browser that stores no blobs keeps a fine-tuning and its model all the same", async ({ page }) => {
  // As WebKit does in private windows.
  await page.addInitScript(() => {
    const put = Reflect.get(IDBObjectStore.prototype, "put") as IDBObjectStore["add"];
    IDBObjectStore.prototype.put = function (value: object, key?: IDBValidKey) {
      if (Object.values(value).some((part) => part instanceof Blob))
        throw new DOMException("no blobs", "DataCloneError");
      return put.call(this, value, key);
    };
  });
  await page.reload();
  await visitor.expectState("idle");
  await visitor.setUp(2000);
  await visitor.begin();
  await expect(visitor.part("finetune-step")).toContainText("checkpoint at step");
  await page.reload();
  await visitor.part("finetune-resume").click();
  await visitor.expectPhase("running");
  await visitor.part("finetune-stop").click();
  await visitor.expectPhase("done");
  await visitor.part("finetune-save").click();
  await expect(visitor.part("finetune-saved")).toBeVisible();
  await page.reload();
  await expect(visitor.part("model").locator(`option[value="${START}-tuned"]`)).toBeAttached();
});

test("a window does not resume a run that another window has", async ({ page, context }) => {
  await visitor.setUp(2000);
  await visitor.begin();
  await expect(visitor.part("finetune-step")).toContainText("checkpoint at step");
  const other = new Tuner(await context.newPage());
  await other.open();
  await other.part("finetune-resume").click();
  await other.expectPhase("error");
  await expect(other.part("finetune-status")).toContainText("another window");
  await page.close();
  await other.part("finetune-close").click();
  await other.part("finetune-resume").click();
  await other.expectPhase("running");
});
