/** Numbers in words. */
import { expect, test } from "@playwright/test";
import { spanText } from "../src/page/finetune/span.ts";
import { safeName } from "../src/page/shared/formats.ts";
import { bytesText } from "../src/page/shared/text.ts";
import { plural, whole } from "../src/page/shared/words.ts";

test("one thing is singular", () => {
  expect([0, 1, 2, 1200].map((count) => plural(count, "{0} step", "{0} steps", whole(count)))).toEqual([
    "0 steps",
    "1 step",
    "2 steps",
    "1,200 steps",
  ]);
});

test("a span has one unit, and one number where both are the same", () => {
  expect(spanText(12.4, 40)).toBe("12 to 40 s");
  expect(spanText(0.1, 0.2)).toBe("about 1 s");
  expect(spanText(50, 130)).toBe("1 to 2 min");
  expect(spanText(40, 95)).toBe("1 to 2 min");
  expect(spanText(2000, 6000)).toBe("1 to 2 h");
});

test("the size of a file is never nothing", () => {
  expect([1, 999, 1000, 1001, 999_999, 1_340_000].map(bytesText)).toEqual([
    "1 KB",
    "1 KB",
    "1 KB",
    "2 KB",
    "1000 KB",
    "1.3 MB",
  ]);
});

test("names of files and folders are valid on every system", () => {
  for (const [name, safe] of [
    ["a/b:c?", "a_b_c_"],
    ["..hidden", "hidden"],
    ["trip. ", "trip"],
    ["CON", "_CON"],
    ["lpt1.old", "_lpt1.old"],
    ["contact", "contact"],
    [" . ", "picture"],
    [`${"ä".repeat(99)} .${"ä".repeat(9)}`, "ä".repeat(99)],
  ] as const) {
    expect(safeName(name)).toBe(safe);
  }
});
