/** The link below the result, and remarks about where it leads. */
import { nothing, type TemplateResult } from "lit-html";
import type { Commands } from "../session/commands.ts";
import type { Session } from "../session/session.ts";
import { html } from "../shared/html.ts";
import { save } from "../shared/save.ts";
import { bytesText, sizeText } from "../shared/text.ts";
import { MAX_BYTES } from "./embedded-picture.ts";
import type { Share } from "./share.ts";
import { t } from "../shared/words.ts";

export function linkTemplate(session: Session, share: Share, commands: Commands): TemplateResult {
  return html`
    <a
      class="button wide"
      href=${share.link}
      data-testid="share-link"
      @click=${(event: Event) => {
        event.preventDefault();
        void share.copy();
      }}
      >${
        !share.isCopied
          ? t("Copy link")
          : share.holdsPicture || session.waitingLink
            ? t("Link copied")
            : t("Link copied, without your picture")
      }</a
    >
    ${linkNote(session, share, commands)} ${ownModelNote(session)}
  `;
}

/** Says where the link leads. */
function linkNote({ picture, part, waitingLink }: Session, share: Share, commands: Commands): TemplateResult {
  if (waitingLink) {
    const { address } = waitingLink.link;
    return address === undefined
      ? html`<p class="about">The link opens a picture that has not been loaded.</p>`
      : html`<p class="about">The link opens the picture at ${new URL(address).host}, which has not been loaded.</p>`;
  }
  if (!share.holdsPicture) {
    const { bytes } = share;
    const limit =
      (bytes ?? Infinity) > MAX_BYTES
        ? t`A link holds up to ${bytesText(MAX_BYTES)}. Your picture is larger, but a compressed copy fits.`
        : "";
    return html`
      <p class="about">${t("The link contains the settings but not your picture.")} ${limit}</p>
      <button type="button" class="wide" data-testid="pack" @click=${() => void commands.embedPicture()}>
        ${
          part && !(bytes && limit)
            ? t("Include the part in the link")
            : limit
              ? t("Include a compressed copy in the link")
              : t("Include the picture in the link")
        }
      </button>
    `;
  }
  if (picture?.address !== undefined) {
    const { host } = new URL(picture.address);
    return html`<p class="about">
      The link points to the picture at ${host}. The page asks before it loads the picture.
    </p>`;
  }
  if (!share.embeds) return html`<p class="about">${t("The link opens this picture, enlarged the same way.")}</p>`;
  const size = t`It is ${Math.ceil(share.link.length / 1000)} KB long.`;
  const file = share.embedsFile ? t("It contains the file as it is, including any metadata.") : "";
  const { copySize } = share;
  const opens = copySize
    ? t`The link opens a compressed copy of your picture: a JPEG of ${sizeText(copySize)}.`
    : t("The link opens this picture, enlarged the same way.");
  return html`
    <p class="about">${opens} ${size} ${file} ${t("Copy the link now to send it.")}</p>
    <button type="button" class="wide" data-testid="unpack" @click=${() => commands.releasePicture()}>
      Remove the picture from the link
    </button>
  `;
}

/** Warns that a link to one of the visitor's own models works on this device alone. */
function ownModelNote({ own, model, comparison }: Session): TemplateResult | typeof nothing {
  const chosen = [model, ...comparison.baselines].map((name) => own.named(name)).find((named) => named);
  if (!chosen) return nothing;
  const { entry, file } = chosen;
  return html`
    <p class="about" data-testid="link-own-model">
      ${entry.name} is only on this device, so this link works only here.
      <button type="button" class="link" @click=${() => save(file, `${entry.name}.safetensors`)}>
        Download the model
      </button>
      and send it along with the link. It can be loaded under Model.
    </p>
  `;
}
