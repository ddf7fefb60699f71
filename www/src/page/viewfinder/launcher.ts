/** Opens the viewfinder, whose code is loaded only then. */
import type { Commands } from "../session/commands.ts";
import type { Session } from "../session/session.ts";
import { missingPart } from "../shared/text.ts";
import type { ViewfinderDialog } from "./viewfinder-dialog.ts";

export class ViewfinderLauncher {
  /** Undefined until it is loaded. */
  #dialog: ViewfinderDialog | undefined;
  readonly #session: Session;
  readonly #commands: Commands;

  constructor(session: Session, commands: Commands) {
    this.#session = session;
    this.#commands = commands;
  }

  async open(): Promise<void> {
    try {
      const { ViewfinderDialog } = await import("./viewfinder-dialog.ts");
      // Two clicks may both wait for the code.
      this.#dialog ??= new ViewfinderDialog(this.#session, this.#commands);
      this.#dialog.show();
    } catch {
      this.#session.activity.remark(missingPart());
    }
  }
}
