/** The browsers of the smoke suite, and whether they are installed. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { Driver } from "./driver.ts";
import { launchFirefox } from "./firefox.ts";
import { launchChromium } from "./chromium.ts";
import { launchWebKit } from "./webkit.ts";

interface Browser {
  name: "chromium" | "firefox" | "webkit";
  /** Starts it; it saves files to `downloads`, and may use the empty folder `home`. */
  launch: (downloads: string, home: string) => Promise<Driver>;
}

/** The path of the first of these programs that is installed. */
function program(...names: (string | undefined)[]): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const paths = names.flatMap((name) =>
    name === undefined ? [] : name.includes("/") ? [name] : folders.map((folder) => join(folder, name)),
  );
  return paths.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

const chromium = program(process.env["CHROMIUM"], "chromium", "google-chrome");
const firefox = program(process.env["FIREFOX"], "firefox-esr", "firefox");
const webkit = program("WebKitWebDriver");

export const browsers: Browser[] = [];
/** Why the others are left out, in words. */
export const missing: string[] = [];

if (chromium !== undefined) {
  browsers.push({ name: "chromium", launch: (downloads) => launchChromium(chromium, downloads) });
} else missing.push("Chromium is not installed (CHROMIUM names it)");

if (firefox !== undefined) {
  browsers.push({ name: "firefox", launch: (downloads, home) => launchFirefox(firefox, downloads, home) });
} else missing.push("Firefox is not installed (FIREFOX names it)");

if (webkit !== undefined && program("Xvfb") !== undefined) {
  browsers.push({ name: "webkit", launch: (downloads, home) => launchWebKit(webkit, downloads, home) });
} else missing.push("WebKit is not installed (Debian's packages webkit2gtk-driver and xvfb)");
