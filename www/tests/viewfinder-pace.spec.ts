/** How the viewfinder finds the size of the part and the model that are fast enough. */
import { expect, test } from "@playwright/test";
import { Pace } from "../src/page/viewfinder/pace.ts";

test.describe("the pace", () => {
  /** A device that takes `perWork` ms for each unit of work, and `fixed` ms for each frame. */
  function run(pace: Pace, costs: number[], perWork: number, fixed: number, frames: number, from = 0): number {
    const time = () => fixed + perWork * (costs[pace.model] ?? 0) * pace.steps ** 2;
    for (let frame = 0; frame < frames; frame++) pace.note(time(), from + 40 * frame);
    return time();
  }

  test("reaches 24 frames a second on a slow device with a smaller part, and stays there", () => {
    const pace = new Pace([1, 4]);
    pace.request(Infinity, 150);
    expect(run(pace, [1, 4], 0.1, 3, 300)).toBeLessThan(1000 / 24);
    expect(pace.model).toBe(0);
    expect(pace.isLimited).toBe(true);
    const { steps } = pace;
    expect(steps).toBeLessThan(40);
    run(pace, [1, 4], 0.1, 3, 1000, 12_000);
    expect(pace.steps).toBe(steps);
  });

  test("enlarges more on a fast device, and then with a better model", () => {
    const pace = new Pace([1, 4]);
    pace.request(Infinity, 100);
    run(pace, [1, 4], 0.0002, 2, 600);
    expect(pace.steps).toBe(100);
    expect(pace.model).toBe(1);
    // A visitor who wants to see more can, with the faster model if necessary.
    pace.request(20, 100);
    run(pace, [1, 4], 0.015, 2, 300);
    expect(pace.model).toBe(1);
    pace.request(Infinity, 1000);
    expect(pace.model).toBe(0);
    expect(run(pace, [1, 4], 0.015, 2, 300)).toBeLessThan(1000 / 24);
  });

  test("says so where not even the smallest part is fast enough", () => {
    const pace = new Pace([1]);
    pace.request(Infinity, 100);
    run(pace, [1], 1, 10, 200);
    expect(pace.isTooSlow).toBe(true);
    expect(pace.steps).toBe(8);
  });
});
