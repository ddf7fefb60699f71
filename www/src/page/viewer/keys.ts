/** The viewer's keys. */

/** CSS pixels that an arrow key moves the pictures by. */
const PAN = 60;
/** The share of the viewer that an arrow key moves the dividing line by. */
const DIVIDE = 0.02;

export interface KeyActions {
  /** Whether there is a picture. */
  readonly isReady: boolean;
  panBy(x: number, y: number): void;
  zoomBy(factor: number): void;
  showAll(): void;
  showActual(): void;
  showOther(): void;
  /** Moves the dividing line by a share of the viewer. */
  divideBy(change: number): void;
  /** Shows the original in the result's place. */
  hold(isHeld: boolean): void;
}

/** `root` includes the toolbar, which has the focus after a click. */
export function listenToKeys(
  root: HTMLElement,
  viewport: HTMLElement,
  divider: HTMLElement,
  actions: KeyActions,
): void {
  const keys: Record<string, () => void> = {
    ArrowLeft: () => actions.panBy(PAN, 0),
    ArrowRight: () => actions.panBy(-PAN, 0),
    ArrowUp: () => actions.panBy(0, PAN),
    ArrowDown: () => actions.panBy(0, -PAN),
    "+": () => actions.zoomBy(1.25),
    "=": () => actions.zoomBy(1.25),
    "-": () => actions.zoomBy(0.8),
    "0": () => actions.showAll(),
    "1": () => actions.showActual(),
    x: () => actions.showOther(),
  };
  const dividerKeys: typeof keys = {
    ...keys,
    ArrowLeft: () => actions.divideBy(-DIVIDE),
    ArrowRight: () => actions.divideBy(DIVIDE),
    Home: () => actions.divideBy(-1),
    End: () => actions.divideBy(1),
  };
  for (const end of ["keyup", "blur"]) viewport.addEventListener(end, () => actions.hold(false));
  root.addEventListener("keydown", (event) => {
    // A list has its own keys.
    if (event.target instanceof HTMLSelectElement) return;
    if (event.target === viewport && event.key === " ") {
      event.preventDefault();
      actions.hold(true);
    }
    // Caps Lock and layouts of other scripts, such as Hangul, give other names.
    const isX = event.key === "X" || (event.code === "KeyX" && !/^[a-z]$/i.test(event.key));
    const act = (event.target === divider ? dividerKeys : keys)[isX ? "x" : event.key];
    if (!act || !actions.isReady || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });
}
