/** Gives a thread the global functions of a browser's worker that the engine calls. */
import { parentPort } from "node:worker_threads";

const port = parentPort;
if (!port) throw new Error("this file runs only in a thread");

Object.assign(globalThis, {
  postMessage: port.postMessage.bind(port),
  addEventListener: (_type: "message", listener: (event: { data: unknown }) => void) =>
    port.on("message", (data: unknown) => listener({ data })),
});
