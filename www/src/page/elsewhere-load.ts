/**
 * Loads a picture from another site, when the visitor has said so. The page's policy lets it ask nobody; `fetch.html`, in a
 * sandbox, does it for the page.
 */
import type { Answer, Failure, Question } from "../remote/protocol.ts";
import type { WorkOptions } from "./activity.ts";
import { MISSING_PART } from "./text.ts";

const MOST_BYTES = 64e6;
/** Milliseconds without a byte after which a site is given up, and without a word after which `fetch.html` is. */
const STALLED = 30_000;
const MUTE = 10_000;

/** @throws an error for the reader. */
export function loadFrom(url: URL, { signal, onProgress }: WorkOptions): Promise<Blob> {
  const { host } = url;
  const frame = document.createElement("iframe");
  const { port1: port, port2 } = new MessageChannel();
  let timer = 0;
  let isThere = false;
  const done = new Promise<Blob>((resolve, reject) => {
    signal.throwIfAborted();
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    const giveUp = () =>
      reject(
        new Error(
          isThere
            ? `${host} sends nothing. Try again later, or save the picture there and open the file.`
            : MISSING_PART,
        ),
      );
    timer = window.setTimeout(giveUp, navigator.onLine ? MUTE : 0);
    // Only the document that got the other end can answer here.
    port.onmessage = ({ data }: MessageEvent<Answer>) => {
      isThere = true;
      clearTimeout(timer);
      if ("failure" in data) reject(new Error(failureText(host, data.failure)));
      else if ("bytes" in data) resolve(new Blob([data.bytes]));
      else {
        timer = window.setTimeout(giveUp, STALLED);
        if (data.of) onProgress(Math.min(1, data.loaded / data.of));
      }
    };
  });
  frame.sandbox.add("allow-scripts");
  frame.hidden = true;
  frame.src = new URL("fetch.html", document.baseURI).href;
  frame.addEventListener("load", () => {
    const question: Question = { url: url.href, maxBytes: MOST_BYTES };
    // A sandboxed document has no origin that could be named here.
    frame.contentWindow?.postMessage(question, "*", [port2]);
  });
  document.body.append(frame);
  return done.finally(() => {
    clearTimeout(timer);
    port.close();
    // Ends what it still loads.
    frame.remove();
  });
}

function failureText(host: string, failure: Failure): string {
  const advice = "Save the picture there and open the file.";
  switch (failure) {
    case "refused":
      return `${host} does not let other sites read its pictures. ${advice}`;
    case "unreachable":
      return `${host} cannot be reached. Check the address and the connection. Or: ${advice.toLowerCase()}`;
    case "large":
      return `The file at ${host} is larger than ${MOST_BYTES / 1e6} MB. ${advice}`;
    default:
      return failure === 404 || failure === 410
        ? `${host} has no such picture (it answered ${failure}). Check the address.`
        : `${host} gives no picture (it answered ${failure}). ${advice}`;
  }
}
