/**
 * Puts the page together. Imports go in one direction, which ESLint checks:
 *
 *     main → panel → app → features → session → shared → ../module
 *
 * `session/` is the page's state, without lit or the DOM. `shared/` has stateless code that several
 * features need. Each other folder is a feature: its model and its `section.ts`. A feature never
 * imports another one. It reads the session, and requests actions that affect other features
 * through the interface `Commands`, which `app.ts` implements.
 */
import { App } from "./app.ts";
import { probeFormats } from "./export/section.ts";
import { startLanguage } from "./languages/languages.ts";
import { takeLaunched, takeShared, wasShared } from "./open/arrivals.ts";
import { offerOffline } from "./offline/section.ts";
import { draw } from "./panel.ts";
import { Session } from "./session/session.ts";
import { Sheet } from "./sheet/sheet.ts";
import { firstInteraction } from "./shared/first-interaction.ts";
import { holdScrolledSliders } from "./shared/slider-touch.ts";
import { onLanguage } from "./shared/words.ts";
import { Viewer } from "./viewer/viewer.ts";

const part = (id: string): HTMLElement => {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no #${id}`);
  return element;
};
const panel = part("panel");
const places = { panel, welcome: part("welcome"), rival: part("rival") };
const stage = part("stage");
const sheet = new Sheet(part("main"), stage, part("handle"), panel);

holdScrolledSliders();
const session = new Session();
const app = new App(session, new Viewer(stage));
let isDrawing = false;
session.onChange((change) => {
  if (change === "link") app.share.writeAddress();
  if (isDrawing) return;
  isDrawing = true;
  // One click makes several changes.
  queueMicrotask(() => {
    isDrawing = false;
    draw(app, places);
    sheet.update(session);
  });
});
onLanguage(() => session.changed());

const isShared = wasShared();
const interaction = firstInteraction();
// So that nothing is drawn in English first.
void startLanguage()
  .then(() => app.start())
  .then(() => {
    if (isShared) void takeShared(app.opener, session.activity);
    takeLaunched(app.opener, session.activity);
  })
  .then(() => app.launcher.findWaiting())
  .then(() => interaction)
  .then(() => app.warmUp())
  // Files for offline use are loaded after those that are needed now.
  .then(() => Promise.all([offerOffline(part("offline")), probeFormats().then(() => session.changed())]));

// The page's own changes of the address fire no hashchange: this is a link that was pasted or
// edited. By now the page may have changed the address once more.
addEventListener("hashchange", ({ newURL }) => void app.openLink(new URL(newURL).hash));

const reloadStored = async () => {
  await Promise.all([session.own.load(), app.launcher.findWaiting()]);
  // Another window may have deleted the chosen model.
  if (session.model && !session.choice.entry) app.clearModelChoice();
};
// Another window may have stored something meanwhile. A page that the browser kept whole while the
// visitor was on another one comes back here, too.
addEventListener("pageshow", ({ persisted }) => void (persisted && reloadStored()));
document.addEventListener("visibilitychange", () => void (!document.hidden && reloadStored()));

addEventListener("paste", (event) => {
  const isField = event.target instanceof HTMLInputElement && /number|text/.test(event.target.type);
  // Text that is pasted into a field is not meant as a picture.
  if (!event.clipboardData?.files.length && isField) return;
  event.preventDefault();
  void app.opener.openTransfer(event.clipboardData);
});

const dragging = (is: boolean) => document.body.classList.toggle("dragging", is);
addEventListener("dragover", (event) => {
  event.preventDefault();
  dragging(true);
});
addEventListener("dragleave", (event) => {
  // Leaving an element for another one inside the window has a related target.
  if (!event.relatedTarget) dragging(false);
});
addEventListener("drop", (event) => {
  event.preventDefault();
  dragging(false);
  void app.opener.openTransfer(event.dataTransfer);
});
