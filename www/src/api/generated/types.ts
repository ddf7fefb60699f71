/* Generated from Rust, do not edit. To write it anew:
   SPLITSR_WRITE_TYPES=1 cargo test --release --lib generated */

/* eslint-disable @typescript-eslint/array-type */

/**
 * The configuration of any network that this crate can build. The metadata of a weights file holds
 * it.
 */
export type NetworkConfig = { "architecture": "splitsr" } & SplitSrHyperparameters | { "architecture": "edsr" } & EdsrConfig | { "architecture": "san" } & SanConfig | { "architecture": "srcnn" } & SrcnnConfig;

/** SplitSR: a chain of residual groups, some of which are made of lightweight blocks. */
export type SplitSrHyperparameters = { 
/** Enlargement: 2, 3 or 4. */
scale: number, 
/** Feature channels C. */
channels: number, 
/** Residual groups G. */
groups: number, 
/** Blocks in each group, B. */
blocks: number, 
/** Fraction of the channels that a lightweight block convolves, in (0, 1]. */
split_ratio: number, 
/** Number of groups that are made of lightweight blocks, from 0 to `groups`. */
hybrid_index: number, 
/** Which of the groups these are. */
hybrid_mode: HybridMode, 
/** Where lightweight blocks replace standard ones. */
replacement: Replacement, 
/** The kind of lightweight block. */
block: BlockKind, 
/**
 * Reduction of the channel attention in standard blocks (RCAN: 16), or none. Attention
 * averages over the whole picture, so a network with it has no finite receptive field.
 */
attention: number | null, };

/** The order of the lightweight and the standard groups. */
export type HybridMode = "split-first" | "standard-first" | "interleaved";

/** Where lightweight blocks stand. */
export type Replacement = "features" | "upsampler" | "both";

/** The lightweight blocks that the paper compares; each maps N channels to N. */
export type BlockKind = "split" | "shuffle" | "inverted-residual" | "idle" | "ghost";

/** EDSR without residual scaling. */
export type EdsrConfig = { 
/** Enlargement: 2, 3 or 4. */
scale: number, 
/** Feature channels. */
channels: number, 
/** Residual blocks. */
blocks: number, };

/** SAN with windows of 24 x 24 pixels in its non-local blocks. */
export type SanConfig = { 
/** Enlargement: 2, 3 or 4. */
scale: number, 
/** Feature channels. */
channels: number, 
/** Residual groups. */
groups: number, 
/** Blocks in each group. */
blocks: number, 
/** Reduction of the channel attention. */
reduction: number, };

/** SRCNN has one shape; only its scale varies. */
export type SrcnnConfig = { 
/** Enlargement: 2, 3 or 4. */
scale: number, };

/** A SplitSR network, with or without weights. */
export type NetworkInfo = { 
/** Its hyper-parameters. */
config: SplitSrConfig, 
/** Parameters. */
params: number, 
/** Multiply-adds for a result of 1280 × 720. */
macs720p: number, 
/**
 * Side of the square that an output pixel depends on, in low-resolution pixels; null: the
 * whole picture.
 */
receptiveField: number | null, 
/** Which of the groups are lightweight. */
lightGroups: Array<boolean>, 
/** Number of channels that a lightweight block convolves. */
splitChannels: number, 
/** The way of each channel through a lightweight block. */
channelFlow: ChannelFlow, };

/** Which channels a block convolves and where it puts each, for drawings. */
export type ChannelFlow = { 
/** Whether it convolves the channel at each place. */
convolved: Array<boolean>, 
/** The place to which it moves the channel at each place. */
movesTo: Array<number>, 
/** A description that continues the sentence "A lightweight group, enlarged: …". */
about: string, };

/** An entry of `models/index.json`. */
export type ModelEntry = { 
/** The model's name in lists. */
name: string, 
/** 2, 3 or 4. Larger zooms run the model several times, smaller ones are resized down. */
scale: number, 
/** SHA-256 of the file, in hexadecimal. */
sha256: string, 
/** File name, next to the index; empty for a model that is not in it. */
file: string, 
/** Parameters. */
params: number, 
/** Multiply-adds for a result of 1280 × 720. */
macs_720p: number, 
/**
 * Side of the square that an output pixel depends on, in low-resolution pixels; null: the
 * whole picture.
 */
receptive_field?: number | null, 
/** The network. */
config: NetworkConfig, 
/** How it was trained. Only the hours are always there; other fields depend on the recipe. */
training: { hours?: number } | null, 
/** If it is a twin: which model it belongs to, for clean-up. */
twin?: Twin, 
/** Whether the file holds many networks, of which `config` is one. */
elastic?: boolean, };

/** How a `Job` enlarges its picture: by a scale, or to a width and a height. */
export type JobOptions = { 
/** From 1 to 16. */
scale?: number, 
/** Pixels. */
width?: number, 
/** Pixels. */
height?: number, 
/** "auto" (default), "exact" or a halo in pixels, "24". */
tile?: string, 
/** Whether the result is the mean of those for the 8 flips and rotations. */
ensemble?: boolean, 
/** Tiles that can be computed at the same time. Default: 1. */
workers?: number, 
/** Whether a GPU computes the tiles. */
gpu?: boolean, 
/** Whether a schedule divides the tiles between networks. */
scheduled?: boolean, };

/** The work of a `Job`. */
export type JobPlan = { 
/** Width of the result in pixels. */
width: number, 
/** Height of the result in pixels. */
height: number, 
/** Tiles of all passes. */
tiles: number, 
/** Low-resolution pixels that the network computes for them. */
pixels: number, 
/** Workers that compute tiles at once, at most. */
workers: number, 
/** Bytes that they take together, at most. */
bytes: number, };

/** How strongly a picture was compressed. */
export type CompressionInfo = { 
/** The kind of evidence for it. */
kind: CompressionKind, 
/** From 1 (worst) to 100, on the scale of libjpeg. */
quality: number, 
/** The resolution of the colours; null if there are none, or if it is unknown. */
chroma: ChromaSampling | null, 
/** All of that in words: "JPEG, quality about 72, 4:2:0". */
description: string, };

/** The evidence for how strongly a picture was compressed. */
export type CompressionKind = "jpeg" | "webp" | "blocks";

/** The clean-up that suits a picture. */
export type CleanUpChoice = { 
/** In %. */
strength: number, 
/** The findings and the choice, in words. */
note: string, };

/** The metadata of a twin: which model it belongs to, and how strongly. */
export type Twin = { 
/** SHA-256 of the weights file of the model that it belongs to. */
of: string, 
/** The best strengths on the validation pictures, by ascending quality. */
strengths: Array<BestStrength>, };

/** The best strengths for JPEGs of one quality. */
export type BestStrength = { 
/** As [`Compression::quality`]. */
quality: number, 
/** The strength in % if colours have less resolution than brightness. */
half_chroma: number, 
/** The strength in % if they have the same. */
full_chroma: number, };

/** Which network an elastic file gives. Missing fields keep the values of the file's config. */
export type Slice = { 
/** Split ratio, above 0 and at most 1 (elastic models only) */
splitRatio?: number, 
/** Number of lightweight groups (elastic models only) */
hybridIndex?: number, 
/** Which groups are lightweight (elastic models only) */
hybridMode?: HybridMode, };

/** The resolution of the colours, relative to the brightness. */
export type ChromaSampling = "4:4:4" | "4:2:2" | "4:4:0" | "4:2:0" | "4:1:1";

/** How to fine-tune a model. */
export type TuneSettings = { 
/** Steps of the run. */
steps: number, 
/** Patches per step. */
batch: number, 
/**
 * The side of a high-resolution patch, in pixels, at least 8 times the scale. Small pictures
 * lower it.
 */
patch: number, 
/** The highest learning rate. */
learningRate: number, 
/** Which weights are trained. */
trained: Trained, 
/**
 * The fraction of the patches, 0 to 1, that come from generic pictures, so that the model does
 * not forget these: see [`Recipe::replay`].
 */
replay: number, 
/**
 * The most that generic pictures may lose, in dB: the result is blended with the initial model
 * until they lose no more. 100 sets no limit.
 */
forget: number, 
/** How the low-resolution pictures are made. */
degradation: Degradation, 
/**
 * Whether each picture is damaged at random instead, as pictures from the web are: see
 * [`RandomDegradation`].
 */
randomDegradation: boolean, 
/** Seeds the choice of pictures and patches. */
seed: number, 
/**
 * A network other than the model's, of the same scale. It takes over the weights that fit, and
 * learns the rest from the model's results for generic pictures too. `forget` then has no
 * effect.
 */
network?: NetworkConfig | undefined, };

/** Which weights a run trains. */
export type Trained = "all" | "tail" | "light-blocks";

/**
 * Blur, then shrinking, noise and JPEG. The default is the evaluation protocol's: MATLAB's bicubic
 * only.
 */
export type Degradation = { 
/** The filter that shrinks the picture. */
shrink: Shrink, 
/**
 * Standard deviation of a Gaussian blur before shrinking, in high-resolution pixels: 0 (none)
 * to 4.
 */
blur: number, 
/** Standard deviation of Gaussian noise after shrinking, in levels of 255: 0 (none) to 50. */
noise: number, 
/** Quality of a final JPEG compression, 1 to 100, or none. */
jpeg: number | null, 
/** Whether JPEG halves the resolution of the colours (4:2:0), as most cameras and programs do. */
half_chroma: boolean, 
/** Quality of a JPEG compression before that one, 1 to 100, or none. */
jpeg_before: number | null, };

/** A filter that shrinks pictures. */
export type Shrink = "bicubic" | "area" | "lanczos" | "bilinear";

/** Properties known before the first step. */
export type FineTuningInfo = { 
/**
 * The settings, with a patch that fits into the pictures. TypeScript gets the patch from here,
 * and has the others in a form that keeps null.
 */
settings: Pick<TuneSettings, "patch">, 
/** The data held out of training to score with. */
heldOut: HeldOutKind, 
/** The number of pictures that are held out, or of which a part is. */
heldOutPictures: number, 
/** Whether enough is held out for a meaningful score. */
enough: boolean, 
/** The score of bicubic interpolation, in dB. */
bicubicPsnrY: number, 
/** The initial model's score, in dB, if the trained network is another one. */
modelPsnrY: number | null, };

/** The kind of data held out of training. */
export type HeldOutKind = "pictures" | "parts";

/** A score, as the page gets it. */
export type FineTuningScore = { 
/** Steps taken. */
step: number, 
/** PSNR on Y of what is held out, in dB. */
psnrY: number, 
/** PSNR that generic pictures have lost, in dB. */
forgotten: number, };

/** The result of a scoring. */
export type Scoring = { 
/** The best score so far. */
best: FineTuningScore, 
/** Whether the last scorings brought no gain. */
stalled: boolean, 
/** Steps taken. */
step: number, 
/** PSNR on Y of what is held out, in dB. */
psnrY: number, 
/** PSNR that generic pictures have lost, in dB. */
forgotten: number, };

/** A SplitSR network and its hyper-parameters. */
export type SplitSrConfig = Extract<NetworkConfig, { architecture: "splitsr" }>;
