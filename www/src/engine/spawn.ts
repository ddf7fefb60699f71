/**
 * Starts a module worker, even if its script is on a different origin than the page, as it is when
 * the package is loaded from a CDN. Browsers refuse such a script as a worker, but let a local
 * worker import it.
 *
 * `script` comes from a `?worker&url` import.
 */
export function spawn(script: string): Worker {
  const url = new URL(script, import.meta.url);
  if (url.origin === self.location.origin) return new Worker(url, { type: "module" });
  const source = `import ${JSON.stringify(url.href)};`;
  const local = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  return new Worker(local, { type: "module" });
}
