/** The plot of an elastic model's networks: quality against cost. */
import { nothing, svg, type TemplateResult } from "lit-html";
import { findSlice, type SliceInfo, type SplitSrConfig } from "../../module/core.ts";
import type { Commands } from "../session/commands.ts";
import { sliceOf } from "../session/hyper-parameters.ts";
import { axis, ticksFrom } from "../shared/axes.ts";
import { html } from "../shared/html.ts";
import { fixed, languageTag, t } from "../shared/words.ts";

const WIDTH = 300;
const HEIGHT = 190;
const LEFT = 34;
const RIGHT = WIDTH - 4;
const TOP = 6;
const BOTTOM = HEIGHT - 32;

/** A model that was trained for one network alone, to compare with. */
export interface Single {
  label: string;
  macs720p: number;
  psnrY: number;
}

type Scored = SliceInfo & { psnrY: number };

/** A click chooses the nearest network. */
export function slicePlot(
  all: readonly SliceInfo[],
  singles: readonly Single[],
  network: SplitSrConfig,
  commands: Commands,
): TemplateResult | typeof nothing {
  const slices = all.filter((slice): slice is Scored => slice.psnrY !== undefined);
  if (slices.length === 0) return nothing;
  const costs = slices.map(({ macs720p }) => Math.log10(macs720p / 1e9));
  const x = axis(costs, LEFT, RIGHT);
  const scores = [...slices, ...singles].map(({ psnrY }) => psnrY);
  const y = axis(scores, BOTTOM, TOP);
  const placed = <T extends Single | Scored>(network: T) => ({
    network,
    left: x.at(Math.log10(network.macs720p / 1e9)),
    top: y.at(network.psnrY),
  });
  const dots = slices.map(placed);
  const own = findSlice(slices, sliceOf(network));
  const chosen = dots.find((dot) => dot.network === own);
  // Those with the same ratio, by the number of their lightweight groups.
  const row = dots
    .filter(({ network: { hybridIndex, splitRatio } }) => hybridIndex === 0 || splitRatio === network.split_ratio)
    .toSorted((a, b) => a.network.hybridIndex - b.network.hybridIndex);
  const choose = ({ currentTarget, clientX, clientY }: MouseEvent) => {
    const { left, top, width } = (currentTarget as SVGSVGElement).getBoundingClientRect();
    const zoom = WIDTH / width;
    const far = (dot: { left: number; top: number }) =>
      Math.hypot(dot.left - (clientX - left) * zoom, dot.top - (clientY - top) * zoom);
    const nearest = dots.toSorted((a, b) => far(a) - far(b))[0]?.network;
    if (nearest) commands.setNetwork({ split_ratio: nearest.splitRatio, hybrid_index: nearest.hybridIndex });
  };
  const text = (content: string, left: number, top: number, anchor = "middle") =>
    svg`<text class=${anchor} x=${left} y=${top}>${content}</text>`;
  const score = chosen ? t`PSNR of this network on the validation pictures: ${psnrText(chosen.network)}.` : "";
  return html`
    <svg
      class="drawing slices"
      data-testid="slice-plot"
      role="img"
      aria-label="PSNR vs. multiply-adds of ${slices.length} networks. ${score}"
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      @click=${choose}
    >
      <path class="line" d="M${LEFT} ${TOP}V${BOTTOM}H${RIGHT}" />
      ${[y.low, y.high].map((value) => text(fixed(value, 1), LEFT - 4, y.at(value) + 3, "end"))}
      ${text("dB", LEFT - 4, (TOP + BOTTOM) / 2, "end")}
      ${ticksFrom(x.low, x.high).map((value) => text(value.toLocaleString(languageTag()), x.at(Math.log10(value)), BOTTOM + 13))}
      ${text(t("billion multiply-adds for 1280 × 720"), (LEFT + RIGHT) / 2, HEIGHT - 4)}
      ${dots.map(({ left, top }) => svg`<circle class="slice" cx=${left} cy=${top} r="2" />`)}
      <polyline class="row" points=${row.map(({ left, top }) => `${left},${top}`).join(" ")} />
      ${singles.map(placed).map(
        ({ network, left, top }) => svg`
          <path class="single" d="M${left - 4} ${top}l4 -4l4 4l-4 4z">
            <title>${network.label}: ${psnrText(network)}</title>
          </path>
        `,
      )}
      ${chosen ? svg`<circle class="active" cx=${chosen.left} cy=${chosen.top} r="5" />` : nothing}
    </svg>
    <p class="about">
      Each dot is a network of this model; the line connects those with the current split ratio. Each diamond is a model
      trained for one network alone.
    </p>
  `;
}

const psnrText = ({ psnrY }: { psnrY: number }) => `${fixed(psnrY, 2)} dB`;
