/** What keeps the package's files from loading, and what to do about it, as advice for the reader. */
export function reachAdvice(url: URL): string {
  // A sandboxed frame has the address of its site, but not its origin. On a server there is none.
  const { origin } = globalThis as Partial<typeof globalThis>;
  if (origin === undefined || origin === url.origin) return "Check the connection and try again.";
  const header = `serve the files at ${url.origin} with the header "Access-Control-Allow-Origin: *"`;
  if (origin !== "null") return `Check the connection, or ${header}.`;
  return `This frame is sandboxed and has no origin: add allow-same-origin to its sandbox attribute, or ${header}.`;
}
