/**
 * The leading worker of fine-tuning: holds the pictures, the weights and Adam's state, and takes
 * the steps. It computes a part of each batch itself, and other workers compute the rest.
 */
import type { TuneSettings } from "../api/index.ts";
import { nextTask } from "../api/next-task.ts";
import type * as Tune from "../wasm/tune/splitsr.js";
import tuneGpuUrl from "../wasm/tune-gpu/splitsr_bg.wasm?url";
import tuneUrl from "../wasm/tune/splitsr_bg.wasm?url";
import { move, serve, WorkerClient } from "./bridge.ts";
import { readSource } from "./decode.ts";
import gradientWorkerUrl from "./gradient-worker.ts?worker&url";
import { parse, stringify } from "./json.ts";
import { sha256 } from "./pixels.ts";
import type { PlainPixels, PortableSource } from "./protocol.ts";
import { spawn } from "./spawn.ts";
import type {
  GradientMethods,
  PlainTuneInfo,
  PlainScore,
  TuneEvent,
  TuneMethods,
  TuneRequest,
} from "./tune-protocol.ts";
import { buffer, buildUrls, compile, instantiate } from "./wasm.ts";

/** Steps over which to measure the speed: enough to include a scoring, whose time counts too. */
const SPEED_STEPS = 100;

interface Running {
  tuning: Tune.Tuning;
  helpers: WorkerClient<GradientMethods>[];
}

let running: Promise<Running> | undefined;

/**
 * Settles when the last task so far has ended: asynchronous calls of one tuning must not overlap.
 */
let turn: Promise<unknown> = Promise.resolve();

function inTurn<T>(task: (running: Running) => Promise<T>): Promise<T> {
  const started = running;
  if (!started) throw new Error("nothing was started");
  const mine = turn.then(async () => task(await started));
  turn = mine.catch(() => undefined);
  return mine;
}

serve<TuneMethods>({
  async describe(model) {
    const { tune } = await load(false);
    return parse(tune.describeModel(new Uint8Array(model)));
  },

  start(request) {
    const started = start(request);
    running = started;
    return started.then(({ info }) => info);
  },

  async run(_, { emit, signal }) {
    // The beginning of the first step, and the ends of the last ones.
    const times = [performance.now()];
    for (;;) {
      const isDone = await inTurn(async ({ tuning, helpers }) => {
        if (signal.aborted || tuning.isDone) return tuning.isDone;
        const loss = await takeStep(tuning, helpers);
        const now = performance.now();
        times.push(now);
        if (times.length > SPEED_STEPS) times.shift();
        const stepsPerSecond = (1000 * (times.length - 1)) / (now - (times[0] ?? now));
        emit({ step: { step: tuning.step, loss, stepsPerSecond } });
        if (tuning.isToBeScored) emitScore(await score(tuning), emit);
        return undefined;
      });
      if (isDone !== undefined) return isDone;
      await nextTask();
    }
  },

  checkpoint() {
    return inTurn(async ({ tuning }) => {
      const state = buffer(await tuning.checkpoint());
      return move(state, [state]);
    });
  },

  best() {
    return inTurn(({ tuning }) => {
      const model = buffer(tuning.model());
      const best = parse(tuning.best());
      return Promise.resolve(move({ model, ...best, sha256: sha256(new Uint8Array(model)) }, [model]));
    });
  },
});

async function start(request: TuneRequest): Promise<Running & { info: PlainTuneInfo }> {
  const { model, name, replayRow, gpu, checkpoint } = request;
  const [{ tune, module }, engine] = await Promise.all([load(gpu), compile(buildUrls.simd128)]);
  instantiate(engine);
  const pictures = new tune.TuningPictures();
  for (const source of request.pictures) {
    const picture = await readInto(tune, source);
    pictures.add(picture);
    picture.free();
  }
  const row = await readInto(tune, replayRow);
  const json = stringify(request.settings);
  const tuning = await tune.Tuning.start(new Uint8Array(model), name, json, pictures, row, gpu);
  const { settings: fitted, modelPsnrY, ...heldOut } = parse(tuning.info());
  const settings: TuneSettings = { ...request.settings, ...fitted };
  const { psnrY: firstPsnrY, after } = await score(tuning);
  if (checkpoint) tuning.restore(new Uint8Array(checkpoint));
  const workers = gpu ? 1 : Math.min(request.workers, settings.batch);
  const helpers = await Promise.all(
    Array.from({ length: workers - 1 }, async () => {
      const helper = new WorkerClient<GradientMethods>(spawn(gradientWorkerUrl));
      await helper.call("boot", { module, model, settings: stringify(settings) });
      return helper;
    }),
  );
  const start = parse(tune.describeModel(new Uint8Array(model)));
  const original = plain(tuning.original());
  const bicubic = plain(tuning.bicubic());
  const byModel = tuning.byModel();
  const pictureParts = { original, bicubic, before: byModel ? plain(byModel) : after };
  const startPsnrY = modelPsnrY ?? firstPsnrY;
  const scores = { startPsnrY, firstPsnrY };
  const info: PlainTuneInfo = { ...heldOut, ...pictureParts, ...scores, settings, start, step: tuning.step, workers };
  return {
    tuning,
    helpers,
    info: move(
      info,
      Object.values(pictureParts).map(({ pixels }) => pixels),
    ),
  };
}

async function load(gpu: boolean): Promise<{ tune: typeof Tune; module: WebAssembly.Module }> {
  // Both export the same; only the names of their internals differ.
  const onGpu = () => import("../wasm/tune-gpu/splitsr.js") as Promise<unknown> as Promise<typeof Tune>;
  const glue = gpu ? onGpu() : import("../wasm/tune/splitsr.js");
  const [tune, module] = await Promise.all([glue, compile(gpu ? tuneGpuUrl : tuneUrl)]);
  tune.initSync({ module });
  return { tune, module };
}

/** Reads a picture with the engine's bundle, and hands it to the bundle of fine-tuning. */
async function readInto(tune: typeof Tune, source: PortableSource): Promise<Tune.Picture> {
  const picture = await readSource(source);
  try {
    return tune.Picture.unpack(picture.pack());
  } finally {
    picture.free();
  }
}

async function takeStep(tuning: Tune.Tuning, helpers: WorkerClient<GradientMethods>[]): Promise<number> {
  const parts = tuning.nextStep(helpers.length + 1);
  const { step } = tuning;
  const answers = helpers.slice(0, parts - 1).map((helper, index) => {
    const [weights, part] = [buffer(tuning.weights()), buffer(tuning.part(index + 1))];
    return helper.call("compute", { weights, step, part }, { transfer: [weights, part] });
  });
  const own = tuning.computeOwn();
  const gradients = await Promise.all(answers);
  await own;
  gradients.forEach((gradient, index) => tuning.accept(index + 1, new Uint8Array(gradient)));
  return tuning.apply();
}

async function score(tuning: Tune.Tuning): Promise<PlainScore> {
  const score = parse(await tuning.score());
  const after = tuning.after();
  if (!after) throw new Error("a scoring enlarges a picture");
  return { ...score, after: plain(after) };
}

function emitScore(score: PlainScore, emit: (event: TuneEvent) => void): void {
  emit(move({ score }, [score.after.pixels]));
}

function plain(picture: Tune.Picture): PlainPixels {
  const { width, height } = picture;
  const pixels = buffer(picture.rgba8());
  picture.free();
  return { width, height, pixels };
}
