/**
 * The panel of controls, made of the features' sections, the welcome in the empty viewer, and the
 * comparison beside the name of its left picture.
 */
import { nothing, render, type TemplateResult } from "lit-html";
import type { App } from "./app.ts";
import { batchTemplate } from "./batch/section.ts";
import { cleanUpSection } from "./clean-up/section.ts";
import { rivalTemplate } from "./compare/rivals.ts";
import { compareSection } from "./compare/section.ts";
import { deviceSection, reportSection, runSection, zoomSection } from "./enlarge/section.ts";
import { filesTemplate, resultButtons } from "./export/section.ts";
import { fineTuneSection } from "./finetune/section.ts";
import { languageChoice } from "./languages/section.ts";
import { linkTemplate } from "./link/section.ts";
import { modelTemplate } from "./models/section.ts";
import { networkSection } from "./network/section.ts";
import { pictureSection, welcomeTemplate } from "./open/section.ts";
import { qualityTemplate } from "./quality/section.ts";
import { scoreSection } from "./score/section.ts";
import type { Batch } from "./session/batch.ts";
import { html } from "./shared/html.ts";
import { t } from "./shared/words.ts";
import { verifyTemplate } from "./verify/section.ts";
import { cameraButton } from "./viewfinder/section.ts";

/** The documentation, which `pkg-scripts/docs` adds to a site that is built. */
const help = document.querySelector<HTMLLinkElement>("link[rel=help]");

export interface Places {
  panel: HTMLElement;
  welcome: HTMLElement;
  rival: HTMLElement;
}

export function draw(app: App, { panel, welcome, rival }: Places): void {
  const { session, opener, comparison } = app;
  const { activeElement } = document;
  const home = activeElement?.closest("details, section");
  render(session.picture ? nothing : welcomeTemplate(session, opener, app), welcome);
  render(rivalTemplate(session, comparison), rival);
  render(panelTemplate(app), panel);
  if (home && activeElement && !activeElement.getClientRects().length) refocus(activeElement, home, panel);
}

/**
 * Moves the focus from a lost or hidden element to the one in its place, such as the slider of the
 * same setting, or else to the first in its section, or Enlarge.
 */
function refocus(lost: Element, home: Element, panel: HTMLElement): void {
  const named = (id: string | null) => panel.querySelectorAll<HTMLElement>(`[data-testid="${id}"]`);
  const near = home.querySelectorAll<HTMLElement>("summary, button, select, input");
  [...named(lost.getAttribute("data-testid")), ...near, ...named("run"), ...named("cancel")].some((element) => {
    element.focus({ preventScroll: true });
    return document.activeElement === element;
  });
}

/** Its texts are values, so that another language leaves it in place, with its focus and folds. */
function panelTemplate(app: App): TemplateResult {
  const { session, opener, comparison, evaluation, launcher, viewfinder } = app;
  const { batch, result } = session;
  return html`
    <header class="brand">
      <img src="./icon.svg" alt="" width="28" height="28" />
      <h1>SplitSR</h1>
      <span>${t("super-resolution in your browser")}</span>
    </header>
    ${pictureSection(session, opener, app, {
      camera: cameraButton(viewfinder, session.models.length > 0),
      batch: batch ? batchPart(app, batch) : nothing,
    })}
    ${zoomSection(session, app, html`${qualityTemplate(session, app)} ${modelTemplate(session, app)}`)}
    ${cleanUpSection(session, app)}
    ${runSection(session, app, session.picture ? resultButtons(session, app.resultFile) : nothing)}
    ${session.picture ? shareSection(app) : nothing}
    <div class="folds">
      ${compareSection(session, comparison)} ${networkSection(session, app)} ${fineTuneSection(session, launcher)}
      ${scoreSection(session, evaluation, app)} ${deviceSection(session, app)}
      ${result ? reportSection(result) : nothing}
    </div>
    <footer>
      <p class="privacy">
        ${t("Your pictures stay on this device unless you share them. All the work is done in this page.")}
      </p>
      <div id="offline"></div>
      ${help ? docsLink(help.href) : nothing} ${languageChoice(session)}
    </footer>
  `;
}

/** In a window of its own: the picture and its result stay. */
function docsLink(address: string): TemplateResult {
  return html`<p><a class="link" href=${address} target="_blank" rel="noopener">Manual and reference</a></p>`;
}

/** The fields for files are part of the result, if there is one. */
function batchPart(app: App, batch: Batch): TemplateResult {
  const { session } = app;
  return html`${session.result ? nothing : filesTemplate(session, app)} ${batchTemplate(session, batch, app)}`;
}

/** The link leads to the settings, so that it needs no result. */
function shareSection(app: App): TemplateResult {
  const { session, share, verification } = app;
  const { result } = session;
  return html`
    <section aria-labelledby="share-title">
      <h2 id="share-title">Save and share</h2>
      ${result ? filesTemplate(session, app) : nothing} ${linkTemplate(session, share, app)}
      ${result ? verifyTemplate(session, verification, app) : nothing}
    </section>
  `;
}
