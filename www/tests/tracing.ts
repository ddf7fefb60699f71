/** Finds the tasks that hold the page up. */
import { expect, type Page } from "@playwright/test";

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  /** The processor's time, in µs. */
  tdur?: number;
  args?: Record<string, unknown>;
}

/**
 * Tasks of the page's thread that use the processor for over 50 ms while `act` runs, in ms. The
 * observer of long tasks measures elapsed time, so it also reports short tasks that other processes
 * interrupt. Only those that used the processor for so long count.
 */
export async function longTasks(page: Page, act: () => Promise<unknown>): Promise<number[]> {
  const browser = page.context().browser();
  if (!browser) throw new Error("there is no browser to trace");
  await page.evaluate(() => {
    const seen: number[] = [];
    Object.assign(window, { seen });
    new PerformanceObserver((list) => seen.push(...list.getEntries().map(({ duration }) => duration))).observe({
      type: "longtask",
    });
  });
  await browser.startTracing(page, { categories: ["toplevel", "__metadata"] });
  try {
    await act();
  } catch (error) {
    await browser.stopTracing();
    throw error;
  }
  const seen = await page.evaluate(() => (window as unknown as { seen: number[] }).seen);
  const trace = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  if (seen.length === 0) return [];
  const events = trace.traceEvents;
  const isMain = (event: TraceEvent) => event.name === "thread_name" && event.args?.["name"] === "CrRendererMain";
  const threads = new Set(events.filter(isMain).map(({ pid, tid }) => `${pid} ${tid}`));
  return events
    .filter(({ name, pid, tid }) => name === "ThreadControllerImpl::RunTask" && threads.has(`${pid} ${tid}`))
    .map(({ tdur = 0 }) => tdur / 1000)
    .filter((milliseconds) => milliseconds > 50);
}

/**
 * Expects a try of at most three without such a task. Another process on the same core can make a
 * task use up to twice as much of the processor's time. Code that is too slow is so each time.
 */
export async function expectNoLongTask(page: Page, what: string, act: () => Promise<unknown>): Promise<void> {
  const tries: number[][] = [];
  while (tries.length < 3 && tries.every(({ length }) => length > 0)) tries.push(await longTasks(page, act));
  expect(tries.at(-1), `${what}: tasks of over 50 ms in each try: ${JSON.stringify(tries)}`).toEqual([]);
}
