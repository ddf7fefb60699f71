/**
 * One control between faster and better: the networks of an elastic model, from the fastest to the
 * best model of the zoom, or else the models that most people choose among.
 */
import { nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { modelFor, slicesOf, type ModelEntry } from "../../module/core.ts";
import type { Commands } from "../session/commands.ts";
import type { Session } from "../session/session.ts";
import { ends } from "../shared/ends.ts";
import { html } from "../shared/html.ts";
import { modelLabel, usualModels } from "../shared/model-names.ts";
import { lossText, psnrOf } from "../session/loss-text.ts";
import { estimateText } from "../shared/text.ts";
import { t } from "../shared/words.ts";

/** A step must be better than the one before by this much, in dB: less cannot be seen. */
const MIN_GAIN = 0.1;

/** A place between faster and better. */
interface Stop {
  name: string;
  macs720p: number;
  psnrY: number;
  choose: () => void;
}

export function qualityTemplate(session: Session, commands: Commands): TemplateResult | typeof nothing {
  const { choice, zoom, zoomIsValid, source, estimate } = session;
  const { shipped, entry, isTrained } = choice;
  const best = zoomIsValid && modelFor(zoom, shipped);
  if (!source || !best || !entry || !isTrained) return nothing;
  const stops = stopsTo(best, session, commands);
  const [first, second, third] = stops;
  if (!first || !second) return nothing;

  const macs720p = choice.sliceMacs ?? entry.macs_720p;
  const at = Math.max(
    0,
    stops.findLastIndex((stop) => stop.macs720p <= macs720p),
  );
  const about = [
    estimate ? estimateText(estimate.milliseconds) : "",
    lossText(session),
    source.compression && !session.canClean ? t("no clean-up") : "",
  ];
  const text = about.filter(Boolean).join("; ");
  return html`
    <div class="quality">
      <span id="quality-label" class="about">Quality</span>
      ${
        third
          ? html`<input
                type="range"
                aria-labelledby="quality-label"
                aria-valuetext=${text}
                data-testid="quality"
                min="0"
                max=${stops.length - 1}
                step="1"
                .value=${live(String(at))}
                @input=${({ target }: Event) => {
                  stops[(target as HTMLInputElement).valueAsNumber]?.choose();
                  reveal(target as Element);
                }}
              />
              ${ends()}`
          : html`<div class="choice" role="group" aria-labelledby="quality-label" data-testid="quality">
              ${stops.map(
                ({ name, choose }) =>
                  html`<button
                    type="button"
                    aria-pressed=${name === entry.name}
                    @click=${({ target }: Event) => {
                      choose();
                      reveal(target as Element);
                    }}
                  >
                    ${modelLabel(name)}
                  </button>`,
              )}
            </div>`
      }
      <p class="about" data-testid="quality-about">${text}</p>
    </div>
  `;
}

/** On a phone, the text below the control may be out of sight. */
function reveal(control: Element): void {
  requestAnimationFrame(() => control.closest(".quality")?.scrollIntoView({ block: "nearest" }));
}

/** From the fastest to the best: each costs more than the one before, and is better. */
function stopsTo(best: ModelEntry, { choice }: Session, commands: Commands): Stop[] {
  const { shipped } = choice;
  const elastic = shipped.find((model) => model.elastic && model.scale === best.scale);
  const slices = elastic?.config.architecture === "splitsr" ? slicesOf(elastic, elastic.config.hybrid_mode) : [];
  const all = elastic
    ? slices.map(({ macs720p, psnrY = NaN, splitRatio, hybridIndex, hybridMode }) => ({
        name: elastic.name,
        macs720p,
        psnrY,
        choose: () => {
          if (choice.name !== elastic.name) commands.setElastic(elastic.name, { unfolds: false });
          commands.setNetwork({ split_ratio: splitRatio, hybrid_index: hybridIndex, hybrid_mode: hybridMode });
        },
      }))
    : shipped
        .filter(({ name, scale }) => scale === best.scale && usualModels.has(name))
        .map((model) => ({
          name: model.name,
          macs720p: model.macs_720p,
          psnrY: psnrOf(model),
          choose: () => commands.setModel(model.name),
        }));
  const stops: Stop[] = [];
  for (const stop of all.toSorted((a, b) => a.macs720p - b.macs720p)) {
    const isBetter = stop.psnrY >= (stops.at(-1)?.psnrY ?? 0) + MIN_GAIN;
    if (isBetter && stop.macs720p < best.macs_720p) stops.push(stop);
  }
  const choose = () => commands.clearModelChoice();
  return [...stops, { name: best.name, macs720p: best.macs_720p, psnrY: psnrOf(best), choose }];
}
