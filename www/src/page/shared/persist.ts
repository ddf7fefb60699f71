/**
 * Asks the browser not to clear the storage when the device runs out of space. The answer changes
 * nothing.
 */
export async function persist(): Promise<void> {
  try {
    await navigator.storage.persist();
  } catch {
    // Some browsers have no storage, or forbid to ask.
  }
}
