/** The networks that are compared. Fields that are missing here have the flagship's values. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const splitsr = { architecture: "splitsr" };

/** The timed models. Only the flagship has trained weights: weights do not change the time. */
export const timed = {
  flagship: { label: "flagship", weights: "models/splitsr-x2.safetensors" },
  allSplit: { label: "all groups split", config: { ...splitsr, hybrid_index: 7 } },
  channels32: { label: "32 channels", config: { ...splitsr, channels: 32 } },
};

/**
 * Models that only have to agree with onnxruntime: each block, upsampler and network, and splits
 * with a remainder.
 */
export const checked = (() => {
  const small = { ...splitsr, channels: 8, groups: 2, blocks: 3, hybrid_index: 1 };
  const kinds = ["split", "shuffle", "inverted-residual", "idle", "ghost"];
  const variants = [
    { replacement: "features", scale: 2 },
    { replacement: "both", scale: 4, split_ratio: 0.375 },
    { replacement: "upsampler", scale: 3, split_ratio: 1 },
  ];
  const lightweight = kinds.flatMap((block) =>
    variants.map((variant) => [`${block}-${variant.replacement}`, { ...small, block, ...variant }]),
  );
  return Object.fromEntries([
    ...lightweight,
    ["attention", { ...small, hybrid_index: 0, attention: 4 }],
    ["san", { architecture: "san", scale: 2, channels: 8, groups: 2, blocks: 2, reduction: 2 }],
    ["edsr", { architecture: "edsr", scale: 3, channels: 8, blocks: 2 }],
    ...[2, 3, 4].map((scale) => [`srcnn-x${scale}`, { architecture: "srcnn", scale }]),
  ]);
})();

/** Networks of the literature, and what is published of them; python/anchors.py builds them. */
export const anchors = JSON.parse(readFileSync(join(import.meta.dirname, "anchors.json"), "utf8"));

/** The picture that they enlarge. */
export const anchorSize = { width: 320, height: 180 };

/** The networks and the low-resolution sizes on which they run, width x height. */
export const workloads = [
  { model: "flagship", width: 320, height: 180 },
  { model: "flagship", width: 640, height: 360 },
  { model: "allSplit", width: 320, height: 180 },
  { model: "channels32", width: 320, height: 180 },
];

/**
 * On a graphics card: kernels are counted for each, but an imitation in software is timed on the
 * first alone.
 */
export const onGraphics = [
  { model: "flagship", width: 64, height: 64 },
  { model: "flagship", width: 640, height: 360 },
];

/** The first picture of a page that has loaded nothing. */
export const coldPicture = { width: 320, height: 180 };

/** Twelve megapixels; by a runtime that needs tiles on one of these sides, whichever is fastest. */
export const largePicture = { width: 4000, height: 3000, scale: 2, sides: [256, 512, 1024] };

export const trainingStep = { model: "flagship", batch: 16, patch: 48 };

/** In the browser. */
export const tuningStep = { model: "flagship", batch: 4, patch: 48, scale: 2 };
