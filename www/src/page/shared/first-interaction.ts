/**
 * Resolves when the visitor first moves, touches or types. The engine and a model are four times
 * the size of the page: they are not loaded for a visitor who only looks, and are ready when one
 * opens a picture.
 */
export function firstInteraction(): Promise<void> {
  return new Promise((resolve) => {
    const listening = new AbortController();
    for (const type of ["pointermove", "pointerdown", "keydown", "dragenter", "paste"]) {
      const onInteraction = () => {
        listening.abort();
        resolve();
      };
      addEventListener(type, onInteraction, { capture: true, passive: true, signal: listening.signal });
    }
  });
}
