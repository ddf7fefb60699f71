/** Says what can be done next. */
import { MAX_ZOOM } from "../../module/core.ts";
import { MIN_ZOOM } from "../session/defaults.ts";
import { untrainedText } from "../session/hyper-parameters.ts";
import type { Session } from "../session/session.ts";
import { sizeText } from "../shared/text.ts";
import { t } from "../shared/words.ts";

export function setReadyStatus({ activity, choice, picture, source, target, zoomIsValid }: Session): void {
  if (!zoomIsValid)
    activity.setStatus("error", () =>
      source
        ? t`Choose a factor from ${MIN_ZOOM} to ${MAX_ZOOM} under “Enlarge by”, or a width from ${source.width} to ${MAX_ZOOM * source.width} pixels.`
        : t`Choose a factor from ${MIN_ZOOM} to ${MAX_ZOOM} under “Enlarge by”.`,
    );
  else if (!choice.isTrained) activity.setStatus("idle", () => untrainedText(choice.trained));
  else if (picture && source && target)
    activity.setStatus("idle", () => t`Ready: ${sizeText(source)} to ${sizeText(target)}.`);
  else activity.setStatus("idle", () => t("Open a picture to start."));
}
