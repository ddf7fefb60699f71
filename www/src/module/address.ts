/** Addresses as the caller gives them. */

/** Relative ones are relative to the document, or to a worker that uses the module. */
export function absolute(address: string | URL): URL {
  const { document, location } = globalThis as Partial<typeof globalThis>;
  return new URL(address, document?.baseURI ?? location?.href);
}
