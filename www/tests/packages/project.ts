/** The package as npm packs it, and projects that use it. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { test as base } from "@playwright/test";

const www = resolve(import.meta.dirname, "../..");
const examples = join(www, "../examples");
const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "splitsr/packages");

/** Runs a program and gives what it printed. */
export async function run(program: string, args: string[], cwd: string): Promise<string> {
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1" };
  const { stdout } = await promisify(execFile)(program, args, { cwd, env, maxBuffer: 1 << 26 });
  return stdout;
}

/** Packs the package of a folder into another folder, and gives the file's path. */
export async function pack(source: string, to: string): Promise<string> {
  const printed = await run("npm", ["pack", "--silent", "--pack-destination", to], source);
  return join(to, printed.trim());
}

export const test = base.extend<object, { packed: { tarball: string; folder: string } }>({
  /** The package, and what is in it: packed once for each of the tests' processes. */
  packed: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads here what a fixture needs
    async ({}, use) => {
      const temporary = mkdtempSync(join(tmpdir(), "splitsr-packages-"));
      const tarball = await pack(www, temporary);
      await run("tar", ["-xzf", tarball], temporary);
      await use({ tarball, folder: join(temporary, "package") });
      rmSync(temporary, { recursive: true });
    },
    { scope: "worker" },
  ],
});

/**
 * Copies a project to the cache and installs what its lock file names, unless an earlier run did.
 * Skips the test if the registry cannot be reached.
 */
async function install(source: string): Promise<string> {
  const folder = join(cache, basename(source));
  const lock = readFileSync(join(source, "package-lock.json"));
  const stamp = createHash("sha256").update(lock).digest("hex");
  const stampFile = join(folder, "node_modules/.stamp");
  const isInstalled = existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp;
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) {
    if (name !== "node_modules") rmSync(join(folder, name), { recursive: true });
  }
  const isSource = (path: string) => !/\/(?:node_modules|dist|out|\.next)$/.test(path);
  cpSync(source, folder, { recursive: true, filter: isSource });
  if (isInstalled) return folder;
  try {
    await run("npm", ["ci", "--no-audit", "--no-fund"], folder);
  } catch (error) {
    const isOffline = /E(?:NOTFOUND|CONNREFUSED|CONNRESET|TIMEDOUT|AI_AGAIN|HOSTUNREACH)/.test(String(error));
    test.skip(isOffline, "the npm registry cannot be reached");
    throw error;
  }
  // npm makes no such folder for a project without dependencies.
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, stamp);
  return folder;
}

/** Makes an example in `examples` a fresh project that has installed the package. */
export async function project(name: string, tarball: string): Promise<string> {
  const folder = await install(join(examples, name));
  rmSync(join(folder, "node_modules/splitsr"), { recursive: true, force: true });
  const quietly = ["--no-save", "--prefer-offline", "--no-audit", "--no-fund"];
  await run("npm", ["install", ...quietly, tarball], folder);
  return folder;
}

/** The tools that check packages. */
export const tools = (): Promise<string> => install(join(import.meta.dirname, "tools"));
