/** Advice for the reader: why the package's files do not load, and what to do about it. */
export function reachAdvice(url: URL): string {
  const advice = addressAdvice(url);
  if (!import.meta.env.PACKAGE) return advice;
  const copy = 'Copy the folder "lib/files" of the package "splitsr" to your server';
  const how = `${copy}, and give its address to createUpscaler as "assets" (to the element as an attribute).`;
  return `${advice} If there is no such file, your bundler has left it out: some do not follow "new URL". ${how}`;
}

/** Whether a server has sent its start page for a file that it does not have. */
export function isPage(response: Response): boolean {
  return import.meta.env.PACKAGE && response.headers.get("content-type")?.startsWith("text/html") === true;
}

function addressAdvice(url: URL): string {
  // A sandboxed frame has the address of its site, but not its origin. On a server there is none.
  const { origin } = globalThis as Partial<typeof globalThis>;
  if (origin === undefined || origin === url.origin) return "Check the connection and try again.";
  const header = `serve the files at ${url.origin} with the header "Access-Control-Allow-Origin: *"`;
  if (origin !== "null") return `Check the connection, or ${header}.`;
  return `This frame is sandboxed and has no origin: add allow-same-origin to its sandbox attribute, or ${header}.`;
}
