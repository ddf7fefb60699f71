import { onScopeDispose, shallowRef } from "vue";
import { createUpscaler } from "splitsr";

/** `state` has the `progress`, the `result` or the `error` of the last picture. */
export function useUpscaler(options) {
  const state = shallowRef({});
  let run;
  let upscaler;

  async function enlarge(picture, settings) {
    if (!picture) return; // The file chooser was closed.
    run?.abort();
    const { signal } = (run = new AbortController());
    const show = (news) => signal.aborted || (state.value = news);
    const onProgress = ({ fraction }) => show({ progress: fraction });
    const all = { ...settings, signal, onProgress };
    let engine;
    try {
      engine = await (upscaler ??= createUpscaler(options));
      show({ result: await engine.upscale(picture, all) });
    } catch (error) {
      if (!engine) upscaler = undefined; // The next picture tries again.
      show({ error });
    }
  }

  onScopeDispose(() => {
    run?.abort();
    upscaler?.then((engine) => engine.destroy()).catch(() => {});
  });
  return { state, enlarge };
}
