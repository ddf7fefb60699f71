/**
 * The addresses of the npm package's files. Bundlers rename files, and only the page's thread can
 * ask them for the new names: it sends them to each worker, which passes them on to the workers
 * that it starts. The site's files have their addresses from the build.
 */

/** Addresses by name: "codecs.wasm". */
export type Files = Readonly<Record<string, string>>;

/** In a worker: the files that the thread which started it knows. */
let knownFiles: Files = {};

export function setFiles(files: Files): void {
  knownFiles = files;
}

/** The files that a worker passes on. */
export function known(): Files {
  return knownFiles;
}

/** `file` comes from a `?url` import: the site's is an address, the package's a name. */
export function locate(file: string, files = knownFiles): URL {
  return import.meta.env.PACKAGE ? new URL(files[file] ?? file) : new URL(file, import.meta.url);
}
