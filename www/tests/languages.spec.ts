/** The page in other languages: which is shown, what stays on a change, numbers and plurals. */
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { texts as german } from "../src/page/languages/de.ts";
import { texts as korean } from "../src/page/languages/ko.ts";
import { translate } from "../src/page/languages/markup.ts";
import { bytesText, sizeText, timeText } from "../src/page/shared/text.ts";
import { fixed, plural, setLanguage, t, whole, type Texts } from "../src/page/shared/words.ts";
import { awkwardFile, dataFolder, TINY, violations, Visitor } from "./support.ts";

const fur = join(dataFolder, "demo/fur.png");

test.describe("without a browser", () => {
  test.afterEach(() => setLanguage(undefined));

  const setTexts = (tag: string, texts: Texts) =>
    setLanguage({
      tag,
      texts,
      template: () => {
        throw new Error("there is no template here");
      },
    });
  const steps = (count: number) => plural(count, "{0} step", "{0} steps", whole(count));

  test("each language has its own plurals and numbers", () => {
    setTexts("de", german);
    expect([0, 1, 1200].map(steps)).toEqual(["0 Schritte", "1 Schritt", "1.200 Schritte"]);
    expect([timeText(2500), timeText(12), bytesText(2_340_000)]).toEqual(["2,5 s", "12 ms", "2,3 MB"]);
    setTexts("ko", korean);
    expect([0, 1, 1200].map(steps)).toEqual(["0단계", "1단계", "1,200단계"]);
    expect([timeText(2500), sizeText({ width: 3, height: 4 })]).toEqual(["2.5초", "3 × 4픽셀"]);
    setTexts("pl", { "{0} steps": { one: "{0} krok", few: "{0} kroki", many: "{0} kroków", other: "{0} kroku" } });
    expect([1, 2, 5, 22].map(steps)).toEqual(["1 krok", "2 kroki", "5 kroków", "22 kroki"]);
    expect(fixed(0.25, 2)).toBe("0,25");
    // It lacks all other texts.
    expect(t`Reading ${"{1}"}…`).toBe("Reading {1}…");
  });

  test("a sentence is translated as a whole, with its values and elements in another order", () => {
    const say = (english: string) =>
      ({ "Makes <0>{0}</0> better by {1}.": "{1}: <0>{0}</0>!", "Remove {0}": "{0} weg", "Or this": "Oder das" })[
        english
      ];
    const template = [
      '<p class="lead" title="Remove ',
      '">\n  Makes <b id=',
      ">",
      "</b> better\n  by ",
      ".</p><p>Or this</p>",
    ];
    const { strings, order } = translate(template, (english) => say(english) ?? english);
    expect(order).toEqual([0, 3, 1, 2]);
    expect(strings).toEqual(['<p class="lead" title="', ' weg">\n  ', ": <b id=", ">", "</b>!</p><p>Oder das</p>"]);
  });

  test("a template without known texts stays as it is", () => {
    const template = ['<ul data-a="', '"><li>', "</li>", " <li><input .value=", " /> Text</li></ul>"];
    const { strings, order } = translate(template, (english) => english);
    expect(strings).toEqual(template);
    expect(order).toEqual([0, 1, 2, 3]);
  });
});

for (const { locale, lang, title, heading, tool, enlarge, done } of [
  {
    locale: "de-AT",
    lang: "de",
    title: /Bilder auf dem eigenen Gerät/,
    heading: "Ein Bild vergrößern",
    tool: "Lupe",
    enlarge: "Vergrößern",
    done: /^Fertig in (\d+ ms|\d+,\d s): 744 × 560 Pixel\.$/,
  },
  {
    locale: "ko-KR",
    lang: "ko",
    title: /내 기기에서 사진 확대/,
    heading: "사진 확대",
    tool: "돋보기",
    enlarge: "확대",
    done: /^(\d+ms|\d+\.\d초) 만에 끝났어요: 744 × 560픽셀\.$/,
  },
]) {
  test.describe(`in a browser that prefers ${locale}`, () => {
    test.use({ locale });

    test("the page speaks that language, and anyone can use it", async ({ page }) => {
      const visitor = new Visitor(page);
      await visitor.open(TINY);
      await expect(page.locator("html")).toHaveAttribute("lang", lang);
      await expect(page).toHaveTitle(title);
      await expect(page.getByRole("heading", { name: heading })).toBeVisible();
      await expect(visitor.tool("loupe")).toHaveText(tool);
      await expect(visitor.part("language")).toHaveValue(lang);
      await visitor.expectState("idle");
      expect(await violations(page)).toEqual([]);

      await visitor.chooseFile(fur);
      await expect(visitor.part("run")).toBeEnabled();
      await visitor.run();
      await expect(visitor.part("status")).toHaveText(done);
      await expect(visitor.part("run")).toHaveText(enlarge);
      for (const section of ["compare", "network", "tuning", "device", "report"] as const)
        await visitor.unfold(section);
      await expect(visitor.part("network-facts")).toContainText("1280 × 720");
      expect(await violations(page)).toEqual([]);
      await visitor.part("finetune-open").click();
      await expect(page.getByRole("dialog")).toBeVisible();
      expect(await violations(page)).toEqual([]);
    });
  });
}

test("another language keeps the picture, the result, the settings and the link, and is remembered", async ({
  page,
}) => {
  const visitor = new Visitor(page);
  await visitor.open(`${TINY}&zoom=1.5`);
  await visitor.chooseFile(fur);
  await expect(visitor.part("run")).toBeEnabled();
  await visitor.run();
  await visitor.unfold("network");
  await visitor.chooseFormat("JPEG");
  // By then all has loaded that these need, such as the codecs.
  await expect(visitor.part("download").locator("small")).toBeVisible();
  await expect(page.locator(".network .drawing").first()).toBeVisible();
  const pixel = await visitor.resultPixel(100, 100);
  const address = await visitor.address();
  const link = await visitor.link();
  const requests: string[] = [];
  page.on("request", (request) => requests.push(new URL(request.url()).pathname));

  const choose = async (name: string) => {
    await visitor.part("language").focus();
    await visitor.part("language").selectOption({ label: name });
    // The list keeps the focus, for visitors who choose by keyboard.
    await expect(visitor.part("language")).toBeFocused();
  };
  await choose("한국어");
  await expect(page.locator("html")).toHaveAttribute("lang", "ko");
  await expect(visitor.part("status")).toHaveText(/만에 끝났어요: 558 × 420픽셀\.$/);
  await expect(page.locator(".tag-after")).toHaveText("확대본 ×1.5");
  await choose("Deutsch");
  await expect(visitor.part("status")).toHaveText(/^Fertig in .*: 558 × 420 Pixel\.$/);
  await expect(page.locator(".tag-after")).toHaveText("Vergrößert ×1,5");
  await expect(page.locator(".tag-before")).toHaveText(/^Original/);
  await expect(page.locator(".folds > .network")).toHaveAttribute("open", "");
  await expect(visitor.part("zoom")).toHaveValue("1.5");
  await expect(visitor.format).toHaveValue("JPEG");
  expect(await visitor.resultSize()).toEqual([558, 420]);
  expect(await visitor.resultPixel(100, 100)).toEqual(pixel);
  expect([page.url(), await visitor.link()]).toEqual([address, link]);
  expect(requests.filter((path) => !/^\/assets\/(de|ko|speaking)-/.test(path))).toEqual([]);

  await page.reload();
  await expect(page.getByRole("heading", { name: "Ein Bild vergrößern" })).toBeVisible();
  await choose("English");
  await expect(page.getByRole("heading", { name: "Enlarge a picture" })).toBeVisible();
  await expect(visitor.tool("fit")).toHaveText("Fit");
  await expect(page).toHaveTitle("SplitSR: enlarge pictures on your own device");
  await page.reload();
  await expect(page.getByRole("heading", { name: "Enlarge a picture" })).toBeVisible();
});

test("each choice is named in its own language", async ({ page }) => {
  const visitor = new Visitor(page);
  await visitor.open();
  const options = await visitor.part("language").locator("option").all();
  const named = await Promise.all(
    options.map(async (one) => [await one.getAttribute("lang"), await one.textContent()]),
  );
  expect(named).toEqual([
    ["en", "English"],
    ["de", "Deutsch"],
    ["ko", "한국어"],
  ]);
});

for (const [languages, lang] of [
  [["fr-FR"], "en"],
  [["fr-FR", "ko", "de"], "ko"],
  [["en-GB", "de"], "en"],
] as const) {
  test(`a visitor who prefers ${languages.join(", then ")} gets ${lang}`, async ({ page }) => {
    await page.addInitScript((languages) => {
      Object.defineProperty(navigator, "languages", { value: languages });
    }, languages);
    const requests: string[] = [];
    page.on("request", (request) => requests.push(new URL(request.url()).pathname));
    const visitor = new Visitor(page);
    await visitor.open();
    await visitor.expectState("idle");
    await expect(page.locator("html")).toHaveAttribute("lang", lang);
    await expect(visitor.part("language")).toHaveValue(lang);
    // English needs no file.
    expect(requests.some((path) => /^\/assets\/(de|ko|speaking)-/.test(path))).toBe(lang !== "en");
  });
}

test("what the engine says is marked as English in another language", async ({ page }) => {
  const visitor = new Visitor(page);
  await visitor.open();
  await visitor.part("language").selectOption("de");
  const cleanUp = page.locator("#clean-about");
  await expect(cleanUp.locator("[lang]")).toHaveCount(0);
  await visitor.chooseFile(awkwardFile("animated.gif"));
  await expect(page.getByText(/^Hinweis: /).first()).toHaveAttribute("lang", "en");
  await visitor.chooseFile(awkwardFile("chroma420.jpg"));
  await expect(cleanUp).toContainText(/^Komprimiert: /);
  await expect(cleanUp.locator("[lang=en]")).toHaveText(/quality about/);
});

test.describe("if a language cannot be loaded", () => {
  test.use({ locale: "de-DE" });

  test("the page is English, says so when it is asked for another, and works", async ({ page }) => {
    const failures: string[] = [];
    page.on("pageerror", ({ message }) => failures.push(message));
    await page.route("**/assets/de-*.js", (route) => route.abort());
    const visitor = new Visitor(page);
    await visitor.open(TINY);
    await visitor.expectState("idle");
    await expect(page.locator("html")).toHaveAttribute("lang", "en");
    await expect(page.getByRole("heading", { name: "Enlarge a picture" })).toBeVisible();
    await visitor.part("language").selectOption("de");
    await expect(visitor.part("status")).toHaveText(/^A part of this page could not be loaded\./);
    await expect(visitor.part("language")).toHaveValue("en");
    await visitor.chooseFile(fur);
    await expect(visitor.part("run")).toBeEnabled();
    await visitor.run();
    await expect(visitor.part("status")).toHaveText(/^Done in/);
    // The other language is there.
    await visitor.part("language").selectOption("ko");
    await expect(visitor.part("status")).toHaveText(/만에 끝났어요/);
    expect(failures).toEqual([]);
  });
});
