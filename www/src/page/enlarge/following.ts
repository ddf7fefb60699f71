/** Enlarges again and again while a slider moves. */
import { MAX_AUTO_ENLARGE_MS } from "../session/auto-enlarge.ts";
import type { Commands } from "../session/commands.ts";
import type { Session } from "../session/session.ts";

/** A run that has taken longer, in milliseconds, is cancelled when the slider moves on. */
const MAX_RUN_MS = 300;

interface Run {
  start: number;
  /** Whether something of it was seen. */
  isSeen: boolean;
  /** Whether the slider has moved on. */
  isOutdated: boolean;
}

export class Following {
  readonly #session: Session;
  readonly #commands: Commands;
  #run: Run | undefined;

  constructor(session: Session, commands: Commands) {
    this.#session = session;
    this.#commands = commands;
  }

  /** Whether the result follows the clean-up: each must take a short time. */
  followsCleanUp(): boolean {
    const { result, resultTookAsLong, estimate, activity } = this.#session;
    // The estimate is too long if the device was busy then: a measured time counts more.
    const estimated = resultTookAsLong ? 0 : (estimate?.milliseconds ?? 0);
    const took = Math.max(result?.upscaled.report.milliseconds ?? Infinity, estimated);
    return took <= MAX_AUTO_ENLARGE_MS && activity.status.state !== "loading";
  }

  /** Whether it follows the networks of an elastic model. */
  followsNetwork(): boolean {
    const { result, enlargesAutomatically, choice } = this.#session;
    // Another model's result goes away with its engine.
    return this.followsCleanUp() && result?.model === choice.name && enlargesAutomatically && choice.isElastic;
  }

  /**
   * Each result stays until the next one is there, and only the latest setting counts. Returns
   * whether the result is up to date in the end; another call may already be working on that.
   */
  async follow(): Promise<boolean> {
    const session = this.#session;
    if (this.#run) {
      // Something of each run is shown: if each move cancelled it, no result would ever be seen.
      this.#run.isOutdated = true;
      if (this.#run.isSeen || performance.now() - this.#run.start > MAX_RUN_MS) session.activity.end();
      return false;
    }
    const { base } = session;
    const isBehind = () => session.result && !session.resultIsCurrent && session.base === base;
    while (isBehind()) {
      const run: Run = { start: performance.now(), isSeen: false, isOutdated: false };
      this.#run = run;
      const onPreview = () => {
        run.isSeen = true;
        if (run.isOutdated) session.activity.end();
      };
      if (!(await this.#commands.run({ keepsResult: true, onPreview })) && !run.isOutdated) break;
    }
    this.#run = undefined;
    return session.resultIsCurrent;
  }
}
