/** Stands in for `../engine/reach.ts`. */
import type * as Browser from "../engine/reach.ts";

export const reachAdvice: typeof Browser.reachAdvice = (url) => {
  if (url.protocol !== "file:") return "Check the connection and try again.";
  const how = 'give createUpscaler a copy of the folder "lib/files" of the package "splitsr" as "assets"';
  return `Check the path. If a bundler has left out the package's own files, ${how}.`;
};

export { isPage } from "../engine/reach.ts";
