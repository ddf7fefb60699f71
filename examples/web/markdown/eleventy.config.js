export default function (config) {
  config.addPassthroughCopy("*.{jpg,png,webp}");
  // The browser loads the files that it needs.
  config.addPassthroughCopy({ "node_modules/splitsr/lib": "splitsr" });
  return { dir: { output: "dist", includes: "layouts" } };
}
