/** Pictures on other sites are loaded when the visitor agrees, and not before. */
import { expect, test } from "@playwright/test";
import { newcomer, paste, verified, visit } from "./linking.ts";
import { RemoteSite } from "./remote-site.ts";
import { violations, type Visitor } from "./support.ts";

let visitor: Visitor;

test.beforeEach(async ({ page }) => {
  visitor = await visit(page);
});

test.describe("a picture on another site", () => {
  const remote = new RemoteSite();
  let picture: string;

  test.beforeEach(async () => {
    remote.requests.length = 0;
    await remote.start();
    picture = `${remote.url}/pictures/fur%20ball.png`;
  });
  test.afterEach(() => remote.stop());

  const linkTo = (url: string, rest = "") => `#img=url:${encodeURIComponent(url)}${rest}`;

  test("is loaded from a link when the visitor says so, and not before", async ({ page, context }) => {
    const foreign: string[] = [];
    context.on("request", (request) => {
      if (request.url().startsWith(remote.url)) foreign.push(request.url());
    });
    const complaints: string[] = [];
    context.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    await visitor.open(linkTo(picture, "&model=splitsr-tiny-x2&zoom=1.5&part=10,20,100,80"));
    await visitor.expectState("idle");
    await expect(visitor.part("offer")).toContainText(`The link's picture is at ${remote.host}.`);
    await page.waitForFunction(() => history.state !== null);
    await expect(page).toHaveURL(/img=url:.*zoom=1.5&part=10,20,100,80$/);
    const address = page.url();
    expect(await violations(page)).toEqual([]);
    // The engine is ready, since it has described the network.
    await visitor.stir();
    await visitor.unfold("network");
    await expect(visitor.part("network-facts")).toHaveText(/\d/);
    expect(foreign).toEqual([]);
    expect(remote.requests).toHaveLength(0);

    await visitor.part("load-elsewhere").click();
    await visitor.expectState("done");
    expect(await visitor.resultSize()).toEqual([150, 120]);
    await expect(page.locator("#panel")).toContainText("fur ball");
    await expect(visitor.part("offer")).toHaveCount(0);
    await expect(page).toHaveURL(address);
    expect(foreign).toEqual([picture]);
    const [request] = remote.requests;
    expect(request?.headers["referer"]).toBeUndefined();
    expect(request?.headers["cookie"]).toBeUndefined();
    expect(request?.headers["origin"]).toBe("null");
    expect(await page.locator("iframe").count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test("verifies", async ({ browser, page }) => {
    await paste(page, picture);
    await visitor.part("load-elsewhere").click();
    await expect(visitor.part("status")).toHaveText(/^Ready.* 372 × 280 .* 744 × 560 /);
    await visitor.run();
    await visitor.part("verify").click();
    await expect(visitor.part("verdict")).toHaveText(/link now contains the check value/);
    await expect(page.locator("#panel")).toContainText(`The link points to the picture at ${remote.host}.`);
    const receiver = await newcomer(browser);
    await receiver.open(await visitor.link());
    await receiver.part("load-elsewhere").click();
    await verified(receiver);
    await receiver.close();
  });

  test("can be pasted or dropped as an address", async ({ page }) => {
    await paste(page, ` ${remote.url}/moved.png\n`);
    await expect(visitor.part("offer")).toContainText(`The picture is at ${remote.host}.`);
    expect(remote.requests).toHaveLength(0);
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
    // The open picture stays in the link until the other one is loaded.
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
    ["/error.png", "did not send the picture (it answered 500)"],
    ["/large.png", "is larger than 64 MB"],
    ["/endless.png", "is larger than 64 MB"],
    ["/page.html", "text"],
  ] as const) {
    test(`that cannot be loaded is reported: ${path}`, async ({ page }) => {
      await paste(page, remote.url + path);
      await visitor.part("load-elsewhere").click();
      await visitor.expectState("error");
      await expect(visitor.part("status")).toContainText(why);
      expect(await page.locator("iframe").count()).toBe(0);
      await visitor.chooseDemo("Fur");
    });
  }

  test("whose site cannot be reached is reported, and another one can be opened while one loads", async ({ page }) => {
    await paste(page, `${remote.url}/slow.png`);
    await visitor.part("load-elsewhere").click();
    await visitor.expectState("working");
    await visitor.part("cancel").click();
    await expect(visitor.part("status")).toHaveText(/^Cancelled/);
    await visitor.part("load-elsewhere").click();
    await visitor.expectState("working");
    await visitor.chooseDemo("Fur");
    expect(await page.locator("iframe").count()).toBe(0);

    await remote.stop();
    await paste(page, picture);
    await visitor.part("load-elsewhere").click();
    await visitor.expectState("error");
    await expect(visitor.part("status")).toContainText("cannot be reached");
    await remote.start();
  });

  test("cannot be requested by other sites: the frame serves this site's pages alone, in a sandbox", async ({
    page,
  }) => {
    // In a frame with this site's rights, it does nothing.
    const asked = await page.evaluate(async (url) => {
      const frame = document.createElement("iframe");
      frame.src = "fetch.html";
      document.body.append(frame);
      await new Promise((done) => frame.addEventListener("load", done));
      // Receives the question after the frame's own script, and answers if that did not.
      frame.contentWindow?.addEventListener("message", ({ ports }) => ports[0]?.postMessage("nothing"));
      const { port1, port2 } = new MessageChannel();
      frame.contentWindow?.postMessage({ url, maxBytes: 1e6 }, "*", [port2]);
      return new Promise((done) => (port1.onmessage = ({ data }) => done(data)));
    }, picture);
    expect(asked).toBe("nothing");
    expect(remote.requests).toHaveLength(0);
    // The page itself cannot request it either.
    const refused = await page.evaluate((url) => fetch(url).then(String, () => "refused"), picture);
    expect(refused).toBe("refused");
    expect(remote.requests).toHaveLength(0);
  });
});

test("pasted text that is neither a picture nor an address is reported", async ({ page }) => {
  for (const text of [
    "a poem",
    "javascript:alert(1)",
    "ftp://example.com/a.png",
    "https://user:word@example.com/a.png",
  ]) {
    await paste(page, text);
    await visitor.expectState("error");
    await expect(visitor.part("status")).toContainText("That was text, not a picture.");
    await expect(visitor.part("offer")).toHaveCount(0);
    await visitor.chooseDemo("Fur");
  }
});
