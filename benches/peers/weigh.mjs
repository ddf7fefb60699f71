/** How large downloads are. */
import { gzipSync } from "node:zlib";

/** Bytes of files as they are and gzipped, each file once. The model is data, not runtime. */
export function weigh(files) {
  const code = new Map(files.filter(({ path }) => !path.includes("/models/")).map(({ path, bytes }) => [path, bytes]));
  const total = (size) => [...code.values()].reduce((sum, bytes) => sum + size(bytes), 0);
  return {
    raw: total((bytes) => bytes.length),
    gzip: total((bytes) => gzipSync(bytes, { level: 9 }).length),
  };
}
