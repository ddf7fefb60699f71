/** The messages between the page and `fetch.html`. A question comes with a port for the answers. */
export interface Question {
  url: string;
  /** Larger pictures are refused. */
  maxBytes: number;
}

export type Answer = { loaded: number; of: number | undefined } | { bytes: ArrayBuffer } | { failure: Failure };

export type Failure =
  /** The site answers, but lets no other site read it. */
  | "refused"
  | "unreachable"
  | "large"
  /** The status that the site answered with. */
  | number;
