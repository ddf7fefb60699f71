/**
 * The leading worker of fine-tuning: holds the pictures, the weights and Adam's state, and takes the steps. Of each batch it
 * computes a part itself; the others go to workers of their own.
 */
import type { ModelEntry } from "../module/api.ts";
import type { TuneFacts } from "../module/tuning.ts";
import { sha256 } from "../wasm/simd128/splitsr.js";
import type * as Tune from "../wasm/tune/splitsr.js";
import tuneGpuUrl from "../wasm/tune-gpu/splitsr_bg.wasm?url";
import tuneUrl from "../wasm/tune/splitsr_bg.wasm?url";
import { FatalError, move, Remote, serve } from "./bridge.ts";
import { readSource } from "./decode.ts";
import gradientWorkerUrl from "./gradient-worker.ts?worker&url";
import type { PlainPixels, PortableSource } from "./protocol.ts";
import { spawn } from "./spawn.ts";
import type { GradientMethods, PlainFacts, PlainScore, TuneEvent, TuneMethods, TuneRequest } from "./tune-protocol.ts";
import { buffer, buildUrls, compile, instantiate } from "./wasm.ts";

/** Steps over which the speed is measured: enough for a scoring, whose time counts as well, to be among them. */
const SPEED_STEPS = 100;

interface Running {
  tuning: Tune.Tuning;
  helpers: Remote<GradientMethods>[];
}

let running: Promise<Running> | undefined;

/** Settles when the last task so far has ended: what uses the tuning takes turns, since its calls wait in between. */
let turn: Promise<unknown> = Promise.resolve();

function inTurn<T>(task: (running: Running) => Promise<T>): Promise<T> {
  const started = running;
  if (!started) throw new Error("nothing was started");
  const mine = turn.then(async () => task(await started)).catch(fail);
  turn = mine.catch(() => undefined);
  return mine;
}

/** The runtime cannot go on after a failure of its device: the worker is to be replaced. */
function fail(error: unknown): never {
  throw error instanceof Error && error.name === "Device" ? new FatalError("gpu", error.message) : error;
}

serve<TuneMethods>({
  async describe(model) {
    const { tune } = await load(false);
    return JSON.parse(tune.describeModel(new Uint8Array(model))) as ModelEntry;
  },

  start(request) {
    const started = start(request);
    running = started;
    return started.then(({ facts }) => facts).catch(fail);
  },

  async run(_, { emit, signal }) {
    // When the last steps ended, and the first began.
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
      await breathe();
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
      const { step, psnrY } = JSON.parse(tuning.best()) as { step: number; psnrY: number };
      return Promise.resolve(move({ model, step, psnrY, sha256: sha256(new Uint8Array(model)) }, [model]));
    });
  },
});

async function start(request: TuneRequest): Promise<Running & { facts: PlainFacts }> {
  const { model, name, generic, settings, gpu, checkpoint } = request;
  const [{ tune, module }, engine] = await Promise.all([load(gpu), compile(buildUrls.simd128)]);
  instantiate(engine);
  const pictures = new tune.TuningPictures();
  for (const source of request.pictures) {
    const picture = await readInto(tune, source);
    pictures.add(picture);
    picture.free();
  }
  const row = await readInto(tune, generic);
  const tuning = await tune.Tuning.start(new Uint8Array(model), name, JSON.stringify(settings), pictures, row, gpu);
  const about = JSON.parse(tuning.info()) as Omit<
    PlainFacts,
    "truth" | "bicubic" | "before" | "startPsnrY" | "firstPsnrY" | "start"
  > & {
    modelPsnrY: number | null;
  };
  const { psnrY: firstPsnrY, after } = await score(tuning);
  if (checkpoint) tuning.restore(new Uint8Array(checkpoint));
  const workers = gpu ? 1 : Math.min(request.workers, about.settings.batch);
  const helpers = await Promise.all(
    Array.from({ length: workers - 1 }, async () => {
      const helper = new Remote<GradientMethods>(spawn(gradientWorkerUrl));
      await helper.call("boot", { module, model, settings: JSON.stringify(about.settings) });
      return helper;
    }),
  );
  const start = JSON.parse(tune.describeModel(new Uint8Array(model))) as TuneFacts["start"];
  const truth = plain(tuning.truth());
  const bicubic = plain(tuning.bicubic());
  const byModel = tuning.byModel();
  const seen = { truth, bicubic, before: byModel ? plain(byModel) : after };
  const { modelPsnrY, ...told } = about;
  const startPsnrY = modelPsnrY ?? firstPsnrY;
  const facts: PlainFacts = { ...told, ...seen, start, startPsnrY, firstPsnrY, step: tuning.step, workers };
  return {
    tuning,
    helpers,
    facts: move(
      facts,
      Object.values(seen).map(({ pixels }) => pixels),
    ),
  };
}

async function load(gpu: boolean): Promise<{ tune: typeof Tune; module: WebAssembly.Module }> {
  // Both export the same; what differs is only how each names its insides.
  const onGpu = () => import("../wasm/tune-gpu/splitsr.js") as Promise<unknown> as Promise<typeof Tune>;
  const glue = gpu ? onGpu() : import("../wasm/tune/splitsr.js");
  const [tune, module] = await Promise.all([glue, compile(gpu ? tuneGpuUrl : tuneUrl)]);
  tune.initSync({ module });
  return { tune, module };
}

/** Reads a picture with the engine, and brings it to the bundle of fine-tuning. */
async function readInto(tune: typeof Tune, source: PortableSource): Promise<Tune.Picture> {
  const picture = await readSource(source);
  try {
    return tune.Picture.unpack(picture.pack());
  } finally {
    picture.free();
  }
}

async function takeStep(tuning: Tune.Tuning, helpers: Remote<GradientMethods>[]): Promise<number> {
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
  const score = JSON.parse(await tuning.score()) as Omit<PlainScore, "after">;
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

/** Lets messages in. A timer would wait for 4 ms, in a tab in the background for a second. */
function breathe(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
