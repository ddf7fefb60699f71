/** A lock for a fine-tuning, which only one window at a time can run. */

/**
 * Resolves with the function that releases the lock, or with undefined if another window has it.
 */
export async function lock(id: string): Promise<(() => void) | undefined> {
  // Browsers have locks only in secure contexts.
  if (!("locks" in navigator)) return () => undefined;
  return new Promise((resolve, reject) => {
    const options = { ifAvailable: true };
    navigator.locks
      .request(`splitsr tuning ${id}`, options, (granted) => {
        if (!granted) {
          resolve(undefined);
          return undefined;
        }
        return new Promise<void>((release) => resolve(release));
      })
      .catch(reject);
  });
}
