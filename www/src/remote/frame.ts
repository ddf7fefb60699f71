/**
 * The script of `fetch.html`: loads a picture from another site, which the page's own policy
 * forbids. The document is sandboxed and so has no origin: it cannot see the page, and sites see
 * only that somebody asks.
 */
import type { Answer, Question } from "./protocol.ts";

addEventListener("message", ({ source, origin, data, ports: [port] }: MessageEvent<Question>) => {
  // Serves pages of this site only, and never with this site's rights.
  if (source !== parent || origin !== location.origin || self.origin !== "null" || !port) return;
  const answer = (answer: Answer, transfer: Transferable[] = []) => port.postMessage(answer, transfer);
  answer({ loaded: 0, of: undefined });
  void load(data, answer).then((last) => answer(last, "bytes" in last ? [last.bytes] : []));
});

/** The page stops it by removing the document. */
async function load({ url, maxBytes }: Question, onProgress: (answer: Answer) => void): Promise<Answer> {
  const options: RequestInit = { credentials: "omit", referrerPolicy: "no-referrer" };
  let response: Response;
  try {
    response = await fetch(url, options);
  } catch {
    // Browsers do not say why. A site that gives an opaque answer refuses other sites.
    const answers = await fetch(url, { ...options, mode: "no-cors" }).then(
      () => true,
      () => false,
    );
    return { failure: answers ? "refused" : "unreachable" };
  }
  if (!response.ok || !response.body) return { failure: response.status };
  const of = Number(response.headers.get("content-length")) || undefined;
  if (of && of > maxBytes) return { failure: "large" };
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let loaded = 0;
  try {
    const reader = response.body.getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      chunks.push(next.value);
      loaded += next.value.length;
      if (loaded > maxBytes) return { failure: "large" };
      onProgress({ loaded, of });
    }
  } catch {
    return { failure: "unreachable" };
  }
  return { bytes: await new Blob(chunks).arrayBuffer() };
}
