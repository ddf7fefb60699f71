export default function (config) {
  config.addPassthroughCopy("*.{jpg,png,webp}");
  // The browser loads of it what it needs.
  config.addPassthroughCopy({ "node_modules/splitsr/lib": "splitsr" });
  return { dir: { output: "dist", includes: "layouts" } };
}
