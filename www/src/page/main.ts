/** Wires the page together. */
import { App } from "./app.ts";
import { firstSign } from "./engines.ts";
import { probeFormats } from "./formats.ts";
import { offerOffline } from "./offline.ts";
import { Stage } from "./stage.ts";
import { draw } from "./view.ts";

const part = (id: string): HTMLElement => {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no #${id}`);
  return element;
};
const panel = part("panel");
const welcome = part("welcome");

const app = new App(new Stage(part("stage")), (state) => draw(state, panel, welcome));
const sign = firstSign();
void app
  .start()
  .then(() => app.door.look())
  .then(() => sign)
  .then(() => app.warmUp())
  // What is kept for later is loaded after what is needed now.
  .then(() => Promise.all([offerOffline(part("offline")), probeFormats().then(() => app.refresh())]));

// The page's own changes of the address are no hashchange: this is a link that was pasted or edited.
addEventListener("hashchange", () => void app.arrival.openLink(location.hash));

addEventListener("paste", (event) => {
  // Text that is pasted into the number field is no attempt at a picture.
  if (!event.clipboardData?.files.length && event.target instanceof HTMLInputElement) return;
  event.preventDefault();
  void app.arrival.take(event.clipboardData);
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
  void app.arrival.take(event.dataTransfer);
});
