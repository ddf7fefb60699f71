/**
 * Typed calls over a worker's message port: a call has one argument and one result, may send events on the way, and
 * moves (not copies) the buffers that it names. Both ends of both kinds of worker use it.
 */
import { UpscaleError, type ErrorCode } from "../module/api.ts";

/** The methods that a worker serves: `[argument, result, event]` by name. */
export type Methods = Record<string, [argument: unknown, result: unknown, event: unknown]>;

type Handlers<M extends Methods> = {
  [K in keyof M]: (argument: M[K][0], emit: (event: M[K][1 | 2] & M[K][2]) => void) => M[K][1] | Promise<M[K][1]>;
};

interface Call {
  id: number;
  method: string;
  argument: unknown;
}

interface PlainError {
  code: ErrorCode;
  message: string;
  /** The worker's wasm instance is dead: replace the worker. */
  fatal: boolean;
}

type Reply = { id: number } & ({ event: unknown } | { result: unknown } | { error: PlainError });

/** An error after which the worker cannot be used again. */
export class FatalError extends UpscaleError {}

const moved = new WeakMap<object, Transferable[]>();

/** Marks buffers within `value` to be moved when `value` is returned from a handler. */
export function move<T extends object>(value: T, buffers: Transferable[]): T {
  moved.set(value, buffers);
  return value;
}

/** The calling end of a worker. */
export class Remote<M extends Methods> {
  readonly #worker: Worker;
  readonly #pending = new Map<
    number,
    {
      resolve: (value: never) => void;
      reject: (reason: unknown) => void;
      onEvent?: ((event: never) => void) | undefined;
    }
  >();
  #nextId = 0;
  #dead: { reason: Error } | undefined;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => this.#receive(data));
    worker.addEventListener("error", (event) => {
      // Dealt with here; else it would go on to the page as an uncaught error of its own.
      event.preventDefault();
      // A script that does not load gives an event without a message.
      const why = event.message || "its script did not load";
      this.end(new FatalError("engine", `A worker of the engine failed (${why}). Reload the page and try again.`));
    });
  }

  call<K extends keyof M & string>(
    method: K,
    argument: M[K][0],
    options: { transfer?: Transferable[]; onEvent?: ((event: M[K][2]) => void) | undefined } = {},
  ): Promise<M[K][1]> {
    return new Promise<M[K][1]>((resolve, reject) => {
      if (this.#dead) {
        reject(this.#dead.reason);
        return;
      }
      const id = this.#nextId++;
      this.#worker.postMessage({ id, method, argument } satisfies Call, options.transfer ?? []);
      this.#pending.set(id, { resolve, reject, onEvent: options.onEvent });
    });
  }

  /** Ends the worker, even in the middle of a computation. What is pending, and later calls, reject with `reason`. */
  end(reason: Error): void {
    if (this.#dead) return;
    this.#dead = { reason };
    this.#worker.terminate();
    for (const { reject } of this.#pending.values()) reject(reason);
    this.#pending.clear();
  }

  #receive(reply: Reply): void {
    const pending = this.#pending.get(reply.id);
    if (!pending) return;
    if ("event" in reply) {
      pending.onEvent?.(reply.event as never);
      return;
    }
    this.#pending.delete(reply.id);
    if ("result" in reply) {
      pending.resolve(reply.result as never);
    } else {
      const { code, message, fatal } = reply.error;
      pending.reject(new (fatal ? FatalError : UpscaleError)(code, message));
    }
  }
}

/** The serving end: call once in a worker. */
export function serve<M extends Methods>(handlers: Handlers<M>): void {
  // The DOM and worker type libraries exclude each other; this is the one place where the worker's scope is named.
  const scope = globalThis as unknown as {
    postMessage(reply: Reply, transfer?: Transferable[]): void;
    addEventListener(type: "message", listener: (event: MessageEvent<Call>) => void): void;
  };
  const answer = async ({ id, method, argument }: Call): Promise<void> => {
    const emit = (event: unknown) => scope.postMessage({ id, event });
    try {
      const handler = handlers[method];
      if (!handler) throw new Error(`no method ${method}`);
      const result = await handler(argument, emit);
      const buffers = typeof result === "object" && result !== null ? moved.get(result) : undefined;
      scope.postMessage({ id, result }, buffers ?? []);
    } catch (error) {
      scope.postMessage({ id, error: plain(error) });
    }
  };
  scope.addEventListener("message", (event) => void answer(event.data));
}

/** Rust's `Error` variants, by the `name` that the wasm surface gives its errors. */
const codes: Record<string, ErrorCode> = {
  UnsupportedFormat: "unsupported",
  Decode: "damaged",
  TooLarge: "too-large",
  Encode: "encode",
  Weights: "model",
  Config: "usage",
};

/** Rust's messages begin in lower case and have no full stop, for a command's stderr; a page shows sentences. */
function sentence(message: string): string {
  const trimmed = message.trim();
  return trimmed.charAt(0).toUpperCase() + trimmed.slice(1) + (/[.!?]$/.test(trimmed) ? "" : ".");
}

function plain(error: unknown): PlainError {
  if (error instanceof UpscaleError) {
    return { code: error.code, message: error.message, fatal: error instanceof FatalError };
  }
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const code = codes[name];
  if (code) return { code, message: sentence(message), fatal: false };
  // A panic is a RuntimeError ("unreachable"); running out of memory is one too, or a RangeError. The instance is dead.
  const advice = "The picture may need more memory than this device gives: try a smaller picture or zoom.";
  return { code: "engine", message: `The engine stopped (${name}: ${message}). ${advice}`, fatal: true };
}
