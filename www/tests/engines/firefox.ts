/**
 * Firefox, by Marionette
 * (https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html): WebDriver's commands
 * as JSON over a socket. With WebDriver BiDi, Firefox 153 watches all workers as a debugger does,
 * and a worker that starts others then hangs at random.
 */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import type { Driver } from "./driver.ts";
import { eventually, start, stop, timeouts, WebDriver, ELEMENT, type Command, type Session } from "./webdriver.ts";

/** `home` is an empty folder, for the browser's profile. */
export async function launchFirefox(executablePath: string, downloads: string, home: string): Promise<Driver> {
  const preferences = {
    // It picks a free one, and writes it into the profile.
    "marionette.port": 0,
    "browser.download.folderList": 2,
    "browser.download.dir": downloads,
    // It would show a saved WebP in a new tab, and the page, then hidden, would grow ever slower.
    "browser.download.viewableInternally.enabledTypes": "",
    "browser.download.alwaysOpenPanel": false,
    "datareporting.policy.dataSubmissionEnabled": false,
  };
  const lines = Object.entries(preferences).map((entry) => `user_pref(${JSON.stringify(entry).slice(1, -1)});\n`);
  await writeFile(join(home, "user.js"), lines);
  const children: ChildProcess[] = [];
  try {
    start(children, executablePath, ["--headless", "--no-remote", "--marionette", "--profile", home]);
    const port = await eventually(async () => {
      const text = await readFile(join(home, "MarionetteActivePort"), "utf8");
      if (text === "") throw new Error("Firefox has not written its port");
      return Number(text);
    });
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    const marionette = new Marionette(socket);
    await marionette.send("NewSession", {});
    await marionette.send("SetTimeouts", timeouts);
    return await WebDriver.start(marionette, children);
  } catch (error) {
    stop(children);
    throw error;
  }
}

/**
 * `[1, id, error, result]`, after the answers `[0, id, ...]` of the browser's own commands, of
 * which there are none.
 */
type Answer = [1, number, { error: string; message: string } | null, Record<string, unknown> | null];

type OwnCommand = "NewSession" | "SetTimeouts" | "PerformActions";

class Marionette implements Session {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, { answered: (answer: Answer) => void; failed: (error: Error) => void }>();
  #received = Buffer.alloc(0);
  #lastId = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (data) => {
      this.#received = Buffer.concat([this.#received, data]);
      this.#read();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      for (const { failed } of this.#waiting.values()) failed(new Error("Firefox has gone"));
    });
  }

  /** Its own command for a click waits five seconds for another page when a click saves a file. */
  async click(id: string): Promise<void> {
    const origin = { [ELEMENT]: id };
    const actions = [
      { type: "pointerMove", x: 0, y: 0, origin },
      { type: "pointerDown", button: 0 },
      { type: "pointerUp", button: 0 },
    ];
    await this.send("PerformActions", { actions: [{ type: "pointer", id: "mouse", actions }] });
  }

  async send(command: Command | OwnCommand, parameters: Record<string, unknown>): Promise<unknown> {
    const id = ++this.#lastId;
    const message = JSON.stringify([0, id, `WebDriver:${command}`, parameters]);
    const [, , error, result] = await new Promise<Answer>((answered, failed) => {
      this.#waiting.set(id, { answered, failed });
      this.#socket.write(`${Buffer.byteLength(message)}:${message}`);
    });
    if (error) throw new Error(`${error.error}: ${error.message}`);
    return result && "value" in result ? result["value"] : result;
  }

  /** Each message is its length in bytes, a colon, and JSON. */
  #read(): void {
    for (;;) {
      const colon = this.#received.indexOf(":");
      if (colon < 0) return;
      const end = colon + 1 + Number(this.#received.toString("latin1", 0, colon));
      if (this.#received.length < end) return;
      const message: unknown = JSON.parse(this.#received.toString("utf8", colon + 1, end));
      this.#received = this.#received.subarray(end);
      // The first one describes the protocol.
      if (!Array.isArray(message)) continue;
      const answer = message as Answer;
      this.#waiting.get(answer[1])?.answered(answer);
      this.#waiting.delete(answer[1]);
    }
  }
}
