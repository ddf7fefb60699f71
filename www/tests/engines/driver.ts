/** Everything that the cases ask of a browser. */
export interface Driver {
  goto(url: string): Promise<void>;
  /**
   * Runs a function in the page. It cannot use anything outside of itself; its argument and its
   * result are JSON.
   */
  evaluate<Result>(run: () => Result | Promise<Result>): Promise<Result>;
  evaluate<Result, Argument>(
    run: (argument: Argument) => Result | Promise<Result>,
    argument: Argument,
  ): Promise<Result>;
  /** Chooses files in a file input. */
  setFiles(selector: string, paths: string[]): Promise<void>;
  /** Clicks an element when it can be clicked. */
  click(selector: string): Promise<void>;
  /** Replaces the text of a field. */
  fill(selector: string, text: string): Promise<void>;
  /** The window's content as PNG. */
  screenshot(): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** The window's content, in CSS pixels. */
export const viewport = { width: 1280, height: 800 };

/** JavaScript that calls a function; its value is what the function returns. */
export function call(run: (argument: never) => unknown, argument: unknown): string {
  return `(${String(run)})(${argument === undefined ? "" : JSON.stringify(argument)})`;
}
