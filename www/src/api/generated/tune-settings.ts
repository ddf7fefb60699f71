/* Generated from Rust, do not edit. To write it anew:
   SPLITSR_WRITE_TYPES=1 cargo test --release --lib generated */

import type { TuneSettings } from "./types.ts";

/** The settings that are used unless others are given. */
export const defaultSettings: TuneSettings = {
  "batch": 8,
  "degradation": {
    "blur": 0.0,
    "half_chroma": false,
    "jpeg": null,
    "jpeg_before": null,
    "noise": 0.0,
    "shrink": "bicubic"
  },
  "forget": 0.1,
  "learningRate": 0.0003,
  "patch": 64,
  "randomDegradation": false,
  "replay": 0.5,
  "seed": 1,
  "steps": 600,
  "trained": "all"
};

/** The values that the settings may have, both ends included. */
export const settingRanges = {
  steps: { label: "number of steps", min: 1, max: 100000, isWhole: true },
  batch: { label: "number of patches in a step", min: 1, max: 64, isWhole: true },
  patch: { label: "side of a patch", min: 16, max: 128, isWhole: true },
  learningRate: { label: "learning rate", min: 0.000001, max: 0.01, isWhole: false },
  replay: { label: "fraction of generic patches", min: 0, max: 0.75, isWhole: false },
  forget: { label: "loss allowed on generic pictures", min: 0, max: 100, isWhole: false },
  seed: { label: "seed", min: 0, max: 4294967295, isWhole: true },
  blur: { label: "blur", min: 0, max: 4, isWhole: false },
  noise: { label: "noise", min: 0, max: 50, isWhole: false },
  jpeg: { label: "JPEG quality", min: 1, max: 100, isWhole: true },
};

/** The most pictures that one fine-tuning takes. */
export const MAX_PICTURES = 50;

/** The smallest side of a low-resolution patch, in pixels. */
export const MIN_LR_PATCH = 8;

/** From this many pictures on, whole ones are held out; below, a part of each. */
export const MIN_PICTURES_HELD_OUT_WHOLE = 5;

/** A held-out part is the last of this many equal parts along the longer side. */
export const HELD_OUT_PARTS = 4;
