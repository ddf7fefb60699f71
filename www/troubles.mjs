// Names the browser tests that failed, or passed only when tried again, from Playwright's JSON: a
// line each, with the first line of the error.
//   node www/troubles.mjs REPORT.json
import { readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";

const words = { unexpected: "failed", flaky: "passed at the second try" };

/** A spec may hold specs, as `describe` does. */
function* specsOf({ suites = [], specs = [] }) {
  yield* specs;
  for (const suite of suites) yield* specsOf(suite);
}

for (const { file, line, title, tests } of specsOf(JSON.parse(readFileSync(process.argv[2], "utf8")))) {
  for (const { status, projectName, results } of tests) {
    if (!(status in words)) continue;
    const error = results[0].error?.message ?? results[0].status;
    console.log(
      `[${projectName}] ${file}:${line} ${title}: ${words[status]}: ${stripVTControlCharacters(error).split("\n")[0]}`,
    );
  }
}
