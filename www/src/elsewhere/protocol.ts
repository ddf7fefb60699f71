/** What the page and `fetch.html` say to each other. A question comes with a port for the answers. */
export interface Question {
  url: string;
  /** Larger pictures are not for a page. */
  mostBytes: number;
}

export type Answer = { loaded: number; of: number | undefined } | { bytes: ArrayBuffer } | { failure: Failure };

export type Failure =
  /** The site answers, but lets no other site read it. */
  | "refused"
  | "unreachable"
  | "large"
  /** The status that the site answered with. */
  | number;
