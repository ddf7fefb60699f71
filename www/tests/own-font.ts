/** One font for all of a page, so that screenshots don't depend on the fonts of the machine. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";

const FAMILY = "Own font of the tests";

const faces = [
  ["400", "regular.woff2"],
  ["700", "bold.woff2"],
].map(([weight, file = ""]) => ({
  weight,
  base64: readFileSync(join(import.meta.dirname, "font", file)).toString("base64"),
}));

/** From the next navigation on, all text is shown in the tests' own font. */
export async function useOwnFont(page: Page): Promise<void> {
  // Bytes and a constructed style sheet: the page's content security policy forbids both as files.
  await page.addInitScript(
    ({ family, faces }) => {
      for (const { weight = "400", base64 } of faces) {
        const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
        document.fonts.add(new FontFace(family, bytes, { weight }));
      }
      const sheet = new CSSStyleSheet();
      // Precise geometry, because the machine's settings decide about hinting otherwise.
      const style = `font-family: "${family}" !important; text-rendering: geometricPrecision !important`;
      sheet.replaceSync(`*, ::before, ::after, ::placeholder, ::file-selector-button { ${style} }`);
      document.adoptedStyleSheets = [sheet];
    },
    { family: FAMILY, faces },
  );
}

/** Fails where a glyph comes from a font of the machine, because `font/` has none for it. */
export async function expectOwnFont(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("DOM.enable");
  await session.send("CSS.enable");
  const { root } = await session.send("DOM.getDocument");
  const { nodeIds } = await session.send("DOM.querySelectorAll", { nodeId: root.nodeId, selector: "body, body *" });
  const others = new Set<string>();
  for (const nodeId of nodeIds) {
    const { fonts } = await session.send("CSS.getPlatformFontsForNode", { nodeId });
    if (fonts.every(({ isCustomFont }) => isCustomFont)) continue;
    const { outerHTML } = await session.send("DOM.getOuterHTML", { nodeId });
    others.add(`${fonts.map(({ familyName }) => familyName).join(", ")}: ${outerHTML.slice(0, 300)}`);
  }
  await session.detach();
  expect([...others], "fonts of the machine").toEqual([]);
}
