/** Choices that are stored on this device. */

/** Null if nothing was chosen. */
export function remembered(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    // Some private windows have no storage.
    return null;
  }
}

export function remember(key: string, choice: string): void {
  try {
    localStorage.setItem(key, choice);
  } catch {
    // The choice lasts until the page is closed.
  }
}
