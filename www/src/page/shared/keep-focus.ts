/**
 * Draws what is in `container`. The element of the selector `heir` gets the focus if that was in
 * there and is lost.
 */
export function keepFocus(container: HTMLElement, heir: string, draw: () => void): void {
  const hadFocus = container.contains(document.activeElement);
  draw();
  if (hadFocus && !container.contains(document.activeElement)) container.querySelector<HTMLElement>(heir)?.focus();
}
