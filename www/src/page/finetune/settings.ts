/** The settings of a fine-tuning, and the fields to change them. */
import { nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import {
  defaultSettings,
  settingRanges,
  type Degradation,
  type ModelEntry,
  type Trained,
  type TuneSettings,
} from "../../module/core.ts";
import { configOf } from "../session/hyper-parameters.ts";
import { clamp } from "../shared/clamp.ts";
import { html } from "../shared/html.ts";
import { unlessEdited } from "../shared/unless-edited.ts";
import { languageTag, t, type Phrase, whole } from "../shared/words.ts";

/** A new network has more to learn. */
export const newNetworkSettings: TuneSettings = { ...defaultSettings, steps: 2400, learningRate: 2e-3 };

export const presets: readonly { label: Phrase; steps: number; about: Phrase }[] = [
  { label: "Quick", steps: 150, about: "for a first try" },
  { label: "Normal", steps: defaultSettings.steps, about: "for most pictures" },
  { label: "Long", steps: 2400, about: "for many pictures" },
];

/** A setting that is a number. */
interface NumberSetting {
  testId: string;
  label: Phrase;
  about: Phrase;
  range: { min: number; max: number; isWhole: boolean };
  read: (settings: TuneSettings) => number | null;
  /** Gets values in range only. */
  write: (settings: TuneSettings, value: number) => TuneSettings;
  /** The meaning of an empty field, if it may be empty. */
  empty?: { label: Phrase; write: (settings: TuneSettings) => TuneSettings };
}

const degrade = (settings: TuneSettings, change: Partial<Degradation>): TuneSettings => ({
  ...settings,
  degradation: { ...settings.degradation, ...change },
});

/** At its maximum, `forget` means no limit. */
const NO_FORGET_LIMIT = settingRanges.forget.max;

const training: readonly NumberSetting[] = [
  {
    testId: "tune-steps",
    label: "Steps",
    about: "training steps in total",
    range: settingRanges.steps,
    read: ({ steps }) => steps,
    write: (settings, steps) => ({ ...settings, steps }),
  },
  {
    testId: "tune-rate",
    label: "Learning rate",
    about: "lower is gentler",
    range: settingRanges.learningRate,
    read: ({ learningRate }) => learningRate,
    write: (settings, learningRate) => ({ ...settings, learningRate }),
  },
  {
    testId: "tune-batch",
    label: "Batch size",
    about: "patches per step",
    range: settingRanges.batch,
    read: ({ batch }) => batch,
    write: (settings, batch) => ({ ...settings, batch }),
  },
  {
    testId: "tune-patch",
    label: "Patch size",
    about: "side, in pixels of your picture",
    range: settingRanges.patch,
    read: ({ patch }) => patch,
    write: (settings, patch) => ({ ...settings, patch }),
  },
  {
    testId: "tune-replay",
    label: "Replay, %",
    about: "generic pictures mixed in",
    range: { min: 100 * settingRanges.replay.min, max: 100 * settingRanges.replay.max, isWhole: false },
    read: ({ replay }) => Math.round(replay * 1000) / 10,
    write: (settings, percent) => ({ ...settings, replay: percent / 100 }),
  },
  {
    testId: "tune-forget",
    label: "Forgetting limit, dB",
    about: "allowed PSNR drop on generic pictures",
    range: settingRanges.forget,
    read: ({ forget }) => (forget < NO_FORGET_LIMIT ? forget : null),
    write: (settings, forget) => ({ ...settings, forget }),
    empty: { label: "no limit", write: (settings) => ({ ...settings, forget: NO_FORGET_LIMIT }) },
  },
  {
    testId: "tune-seed",
    label: "Seed",
    about: "for random choices",
    range: settingRanges.seed,
    read: ({ seed }) => seed,
    write: (settings, seed) => ({ ...settings, seed }),
  },
];

const damage: readonly NumberSetting[] = [
  {
    testId: "tune-blur",
    label: "Blur",
    about: "standard deviation, in pixels of your picture",
    range: settingRanges.blur,
    read: ({ degradation }) => degradation.blur,
    write: (settings, blur) => degrade(settings, { blur }),
  },
  {
    testId: "tune-noise",
    label: "Noise",
    about: "standard deviation, on a scale of 0 to 255",
    range: settingRanges.noise,
    read: ({ degradation }) => degradation.noise,
    write: (settings, noise) => degrade(settings, { noise }),
  },
  {
    testId: "tune-jpeg",
    label: "JPEG quality",
    about: "leave empty for no JPEG",
    range: settingRanges.jpeg,
    read: ({ degradation }) => degradation.jpeg,
    write: (settings, jpeg) => degrade(settings, { jpeg }),
    empty: { label: "none", write: (settings) => degrade(settings, { jpeg: null }) },
  },
];

const trainable: readonly (readonly [Trained, Phrase])[] = [
  ["all", "All weights"],
  ["tail", "Last layers only"],
  ["light-blocks", "Lightweight blocks only"],
];

const shrinks: readonly (readonly [Degradation["shrink"], Phrase])[] = [
  ["bicubic", "Bicubic, as in scoring"],
  ["area", "Area average, as in cameras and apps"],
  ["lanczos", "Lanczos, the sharpest"],
  ["bilinear", "Bilinear, the softest"],
];

const degradations: readonly (readonly ["same" | "random", Phrase])[] = [
  ["same", "The same for all pictures"],
  ["random", "Random, as on the web: blur, noise, JPEG"],
];

const jpegColours: readonly (readonly ["full" | "half", Phrase])[] = [
  ["full", "Full resolution (4:4:4)"],
  ["half", "Half resolution (4:2:0), as in most files"],
];

/** The parts of a model that can be trained alone. */
export function trainableOf(entry: ModelEntry | undefined): readonly (readonly [Trained, Phrase])[] {
  const config = configOf(entry);
  return config && config.hybrid_index > 0 ? trainable : trainable.filter(([value]) => value !== "light-blocks");
}

export function settingsTemplate(
  settings: TuneSettings,
  start: ModelEntry | undefined,
  isNew: boolean,
  change: (settings: TuneSettings) => void,
): TemplateResult {
  // A new network is trained as a whole, and has nothing to forget.
  const fields = isNew ? training.filter(({ testId }) => testId !== "tune-forget") : training;
  return html`
    <div class="parameters">
      ${fields.map((field) => numberField(field, settings, change))}
      ${
        isNew
          ? nothing
          : choice("tune-trained", "Weights to train", trainableOf(start), settings.trained, (trained) =>
              change({ ...settings, trained }),
            )
      }
    </div>
    <h4>Training degradation: how the small pictures are made</h4>
    <div class="parameters">
      ${choice("tune-degradation", "Damage", degradations, settings.randomDegradation ? "random" : "same", (kind) =>
        change({ ...settings, randomDegradation: kind === "random" }),
      )}
      ${settings.randomDegradation ? nothing : damageTemplate(settings, change)}
    </div>
  `;
}

function damageTemplate(settings: TuneSettings, change: (settings: TuneSettings) => void): TemplateResult {
  const { shrink, jpeg, half_chroma } = settings.degradation;
  return html`
    ${choice("tune-shrink", "Downscaling", shrinks, shrink, (shrink) => change(degrade(settings, { shrink })))}
    ${damage.map((field) => numberField(field, settings, change))}
    ${
      jpeg === null
        ? nothing
        : choice("tune-chroma", "JPEG colours", jpegColours, half_chroma ? "half" : "full", (colours) =>
            change(degrade(settings, { half_chroma: colours === "half" })),
          )
    }
  `;
}

function numberField(
  field: NumberSetting,
  settings: TuneSettings,
  change: (settings: TuneSettings) => void,
): TemplateResult {
  const { testId, label, about, empty } = field;
  const { min, max, isWhole } = field.range;
  const value = field.read(settings);
  return html`
    <label title="${min.toLocaleString(languageTag(), { maximumFractionDigits: 6 })} to ${whole(max)}">
      <span>${t(label)} <small>${t(about)}</small></span>
      <input
        type="number"
        class="field"
        data-testid=${testId}
        min=${min}
        max=${max}
        step=${isWhole ? 1 : "any"}
        placeholder=${empty ? t(empty.label) : nothing}
        .value=${unlessEdited(value === null ? "" : String(value))}
        @change=${(event: Event) => {
          const number = (event.target as HTMLInputElement).valueAsNumber;
          if (Number.isNaN(number)) change(empty ? empty.write(settings) : { ...settings });
          else change(field.write(settings, clamp(isWhole ? Math.round(number) : number, min, max)));
        }}
      />
    </label>
  `;
}

function choice<T extends string>(
  testId: string,
  label: Phrase,
  options: readonly (readonly [T, Phrase])[],
  chosen: T,
  choose: (value: T) => void,
): TemplateResult {
  return html`
    <label class="full">
      <span>${t(label)}</span>
      <select
        data-testid=${testId}
        .value=${live(chosen)}
        @change=${(event: Event) => choose((event.target as HTMLSelectElement).value as T)}
      >
        ${options.map(([value, name]) => html`<option value=${value} ?selected=${value === chosen}>${t(name)}</option>`)}
      </select>
    </label>
  `;
}
