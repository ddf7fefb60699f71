/** Writes to the clipboard. */

/**
 * Copies a text that may take a while. Browsers allow that only in the task of a click, so they
 * are given the promise; those that take none get the text when it is there.
 */
export async function copyText(text: Promise<string>): Promise<void> {
  const { clipboard } = navigator;
  try {
    await clipboard.write([
      new ClipboardItem({ "text/plain": text.then((text) => new Blob([text], { type: "text/plain" })) }),
    ]);
  } catch {
    await clipboard.writeText(await text);
  }
}
