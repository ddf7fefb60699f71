/**
 * One runtime in a worker of its own; the query says which. A classic worker, because
 * TensorFlow.js's builds are scripts.
 */
const settings = Object.fromEntries(new URL(location.href).searchParams);

const contender = import("./serve.mjs").then(({ serve }) =>
  serve(async () => (await import(`./engines/${settings.engine}.mjs`)).start(settings)),
);

self.onmessage = async ({ data: { id, method, argument } }) => {
  try {
    const result = await (await contender).call(method, argument);
    // A large picture is handed over, not copied.
    postMessage({ id, result }, result?.pixels ? [result.pixels] : []);
  } catch (error) {
    postMessage({ id, error: String(error?.stack ?? error) });
  }
};
