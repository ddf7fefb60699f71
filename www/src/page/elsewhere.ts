/**
 * Pictures on other sites. Nothing is asked of such a site before the visitor says so, since it learns of that. The page's
 * policy lets it ask nobody; `fetch.html`, in a sandbox, does it for the page.
 */
import { html, nothing, type TemplateResult } from "lit-html";
import type { Answer, Failure, Question } from "../elsewhere/protocol.ts";
import type { App } from "./app.ts";

/** Longer ones make no link that is carried everywhere. */
const MOST_CHARACTERS = 2000;
const MOST_BYTES = 64e6;
/** Milliseconds without a byte after which a site is given up, and without a word after which `fetch.html` is. */
const STALLED = 30_000;
const MUTE = 10_000;

/** An address that a picture may be loaded from; undefined for anything else. */
export function readAddress(text: string): URL | undefined {
  if (text.length > MOST_CHARACTERS || /\s/.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  // Browsers ask nothing of addresses with a password in them.
  const isPlain = /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
  return isPlain ? url : undefined;
}

/** A name for the picture, as a file's without its ending. */
export function nameIn({ pathname }: URL): string {
  const last = pathname.split("/").at(-1) ?? "";
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

/** @throws an error for the reader. */
export function loadFrom(
  url: URL,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (fraction: number) => void },
): Promise<Blob> {
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
            : "A part of this page could not be loaded. Check the connection and try again.",
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
    const question: Question = { url: url.href, mostBytes: MOST_BYTES };
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

/** Asks before another site is asked. */
export function offerTemplate(app: App): TemplateResult | typeof nothing {
  const { offer } = app.arrival;
  if (!offer) return nothing;
  return html`
    <div class="offer" data-testid="offer">
      <p>${offer.link ? "The link's picture" : "That picture"} is at <b>${offer.url.host}</b>.</p>
      <button
        type="button"
        class="primary wide"
        data-testid="load-elsewhere"
        ?disabled=${app.busy}
        @click=${() => void app.arrival.accept()}
      >
        Load it from there
      </button>
      <p class="about">
        That site then sees that somebody loads it. Nothing was asked of it yet, and what you make of the picture stays
        here.
      </p>
    </div>
  `;
}
