/** One WebAssembly instance, in node, as a worker of the page's pool has it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { tileMessage } from "../peers/web/engines/tile.mjs";

/**
 * The fastest of some runs, in milliseconds, for one picture of noise: other work of the machine
 * only makes runs slower. `bundle` is a folder in www/src/wasm.
 */
export async function timeInWasm(bundle, weights, width, height, rounds) {
  const { default: initialise, Model } = await import(
    join(bundle, "splitsr.js")
  );
  await initialise({
    module_or_path: readFileSync(join(bundle, "splitsr_bg.wasm")),
  });
  const model = Model.load(readFileSync(weights));
  const planes = Float32Array.from(
    { length: 3 * width * height },
    (_, index) => ((index * 2654435761) >>> 24) / 255,
  );
  const message = tileMessage(planes, height, width, model.scale);
  model.runTile(message).free();
  const samples = Array.from({ length: rounds }, () => {
    const start = performance.now();
    model.runTile(message).take();
    return performance.now() - start;
  });
  model.free();
  return Math.min(...samples);
}
