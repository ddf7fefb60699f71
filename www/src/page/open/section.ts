/**
 * Ways to open a picture: the section of the panel, and what the viewer shows while it has no
 * picture.
 */
import { nothing, type TemplateResult } from "lit-html";
import type { Commands } from "../session/commands.ts";
import type { LoadedPicture } from "../session/picture.ts";
import type { Session } from "../session/session.ts";
import { demos, thumbUrl } from "../shared/demos.ts";
import { html } from "../shared/html.ts";
import { takeFiles } from "../shared/incoming.ts";
import { noteText, sizeText } from "../shared/text.ts";
import { canPaste, paste } from "./arrivals.ts";
import { offerTemplate } from "./offer.ts";
import type { Opener } from "./opener.ts";
import { t } from "../shared/words.ts";

export function welcomeTemplate(session: Session, opener: Opener, commands: Commands): TemplateResult {
  // On a phone the status is far below.
  const { state, text } = session.activity.status;
  return html`
    ${state === "error" ? html`<p class="trouble">${text}</p>` : nothing} ${offerTemplate(session, opener)}
    <h2>Enlarge a picture</h2>
    <p>
      <span class="with-mouse">Drop it here, paste it, or </span
      ><button type="button" class="link" @click=${() => document.getElementById("file")?.click()}>
        choose one or more files</button
      >.
    </p>
    <details class="what" data-testid="what">
      <summary>What is this?</summary>
      <p>
        SplitSR enlarges pictures with a small neural network. Plain enlarging blurs edges and letters. The network has
        learnt from many photographs what they look like, and keeps them sharp. It runs in this page, on your own
        device, and your pictures stay there.
      </p>
      <img
        src="./thumbs/road-sign.webp"
        alt="A road sign, plainly enlarged on the left and by the network on the right: its letters are sharper."
        width="600"
        height="371"
        loading="lazy"
      />
    </details>
    <p class="or">Or try one of these</p>
    ${demoList(session, commands)}
  `;
}

/**
 * `camera` opens the viewfinder, `batch` shows the pictures that were opened together. On a phone,
 * the ways to open another picture are folded.
 */
export function pictureSection(
  session: Session,
  opener: Opener,
  commands: Commands,
  { camera, batch }: { camera: TemplateResult; batch: TemplateResult | typeof nothing },
): TemplateResult {
  const { picture } = session;
  const isFolded = picture !== undefined && !opener.isUnfolded;
  return html`
    <section class=${isFolded ? "opened folded" : picture ? "opened" : ""} aria-labelledby="picture-title">
      <h2 id="picture-title">Picture</h2>
      ${picture ? pictureRow(session, opener, picture) : nothing}
      <div class="ways" id="ways">${ways(session, opener, camera)}</div>
      ${picture ? html`${notes(picture.notes)} ${offerTemplate(session, opener)}` : nothing} ${batch}
      ${picture ? demoList(session, commands) : nothing}
    </section>
  `;
}

/** The name of the picture that is open, and on a phone the button for another one. */
function pictureRow({ part }: Session, opener: Opener, picture: LoadedPicture): TemplateResult {
  return html`
    <div class="row name">
      <p class="about grow">
        <b>${picture.name}</b> ${sizeText(picture)}${picture.hasAlpha ? `, ${t("transparent")}` : ""}${
          part ? `; ${t`part: ${sizeText(part)}`}` : ""
        }
      </p>
      <button
        type="button"
        class="other"
        data-testid="other-picture"
        aria-expanded=${opener.isUnfolded}
        aria-controls="ways"
        @click=${() => opener.toggleWays()}
      >
        Other picture
      </button>
    </div>
  `;
}

/** The ways to open a picture. */
function ways({ picture, models, activity }: Session, opener: Opener, camera: TemplateResult): TemplateResult {
  const choose = (event: Event) => void opener.openFiles(takeFiles(event));
  return html`
    <input
      id="camera"
      class="unseen with-camera"
      type="file"
      accept="image/*"
      capture="environment"
      data-testid="photo-input"
      @change=${choose}
    />
    <label class="button wide with-camera" for="camera">Take a photo</label>
    <div class="row sources">
      <input
        id="file"
        class="unseen"
        type="file"
        multiple
        accept="image/*,.tif,.tiff,.avif"
        data-testid="file-input"
        @change=${choose}
      />
      <label class="button grow" for="file">${picture ? t("Open another") : t("Open a picture")}</label>
      ${
        canPaste
          ? html`<button
              type="button"
              data-testid="paste"
              title="Open the picture that you copied"
              ?disabled=${models.length === 0}
              @click=${() => void paste(opener, activity)}
            >
              Paste
            </button>`
          : nothing
      }
      ${camera}
    </div>
    <input
      id="folder"
      class="unseen with-mouse"
      type="file"
      webkitdirectory
      data-testid="folder-input"
      aria-label="Open a folder"
      @change=${choose}
    />
    <p class="about">
      You can choose several at once<span class="with-mouse"
        >, or <label class="link" for="folder">a folder</label></span
      >.
    </p>
  `;
}

function demoList({ picture, models }: Session, commands: Commands): TemplateResult {
  return html`
    <ul class="demos">
      ${demos.map(
        (demo) => html`
          <li>
            <button
              type="button"
              aria-pressed=${picture?.demo === demo.id}
              title=${t(demo.description)}
              ?disabled=${models.length === 0}
              @click=${() => void commands.openDemo(demo)}
            >
              <img src=${thumbUrl(demo.id)} alt="" />
              <span>${t(demo.title)}</span>
            </button>
          </li>
        `,
      )}
    </ul>
  `;
}

/** The decoder's remarks. */
function notes(phrases: string[]): TemplateResult | typeof nothing {
  return phrases.length > 0 ? html`<p class="about" lang="en">${noteText(phrases)}</p>` : nothing;
}
