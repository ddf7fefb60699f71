/**
 * Typed calls over a worker's message port: a call has one argument and one result, may send events
 * on the way, may be aborted, and moves (not copies) the buffers that it names. Comlink has neither
 * aborts nor events, and its calls wait forever if a worker dies.
 */
import { UpscaleError, type ErrorCode } from "../api/index.ts";
import { setFiles, type Files } from "./files.ts";
import { failureText } from "./spawn.ts";

/** The methods that a worker serves: `[argument, result, event]` by name. */
export type Methods = Record<string, [argument: unknown, result: unknown, event: unknown]>;

interface Context<Event> {
  emit: (event: Event) => void;
  /**
   * Aborts when the caller does. A handler that throws the signal's reason has stopped as
   * requested.
   */
  signal: AbortSignal;
}

type Handlers<M extends Methods> = {
  [K in keyof M]: (argument: M[K][0], context: Context<M[K][1 | 2] & M[K][2]>) => M[K][1] | Promise<M[K][1]>;
};

interface Call {
  id: number;
  method: string;
  argument: unknown;
}

/** A message of the calling end. */
type Request = Call | { id: number; abort: true };

/** The first message to a worker of the npm package. */
type FilesMessage = { files: Files };

interface PlainError {
  code: ErrorCode;
  message: string;
  /** Whether the worker's wasm instance is dead, so that the worker must be replaced. */
  fatal: boolean;
}

type Reply = { id: number } & ({ event: unknown } | { result: unknown } | { error: PlainError } | { aborted: true });

/** An error after which the worker cannot be used again. */
export class FatalError extends UpscaleError {}

const moved = new WeakMap<object, Transferable[]>();

/**
 * Marks buffers within `value` to be moved when `value` is returned from a handler, or emitted by
 * it.
 */
export function move<T extends object>(value: T, buffers: Transferable[]): T {
  moved.set(value, buffers);
  return value;
}

function buffersOf(value: unknown): Transferable[] {
  const isObject = typeof value === "object" && value !== null;
  return (isObject ? moved.get(value) : undefined) ?? [];
}

/** The calling end of a worker. */
export class WorkerClient<M extends Methods> {
  readonly #worker: Worker;
  readonly #pending = new Map<
    number,
    {
      resolve: (value: never) => void;
      reject: (reason: unknown) => void;
      onEvent: ((event: never) => void) | undefined;
      signal: AbortSignal | undefined;
    }
  >();
  #nextId = 0;
  #dead: { reason: Error } | undefined;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => this.#receive(data));
    worker.addEventListener("error", (event) => {
      // Otherwise the page would also report it as an uncaught error.
      event.preventDefault();
      this.end(new FatalError("engine", failureText(event)));
    });
  }

  /**
   * Settles when the worker has answered, even after an abort: the worker is then ready for the
   * next call.
   */
  call<K extends keyof M & string>(
    method: K,
    argument: M[K][0],
    options: {
      transfer?: Transferable[] | undefined;
      onEvent?: ((event: M[K][2]) => void) | undefined;
      signal?: AbortSignal | undefined;
    } = {},
  ): Promise<M[K][1]> {
    const { transfer = [], onEvent, signal } = options;
    const id = this.#nextId++;
    const abort = () => this.#send({ id, abort: true });
    const answer = new Promise<M[K][1]>((resolve, reject) => {
      if (this.#dead) throw this.#dead.reason;
      signal?.throwIfAborted();
      // Before sending, so that the call rejects if the worker dies meanwhile.
      this.#pending.set(id, { resolve, reject, onEvent, signal });
      this.#send({ id, method, argument }, transfer);
      signal?.addEventListener("abort", abort);
    });
    return answer.finally(() => signal?.removeEventListener("abort", abort));
  }

  /** Whether it was ended, or has died by itself. */
  get isDead(): boolean {
    return this.#dead !== undefined;
  }

  /**
   * Ends the worker, even in the middle of a computation. Pending and later calls reject with
   * `reason`.
   */
  end(reason: Error): void {
    if (this.#dead) return;
    this.#dead = { reason };
    this.#worker.terminate();
    for (const { reject } of this.#pending.values()) reject(reason);
    this.#pending.clear();
  }

  #send(request: Request, transfer: Transferable[] = []): void {
    this.#worker.postMessage(request, transfer);
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
    } else if ("aborted" in reply) {
      pending.reject(pending.signal?.reason);
    } else {
      const { code, message, fatal } = reply.error;
      pending.reject(new (fatal ? FatalError : UpscaleError)(code, message));
    }
  }
}

/** The serving end: call once in a worker. */
export function serve<M extends Methods>(handlers: Handlers<M>): void {
  // The type libraries of the DOM and of workers exclude each other, so the worker's scope is
  // declared here.
  const scope = globalThis as unknown as {
    postMessage(reply: Reply, transfer?: Transferable[]): void;
    addEventListener(type: "message", listener: (event: MessageEvent<Request | FilesMessage>) => void): void;
  };
  const running = new Map<number, AbortController>();
  const answer = async ({ id, method, argument }: Call): Promise<void> => {
    const emit = (event: unknown) => scope.postMessage({ id, event }, buffersOf(event));
    const controller = new AbortController();
    const { signal } = controller;
    running.set(id, controller);
    try {
      const handler = handlers[method];
      if (!handler) throw new Error(`no method ${method}`);
      const result = await handler(argument, { emit, signal });
      scope.postMessage({ id, result }, buffersOf(result));
    } catch (error) {
      const aborted = signal.aborted && error === signal.reason;
      scope.postMessage(aborted ? { id, aborted } : { id, error: plain(error) });
    } finally {
      running.delete(id);
    }
  };
  scope.addEventListener("message", ({ data }) => {
    if (import.meta.env.PACKAGE && "files" in data) setFiles(data.files);
    else if ("abort" in data) running.get(data.id)?.abort();
    else void answer(data as Call);
  });
}

/** Error codes by the names of Rust's `Error` variants. */
const codes: Record<string, ErrorCode> = {
  UnsupportedFormat: "unsupported",
  Decode: "damaged",
  TooLarge: "too-large",
  Encode: "encode",
  Weights: "model",
  Config: "usage",
  Data: "usage",
};

/**
 * Rust's messages begin in lower case and have no full stop, for the command's stderr; the page
 * shows sentences.
 */
function sentence(message: string): string {
  const trimmed = message.trim();
  return trimmed.charAt(0).toUpperCase() + trimmed.slice(1) + (/[.!?]$/.test(trimmed) ? "" : ".");
}

function plain(error: unknown): PlainError {
  if (error instanceof UpscaleError) {
    return { code: error.code, message: error.message, fatal: error instanceof FatalError };
  }
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  // A failure of the GPU leaves its runtime unusable. Devices and tuners put the message into a
  // sentence.
  if (name === "Device") return { code: "gpu", message, fatal: true };
  const code = codes[name];
  if (code) return { code, message: sentence(message), fatal: false };
  // A panic is a RuntimeError ("unreachable"); running out of memory is one too, or a RangeError.
  // The instance is dead.
  const advice = "The picture may need more memory than this device has. Try a smaller picture or a smaller zoom.";
  return { code: "engine", message: `The engine stopped (${name}: ${message}). ${advice}`, fatal: true };
}
