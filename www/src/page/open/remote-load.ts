/**
 * Loads a picture from another site. The page's own policy forbids that, so `fetch.html` does it in
 * a sandbox.
 */
import type { Answer, Failure, Question } from "../../remote/protocol.ts";
import type { WorkOptions } from "../session/activity.ts";
import { missingPart } from "../shared/text.ts";
import { t } from "../shared/words.ts";

const MAX_BYTES = 64e6;
/** Milliseconds without data after which a site is given up. */
const SITE_TIMEOUT_MS = 30_000;
/** Milliseconds without an answer after which `fetch.html` is given up. */
const FRAME_TIMEOUT_MS = 10_000;

/** @throws an error for the reader. */
export function loadFrom(url: URL, { signal, onProgress }: WorkOptions): Promise<Blob> {
  const { host } = url;
  const frame = document.createElement("iframe");
  const { port1: port, port2 } = new MessageChannel();
  let timer = 0;
  let hasAnswered = false;
  const done = new Promise<Blob>((resolve, reject) => {
    signal.throwIfAborted();
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    const giveUp = () =>
      reject(
        new Error(
          hasAnswered
            ? t`${host} is not responding. Try again later, or save the picture from that site and open the file.`
            : missingPart(),
        ),
      );
    timer = window.setTimeout(giveUp, navigator.onLine ? FRAME_TIMEOUT_MS : 0);
    // Only the document that has the other end can answer here.
    port.onmessage = ({ data }: MessageEvent<Answer>) => {
      hasAnswered = true;
      clearTimeout(timer);
      if ("failure" in data) reject(new Error(failureText(host, data.failure)));
      else if ("bytes" in data) resolve(new Blob([data.bytes]));
      else {
        timer = window.setTimeout(giveUp, SITE_TIMEOUT_MS);
        if (data.of) onProgress(Math.min(1, data.loaded / data.of));
      }
    };
  });
  frame.sandbox.add("allow-scripts");
  frame.hidden = true;
  frame.src = new URL("fetch.html", document.baseURI).href;
  frame.addEventListener("load", () => {
    const question: Question = { url: url.href, maxBytes: MAX_BYTES };
    // A sandboxed document has no origin to name here.
    frame.contentWindow?.postMessage(question, "*", [port2]);
  });
  document.body.append(frame);
  return done.finally(() => {
    clearTimeout(timer);
    port.close();
    // Ends its requests.
    frame.remove();
  });
}

function failureText(host: string, failure: Failure): string {
  const advice = t("Save the picture from that site and open the file.");
  switch (failure) {
    case "refused":
      return `${t`${host} does not let other sites read its pictures.`} ${advice}`;
    case "unreachable":
      return t`${host} cannot be reached. Check the address and the connection, or save the picture from that site and open the file.`;
    case "large":
      return `${t`The file at ${host} is larger than ${MAX_BYTES / 1e6} MB.`} ${advice}`;
    default:
      return failure === 404 || failure === 410
        ? t`${host} has no such picture (it answered ${failure}). Check the address.`
        : `${t`${host} did not send the picture (it answered ${failure}).`} ${advice}`;
  }
}
