/** The viewfinder: live frames of a camera, a video file or a screen, with a part enlarged. */
import { expect, test, type Page } from "@playwright/test";
import config from "../playwright.config.ts";
import { countWork, drawnCamera, noteStreams } from "./cameras.ts";
import { TINY, violations, Visitor } from "./support.ts";
import { boxOf, Touch } from "./viewing.ts";

const { launchOptions = {} } = config.projects?.find(({ name }) => name === "cpu")?.use ?? {};
const fake = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];

test.use({ launchOptions: { ...launchOptions, args: [...(launchOptions.args ?? []), ...fake] } });

let visitor: Visitor;

test.beforeEach(async ({ page }) => {
  visitor = new Visitor(page);
  await page.addInitScript(countWork);
  await page.addInitScript(noteStreams);
  await visitor.open(TINY);
  await visitor.expectState("idle");
});

const failWith = (page: Page, name: string) =>
  page.evaluate((name) => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", name));
  }, name);

const setHidden = (page: Page, isHidden: boolean) =>
  page.evaluate((isHidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, value: isHidden });
    document.dispatchEvent(new Event("visibilitychange"));
  }, isHidden);

const dialog = () => visitor.part("viewfinder");
const status = () => visitor.part("viewfinder-status");
const expectState = (state: string) => expect(dialog()).toHaveAttribute("data-state", state);

async function openLive(): Promise<void> {
  await visitor.raiseSheet();
  await visitor.part("camera").click();
  await expectState("live");
  await expect(visitor.part("viewfinder-save")).toBeEnabled();
}

const sizeOf = (name: "digital" | "result") =>
  visitor.part(`viewfinder-${name}`).evaluate(({ width, height }: HTMLCanvasElement) => ({ width, height }));

const pixelsOf = (name: "digital" | "result") =>
  visitor.part(`viewfinder-${name}`).evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());

/** The part, from the numbers that are shown. */
async function part(): Promise<{ width: number; height: number }> {
  const text = await visitor.part("viewfinder-numbers").innerText();
  const [, width, height] = /(\d+) × (\d+) →/.exec(text) ?? [];
  return { width: Number(width), height: Number(height) };
}

const started = () => visitor.page.evaluate(() => window.work.started);

/** Waits until the engine has begun with frames that come after this moment. */
async function nextFrames(count = 2): Promise<void> {
  const before = await started();
  await visitor.page.waitForFunction((least) => window.work.started >= least, before + count);
}

test("frames arrive, and are shown twice in the same size: enlarged with and without the network", async ({ page }) => {
  await openLive();
  const first = await pixelsOf("result");
  await expect.poll(() => pixelsOf("result")).not.toBe(first);
  await expect(visitor.part("viewfinder-numbers")).toHaveText(
    /^\d+ frames a second with a delay of \d+ ms\. \d+ × \d+ → \d+ × \d+ pixels, SplitSR ×2 \(\w+\), processor, \d workers?\./,
  );
  // The part of a frozen frame stays as it is.
  await visitor.part("viewfinder-freeze").click();
  await expectState("frozen");
  await page.waitForFunction(() => window.work.now === 0);
  for (const scale of [2, 4]) {
    await visitor.part(`viewfinder-x${scale}`).click();
    await expect(visitor.part(`viewfinder-x${scale}`)).toHaveAttribute("aria-pressed", "true");
    await expect(visitor.part("viewfinder-numbers")).toContainText(`SplitSR ×${scale}`);
    await expect(async () => {
      const { width, height } = await part();
      for (const name of ["digital", "result"] as const) {
        expect(await sizeOf(name)).toEqual({ width: scale * width, height: scale * height });
      }
    }).toPass();
    expect(await pixelsOf("digital")).not.toBe(await pixelsOf("result"));
  }
});

test("one frame is enlarged at a time, and the next one is the newest", async ({ page }) => {
  await page.evaluate(drawnCamera);
  await openLive();
  await page.evaluate(() => window.camera.rest());
  await page.waitForFunction(() => window.work.now === 0);
  await page.evaluate(() => {
    window.work.hold = true;
    window.camera.draw("#0f0");
  });
  await page.waitForFunction(() => window.work.colours.at(-1) === "010");
  await page.evaluate(() => (window.work.colours = []));
  // While that frame is held back, three others arrive.
  for (const colour of ["#00f", "#ff0", "#fff"]) {
    await page.evaluate(
      (colour) =>
        new Promise<void>((resolve) => {
          document.querySelector("video")?.requestVideoFrameCallback(() => resolve());
          window.camera.draw(colour);
        }),
      colour,
    );
  }
  expect(await page.evaluate(() => window.work.colours)).toEqual([]);
  await page.evaluate(() => window.work.release());
  await page.waitForFunction(() => window.work.colours.length > 0 && window.work.now === 0);
  expect(await page.evaluate(() => window.work.colours)).toEqual(["111"]);
  expect(await page.evaluate(() => window.work.max)).toBe(1);
});

test("a frozen picture stays, and its part can be moved and made larger", async ({ page }) => {
  await page.evaluate(drawnCamera);
  await openLive();
  await visitor.part("viewfinder-freeze").click();
  await expectState("frozen");
  await page.waitForFunction(() => window.work.now === 0);
  const colours = await page.evaluate(() => {
    window.camera.rest();
    setInterval(() => window.camera.draw("#00f"), 40);
    return window.work.colours.length;
  });
  const before = await part();
  for (let press = 0; press < 6; press++) await page.keyboard.press("-");
  await expect.poll(async () => (await part()).width).toBeGreaterThan(before.width);
  const seen = await page.evaluate((from) => window.work.colours.slice(from), colours);
  expect(new Set(seen)).toEqual(new Set(["100"]));
  await expect(visitor.part("viewfinder-freeze")).toHaveText("Resume");
  await visitor.part("viewfinder-freeze").click();
  await expectState("live");
  await page.waitForFunction(() => window.work.colours.at(-1) === "001");
});

test("the part is opened in the page as a picture, in the frame's own pixels", async ({ page }) => {
  await openLive();
  await visitor.part("viewfinder-x4").click();
  await visitor.part("viewfinder-freeze").click();
  await expectState("frozen");
  await expect(visitor.part("viewfinder-numbers")).toContainText("SplitSR ×4");
  await page.waitForFunction(() => window.work.now === 0);
  const { width, height } = await part();
  await visitor.part("viewfinder-enlarge").click();
  await expect(dialog()).toBeHidden();
  await visitor.expectState("idle");
  const section = page.getByRole("region", { name: "Picture", exact: true });
  await expect(section).toContainText(`camera ${width} × ${height} pixels`);
  await expect(visitor.part("zoom")).toHaveValue("4");
  await expectCameraOff(page);
  await visitor.run();
  expect(await visitor.resultSize()).toEqual([4 * width, 4 * height]);
});

const expectCameraOff = async (page: Page) => {
  expect(
    await page.evaluate(() =>
      window.streams.flatMap((stream) => stream.getTracks()).every(({ readyState }) => readyState === "ended"),
    ),
  ).toBe(true);
};

test("what is shown is saved as a PNG", async ({ page }) => {
  await openLive();
  await visitor.part("viewfinder-freeze").click();
  await expectState("frozen");
  await page.waitForFunction(() => window.work.now === 0);
  const { width, height } = await sizeOf("result");
  const { name, bytes } = await visitor.save("viewfinder-save");
  expect(name).toBe("camera-x2.png");
  expect(bytes.subarray(1, 4).toString()).toBe("PNG");
  expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([width, height]);
});

test("keys that a control or a long dialog needs are left to it", async ({ page }) => {
  await page.evaluate(drawnCamera);
  await openLive();
  await visitor.part("viewfinder-freeze").click();
  await expectState("frozen");
  // In one moment, because both scroll with the rest.
  const place = () =>
    page.evaluate(() => {
      const box = (id: string) =>
        document.querySelector(`[data-testid=${id}]`)?.getBoundingClientRect() ?? new DOMRect(NaN, NaN);
      const [part, overview] = [box("viewfinder-part"), box("viewfinder-overview")];
      return [part.x - overview.x, part.y - overview.y].map(Math.round);
    });
  // In a low window the body scrolls, and up and down do that unless the part has the focus.
  await page.setViewportSize({ width: 700, height: 330 });
  const body = page.locator("dialog.viewfinder .body");
  await expect.poll(() => body.evaluate((box) => box.scrollHeight - box.clientHeight)).toBeGreaterThan(0);
  const start = await place();
  await visitor.part("viewfinder-x2").focus();
  await page.keyboard.press("ArrowDown");
  await expect.poll(() => body.evaluate(({ scrollTop }) => scrollTop)).toBeGreaterThan(0);
  expect(await place()).toEqual(start);
  await visitor.part("viewfinder-part").focus();
  await page.keyboard.press("ArrowDown");
  await expect.poll(async () => (await place())[1]).toBeGreaterThan(start[1] ?? NaN);
});

test("keys, the mouse, the wheel and fingers move the part and zoom", async ({ page }) => {
  await page.evaluate(drawnCamera);
  await openLive();
  await visitor.part("viewfinder-freeze").click();
  await expectState("frozen");
  const rectangle = visitor.part("viewfinder-part");
  const start = await boxOf(rectangle);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  const moved = await boxOf(rectangle);
  expect(moved.x).toBeGreaterThan(start.x);
  expect(moved.y).toBeGreaterThan(start.y);
  await page.keyboard.press("+");
  expect((await boxOf(rectangle)).width).toBeLessThan(moved.width);
  await page.mouse.move(moved.x + moved.width / 2, moved.y + moved.height / 2);
  await page.mouse.wheel(0, 300);
  await expect.poll(async () => (await boxOf(rectangle)).width).toBeGreaterThan(moved.width * 0.9);
  const wide = await boxOf(rectangle);
  await page.mouse.down();
  await page.mouse.move(moved.x + moved.width / 2 - 60, moved.y + moved.height / 2, { steps: 3 });
  await page.mouse.up();
  expect((await boxOf(rectangle)).x).toBeLessThan(wide.x - 40);
  // A map is dragged the other way.
  const pane = await boxOf(visitor.part("viewfinder-result"));
  const dragged = await boxOf(rectangle);
  await page.mouse.move(pane.x + 200, pane.y + 100);
  await page.mouse.down();
  await page.mouse.move(pane.x + 100, pane.y + 100, { steps: 3 });
  await page.mouse.up();
  expect((await boxOf(rectangle)).x).toBeGreaterThan(dragged.x);
  const before = await boxOf(rectangle);
  const touch = new Touch(await page.context().newCDPSession(page));
  const middle = { x: pane.x + pane.width / 2, y: pane.y + pane.height / 2 };
  await touch.pinch(middle, 30, middle, 60);
  await expect.poll(async () => (await boxOf(rectangle)).width).toBeLessThan(0.7 * before.width);
  // Nothing leaves the frame.
  for (let press = 0; press < 60; press++) await page.keyboard.press("ArrowLeft");
  const overview = await boxOf(visitor.part("viewfinder-overview"));
  expect((await boxOf(rectangle)).x).toBeCloseTo(overview.x, 0);
  await page.keyboard.press("Escape");
  await expect(dialog()).toBeHidden();
  await expect(visitor.part("camera")).toBeFocused();
});

for (const [name, text] of [
  ["NotAllowedError", /^\s*The camera is blocked\. Allow it/],
  ["NotFoundError", /^\s*No camera was found\. Connect one/],
  ["NotReadableError", /^\s*The camera cannot be read\. Close other programs/],
] as const) {
  test(`${name} is explained in words, and the next try may succeed`, async ({ page }) => {
    await failWith(page, name);
    await visitor.part("camera").click();
    await expect(status()).toHaveText(text);
    await expect(status()).toHaveAttribute("data-state", "error");
    await expect(visitor.part("viewfinder-freeze")).toBeDisabled();
    expect(await violations(page)).toEqual([]);
    await page.evaluate(drawnCamera);
    await visitor.part("viewfinder-camera").click();
    await expectState("live");
    await expect(status()).toHaveText(/^\s*Drag the rectangle/);
  });
}

test("a page that is not secure says why it has no camera", async ({ page }) => {
  await page.evaluate(() => Reflect.deleteProperty(Navigator.prototype, "mediaDevices"));
  await visitor.part("camera").click();
  await expect(status()).toHaveText(/^\s*Browsers allow the camera only on secure pages\. Open this page over https/);
  await expect(visitor.part("viewfinder-screen")).toHaveCount(0);
});

test("an unplugged camera is reported, live and frozen", async ({ page }) => {
  await page.evaluate(drawnCamera);
  await openLive();
  // A script that ends a track gets no event for it.
  const unplug = () =>
    page.evaluate(() => {
      for (const track of window.camera.stream.getTracks()) track.dispatchEvent(new Event("ended"));
    });
  await unplug();
  await expectState("stopped");
  await expect(status()).toHaveText("The camera was disconnected. Connect it and choose Camera again.");
  await page.evaluate(drawnCamera);
  await visitor.part("viewfinder-camera").click();
  await expectState("live");
  await expect(visitor.part("viewfinder-save")).toBeEnabled();
  await visitor.part("viewfinder-freeze").click();
  await unplug();
  await expectState("frozen");
  await expect(visitor.part("viewfinder-enlarge")).toBeEnabled();
});

test("a hidden page turns the camera off, and on again when it is seen", async ({ page }) => {
  await openLive();
  await setHidden(page, true);
  await expectState("paused");
  await expectCameraOff(page);
  await page.waitForFunction(() => window.work.now === 0);
  const before = await started();
  await setHidden(page, false);
  await expectState("live");
  await expect(status()).toHaveText("The camera was off while this page was hidden. It is back on.");
  await page.waitForFunction((before) => window.work.started > before, before);
  expect(await page.evaluate(() => window.streams.length)).toBe(2);
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pagehide")));
  await expectState("paused");
  await expectCameraOff(page);
  await visitor.part("viewfinder-close").click();
  await expect(dialog()).toBeHidden();
});

test("a camera that answers after the dialog was closed is turned off", async ({ page }) => {
  await page.evaluate(() => {
    const get = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      await new Promise<void>((resolve) => (window.work.release = resolve));
      return get(wanted);
    };
  });
  await visitor.part("camera").click();
  await expectState("starting");
  await page.keyboard.press("Escape");
  await expect(dialog()).toBeHidden();
  await page.evaluate(() => window.work.release());
  await page.waitForFunction(() => window.streams[0]?.getTracks().every(({ readyState }) => readyState === "ended"));
});

test("a screen is shared in the same way, until that is ended", async ({ page }) => {
  await page.evaluate(drawnCamera);
  await openLive();
  await visitor.part("viewfinder-screen").click();
  await expectState("live");
  await expect(dialog()).toContainText("Shared picture, 640 × 480 pixels");
  // The stream stays open while the page is hidden, since the browser would ask again.
  await setHidden(page, true);
  await expectState("paused");
  await setHidden(page, false);
  await expectState("live");
  await page.evaluate(() => {
    for (const track of window.camera.stream.getTracks()) track.dispatchEvent(new Event("ended"));
  });
  await expect(status()).toHaveText("Sharing has ended. To continue, choose Screen again.");
  await page.evaluate(() => {
    navigator.mediaDevices.getDisplayMedia = () => Promise.reject(new DOMException("", "NotAllowedError"));
  });
  await visitor.part("viewfinder-screen").click();
  await expect(status()).toHaveText("Nothing is shared. To pick a tab or screen, choose Screen again.");
});

test("a video file plays, and one that cannot be played is refused", async ({ page }) => {
  await failWith(page, "NotFoundError");
  await visitor.part("camera").click();
  await expect(status()).toHaveText(/^\s*No camera was found/);
  const bytes = await page.evaluate(async () => {
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: 320, height: 240 });
    const context = canvas.getContext("2d");
    const recorder = new MediaRecorder(canvas.captureStream(30), { mimeType: "video/webm" });
    const pieces: Blob[] = [];
    recorder.ondataavailable = ({ data }) => pieces.push(data);
    const stopped = new Promise((resolve) => (recorder.onstop = resolve));
    recorder.start();
    for (let frame = 0; frame < 20; frame++) {
      if (context) context.fillStyle = `hsl(${frame * 18} 80% 50%)`;
      context?.fillRect(0, 0, 320, 240);
      await new Promise(requestAnimationFrame);
    }
    recorder.stop();
    await stopped;
    return [...new Uint8Array(await new Blob(pieces).arrayBuffer())];
  });
  const video = { name: "clip.webm", mimeType: "video/webm", buffer: Buffer.from(bytes) };
  await visitor.part("viewfinder-file").setInputFiles(video);
  await expectState("live");
  await expect(dialog()).toContainText("Video, 320 × 240 pixels");
  await expect(visitor.part("viewfinder-save")).toBeEnabled();
  await nextFrames();
  await visitor.part("viewfinder-file").setInputFiles({ ...video, buffer: Buffer.from("no video") });
  await expect(status()).toHaveText("The browser cannot play this file. Choose another video, such as MP4 or WebM.");
  expect(await page.evaluate(() => window.work.max)).toBe(1);
});

for (const [device, viewport] of [
  ["a laptop", { width: 1366, height: 768 }],
  ["a phone", { width: 390, height: 844 }],
  ["a phone on its side", { width: 844, height: 390 }],
] as const) {
  test.describe(`on ${device}`, () => {
    test.use({ viewport });

    test("the pictures and the buttons are in sight, and axe objects to nothing", async ({ page }) => {
      await openLive();
      for (const name of ["overview", "digital", "result", "freeze", "save", "enlarge", "x4", "close"]) {
        await expect(visitor.part(`viewfinder-${name}`)).toBeInViewport({ ratio: 1 });
      }
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await violations(page)).toEqual([]);
      }
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(viewport.width);
    });
  });
}

test("a better model takes over between two frames, without interrupting the picture", async ({ page }) => {
  await page.evaluate(drawnCamera);
  await openLive();
  // With a small part, there is time for a better model, whose engine starts while frames are
  // computed.
  for (let press = 0; press < 12; press++) await page.keyboard.press("+");
  await expect(visitor.part("viewfinder-numbers")).not.toContainText("(fast)");
  await expectState("live");
  await nextFrames(5);
  await expectState("live");
});
