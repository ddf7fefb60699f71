/** The link below the result, and remarks about where it leads. */
import { nothing, type TemplateResult } from "lit-html";
import type { Commands } from "../session/commands.ts";
import type { Session } from "../session/session.ts";
import type { OwnModel } from "../session/storage.ts";
import { html } from "../shared/html.ts";
import { save } from "../shared/save.ts";
import { bytesText, sizeText } from "../shared/text.ts";
import { MAX_BYTES } from "./embedded-picture.ts";
import type { Share } from "./share.ts";
import { t } from "../shared/words.ts";

export function linkTemplate(session: Session, share: Share, commands: Commands): TemplateResult {
  const isOwn = !session.waitingLink && !share.holdsPicture;
  return html`
    ${isOwn ? pictureButton(session, share, commands) : nothing}
    <a
      class="button wide"
      href=${share.link}
      data-testid="share-link"
      @click=${(event: Event) => {
        event.preventDefault();
        void share.copy().then(focusLink);
      }}
      >${isOwn ? t("Copy link with the settings only") : share.copySize ? t("Copy link with the compressed copy") : t("Copy link")}</a
    >
    <p class="about" data-testid="link-copied" aria-live="polite">${copiedText(share, isOwn)}</p>
    ${share.copying === "refused" ? linkField(share) : nothing} ${isOwn ? nothing : linkNote(session, share, commands)}
    ${ownModelNotes(session)}
  `;
}

/** Stays until the link changes. */
function copiedText({ copying }: Share, isOwn: boolean): string {
  if (copying !== "copied") return "";
  return isOwn ? t("Link copied, without your picture.") : t("Link copied.");
}

/** Copies a link with the visitor's own picture, and says beforehand what that will hold. */
function pictureButton({ part }: Session, share: Share, commands: Commands): TemplateResult {
  const { bytes, copying } = share;
  const limit = bytesText(MAX_BYTES);
  const fits = bytes !== undefined && bytes <= MAX_BYTES;
  const isPacking = copying === "packing";
  const [label, about] =
    bytes !== undefined && !fits
      ? [
          t("Copy link with a compressed copy"),
          t`Your picture is too large for a link. This one will hold a compressed copy of up to ${limit}, which is less sharp.`,
        ]
      : part
        ? [
            fits ? t`Copy link with the part (${bytesText(bytes)})` : t("Copy link with the part"),
            fits
              ? t("The link will hold only this part of your picture.")
              : t`The link will hold this part of your picture; above ${limit}, a compressed copy.`,
          ]
        : [
            fits ? t`Copy link with the picture (${bytesText(bytes)})` : t("Copy link with the picture"),
            fits
              ? t("The link will hold your file as it is, including any metadata.")
              : t`The link will hold your picture; above ${limit}, a compressed copy.`,
          ];
  return html`
    <button
      type="button"
      class="wide"
      data-testid="pack"
      aria-describedby="pack-about"
      aria-disabled=${isPacking}
      @click=${() => {
        if (!isPacking) void commands.copyWithPicture().then(focusLink);
      }}
    >
      ${isPacking ? t("Making the link…") : label}
    </button>
    <p class="about" id="pack-about">${about}</p>
  `;
}

/** From a button that may be gone by then, to the link that was copied or is to be copied. */
function focusLink(): void {
  const find = (testId: string) => document.querySelector<HTMLElement>(`[data-testid=${testId}]`);
  const link = find("share-link");
  if (link?.closest("section")?.contains(document.activeElement)) (find("link-field") ?? link).focus();
}

/** The link to copy by hand. */
function linkField({ link }: Share): TemplateResult {
  return html`
    <p class="about">The browser does not allow copying. Copy the link from here:</p>
    <input
      type="text"
      class="field"
      readonly
      aria-label="Link"
      data-testid="link-field"
      .value=${link}
      @focus=${({ target }: Event) => (target as HTMLInputElement).select()}
    />
  `;
}

/** Says where the link leads. */
function linkNote({ picture, waitingLink }: Session, share: Share, commands: Commands): TemplateResult {
  if (waitingLink) {
    const { address } = waitingLink.link;
    return address === undefined
      ? html`<p class="about">The link opens a picture that has not been loaded.</p>`
      : html`<p class="about">The link opens the picture at ${new URL(address).host}, which has not been loaded.</p>`;
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
    <p class="about">${opens} ${size} ${file}</p>
    <button type="button" class="wide" data-testid="unpack" @click=${() => commands.releasePicture()}>
      Remove the picture from the link
    </button>
  `;
}

/** Warns that a link to the visitor's own models works on this device alone. */
function ownModelNotes({ own, model, comparison }: Session): TemplateResult[] {
  const isUsed = ({ entry: { name } }: OwnModel) => name === model || comparison.baselines.includes(name);
  return own.all.filter(isUsed).map(
    ({ entry, file }) => html`
      <p class="about" data-testid="link-own-model">
        ${entry.name} is only on this device, so this link works only here.
        <button type="button" class="link" @click=${() => save(file, `${entry.name}.safetensors`)}>
          Download the model
        </button>
        and send it along with the link. It can be loaded under Model.
      </p>
    `,
  );
}
