/**
 * The click of a button that is off by `aria-disabled`. Unlike a disabled button it keeps the focus
 * while the page works, but it still gets clicks, which must do nothing.
 */
export function unlessOff(isOff: boolean, action: () => unknown): () => void {
  return () => {
    if (!isOff) void action();
  };
}
