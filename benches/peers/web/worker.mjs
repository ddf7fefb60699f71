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
    postMessage({ id, result: await (await contender).call(method, argument) });
  } catch (error) {
    postMessage({ id, error: String(error?.stack ?? error) });
  }
};
