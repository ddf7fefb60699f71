/** Functions for the page of a test: cameras, and what its engines do with their frames. */

declare global {
  interface Window {
    /** See {@link countWork}. */
    work: { now: number; max: number; started: number; colours: string[]; hold: boolean; release: () => void };
    /** See {@link drawnCamera}. */
    camera: { draw: (colour: string) => void; stream: MediaStream; rest: () => void };
    /** Streams that the page was given. */
    streams: MediaStream[];
  }
}

/** In the page: counts the pictures its engines enlarge at a time, and can hold back an answer. */
export function countWork(): void {
  const held: (() => void)[] = [];
  const release = () => {
    window.work.hold = false;
    for (const answer of held.splice(0)) answer();
  };
  window.work = { now: 0, max: 0, started: 0, colours: [], hold: false, release };
  window.Worker = class extends Worker {
    readonly #ids = new Set<number>();

    constructor(script: string | URL, options?: WorkerOptions) {
      super(script, options);
      // Before the engine's own listener, so that it can hear an answer later.
      this.addEventListener("message", (event: MessageEvent<{ id: number }>) => {
        if ("event" in event.data || !this.#ids.has(event.data.id)) return;
        if (event.isTrusted && window.work.hold) {
          event.stopImmediatePropagation();
          held.push(() => this.dispatchEvent(new MessageEvent("message", { data: event.data })));
          return;
        }
        this.#ids.delete(event.data.id);
        window.work.now--;
      });
    }

    override postMessage(message: unknown, options?: unknown) {
      const { id, method, argument } = message as { id: number; method?: string; argument?: { source?: unknown } };
      if (method === "upscale") {
        this.#ids.add(id);
        const { work } = window;
        work.started++;
        work.now++;
        work.max = Math.max(work.max, work.now);
        const { data } = (argument?.source ?? {}) as { data?: Uint8ClampedArray };
        if (data) work.colours.push([...data.slice(0, 3)].map((value) => (value > 128 ? "1" : "0")).join(""));
      }
      super.postMessage(message, options as StructuredSerializeOptions);
    }
  };
}

/** In the page: notes the streams that it is given. */
export function noteStreams(): void {
  window.streams = [];
  const { mediaDevices } = navigator;
  const get = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = async (wanted) => {
    const stream = await get(wanted);
    window.streams.push(stream);
    return stream;
  };
}

/** In the page: a camera whose frames the test draws, each of one colour. */
export function drawnCamera(): void {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: 640, height: 480 });
  const draw = (colour: string) => {
    const context = canvas.getContext("2d");
    if (!context) return;
    context.fillStyle = colour;
    context.fillRect(0, 0, canvas.width, canvas.height);
    (window.camera.stream.getVideoTracks()[0] as CanvasCaptureMediaStreamTrack).requestFrame();
  };
  // A frame is lost as long as there is no listener.
  let timer = 0;
  const rest = () => clearInterval(timer);
  window.camera = { draw, stream: canvas.captureStream(0), rest };
  const give = () => {
    clearInterval(timer);
    // The page ends the last one when it takes another.
    window.camera.stream = canvas.captureStream(0);
    timer = window.setInterval(() => draw("#f00"), 40);
    return Promise.resolve(window.camera.stream);
  };
  navigator.mediaDevices.getUserMedia = give;
  navigator.mediaDevices.getDisplayMedia = give;
}
