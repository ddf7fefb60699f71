import { useEffect, useRef, useState } from "react";
import { createUpscaler } from "splitsr";

/** `progress`, `result` or `error` are those of the last picture. */
export function useUpscaler(options) {
  const [state, setState] = useState({});
  const last = useRef({});

  function stop() {
    last.current.run?.abort();
    last.current.upscaler?.then((engine) => engine.destroy()).catch(() => {});
    last.current = {};
    setState({});
  }
  useEffect(() => stop, []);

  async function enlarge(picture, settings) {
    if (!picture) return; // The file chooser was closed.
    last.current.run?.abort();
    const { signal } = (last.current.run = new AbortController());
    const show = (state) => signal.aborted || setState(state);
    const onProgress = ({ fraction }) => show({ progress: fraction });
    const all = { ...settings, signal, onProgress };
    let engine;
    try {
      engine = await (last.current.upscaler ??= createUpscaler(options));
      show({ result: await engine.upscale(picture, all) });
    } catch (error) {
      if (!engine) delete last.current.upscaler; // The next picture tries again.
      show({ error });
    }
  }
  return { ...state, enlarge, stop };
}
