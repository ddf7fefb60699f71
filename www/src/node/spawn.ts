/** Stands in for `../engine/spawn.ts`: workers are threads of Node. */
import { Worker as Thread, type Transferable } from "node:worker_threads";
import { known, locate, type Files } from "../engine/files.ts";
import type * as Browser from "../engine/spawn.ts";

export function spawn(script: string, files: Files = known()): Worker {
  const worker = new ThreadWorker(locate(script, files));
  worker.postMessage({ files });
  // The engine needs no more of a worker than this class has.
  return worker as unknown as Worker;
}

/** A thread with the events of a browser's worker. */
class ThreadWorker extends EventTarget {
  readonly #thread: Thread;
  /** Calls that wait for their answers: only they keep the program running. */
  #waiting = 0;

  constructor(script: URL) {
    super();
    // Options of the program, such as loaders, do not concern our scripts.
    this.#thread = new Thread(script, { execArgv: [] });
    this.#thread.on("message", (data: object) => {
      if (!("event" in data)) this.#wait(-1);
      this.dispatchEvent(new MessageEvent("message", { data }));
    });
    this.#thread.on("error", ({ message }) => this.dispatchEvent(Object.assign(new Event("error"), { message })));
    this.#thread.unref();
  }

  postMessage(message: object, transfer: Transferable[] = []): void {
    this.#thread.postMessage(message, transfer);
    if ("method" in message) this.#wait(1);
  }

  terminate(): void {
    void this.#thread.terminate();
  }

  #wait(change: 1 | -1): void {
    this.#waiting += change;
    if (this.#waiting > 0) this.#thread.ref();
    else this.#thread.unref();
  }
}

export const failureText: typeof Browser.failureText = ({ message }) =>
  `A worker thread failed (${message}). Try it again.`;

/** Node has them. */
export const requireWorkers: typeof Browser.requireWorkers = () => undefined;
