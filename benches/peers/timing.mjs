/** Times several contenders on the same work, fairly: in turns, in rotated order, after pauses. */
import { readFileSync, readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** The pause before each run: the threads of the previous run have stopped spinning by then. */
const PAUSE_MS = 150;

/**
 * A run that takes less is repeated at once, and the second run counts: a core that was idle takes
 * a while to wake up.
 */
const SHORT_MS = 400;

/** A contender is not timed again after this much time and at least `MIN_RUNS` runs. */
const MAX_MS = 12_000;
const MIN_RUNS = 3;

/** A run is repeated if other processes used more of the CPU, up to `ATTEMPTS` runs in all. */
const MAX_OTHER_CORES = 0.25;
export const ATTEMPTS = 3;

export function median(samples) {
  const sorted = samples.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/**
 * Runs each of `contenders`, a map of asynchronous functions that return milliseconds, up to
 * `rounds` times. Returns the samples of each, and how many cores other processes used at
 * most during a run that counts.
 */
export async function inTurns(contenders, rounds) {
  const names = [...contenders.keys()];
  const samples = new Map(names.map((name) => [name, []]));
  const total = (name) => samples.get(name).reduce((sum, sample) => sum + sample, 0);
  let max = 0;
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round) % names.length];
      if (round >= MIN_RUNS && total(name) > MAX_MS) continue;
      const { milliseconds, others } = await undisturbed(contenders.get(name));
      samples.get(name).push(milliseconds);
      max = Math.max(max, others);
    }
  }
  return { samples, others: max };
}

/**
 * As `inTurns`, for runs that start a browser each. The functions return objects with
 * `milliseconds` and the cores that `others` used, from `watchOthers`. Returns those of each
 * contender. One that takes longer than `most` milliseconds runs once; a run that others disturb
 * is repeated, up to `attempts` runs in all.
 */
export async function inFreshTurns(contenders, rounds, { most = Infinity, attempts = 1 }) {
  const names = [...contenders.keys()];
  const runs = new Map(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round) % names.length];
      if (runs.get(name)[0]?.milliseconds > most) continue;
      let run;
      for (let attempt = 1; attempt <= attempts; attempt++) {
        await sleep(PAUSE_MS);
        run = await contenders.get(name)();
        if (run.others <= MAX_OTHER_CORES) break;
      }
      runs.get(name).push(run);
    }
  }
  return runs;
}

/** Returns a function that gives the cores that other processes have used since then. */
export function watchOthers() {
  const before = cpuTime();
  return () => foreign(before, cpuTime());
}

/** The last run always counts, so that a busy machine gets a result, which says how busy it was. */
async function undisturbed(run) {
  for (let attempt = 1; ; attempt++) {
    await sleep(PAUSE_MS);
    const others = watchOthers();
    const first = await run();
    const milliseconds = first < SHORT_MS ? await run() : first;
    const cores = others();
    if (cores <= MAX_OTHER_CORES || attempt === ATTEMPTS) return { milliseconds, others: cores };
  }
}

/** The ticks that all processes, and this one with its descendants, have used; from /proc. */
function cpuTime() {
  const [user, nice, system, , , irq, softirq] = readFileSync("/proc/stat", "utf8").split(/\s+/).slice(1).map(Number);
  const processes = new Map();
  for (const id of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${id}/stat`, "utf8");
      // After the name, which is in brackets and may hold anything.
      const fields = stat
        .slice(stat.lastIndexOf(")") + 2)
        .split(" ")
        .map(Number);
      const [userTime, systemTime, endedUser, endedSystem] = fields.slice(11, 15);
      processes.set(Number(id), { parent: fields[1], ticks: userTime + systemTime + endedUser + endedSystem });
    } catch {
      // It has ended since the folder was read.
    }
  }
  const isOurs = (id) => id === process.pid || (processes.has(id) && isOurs(processes.get(id).parent));
  let own = 0;
  for (const [id, { ticks }] of processes) if (isOurs(id)) own += ticks;
  return { all: user + nice + system + irq + softirq, own, milliseconds: performance.now() };
}

/**
 * The cores that others used between two calls of `cpuTime`. A tick is 10 ms. Two ticks are left
 * out because the counters are rounded.
 */
function foreign(before, after) {
  const ticks = after.all - before.all - (after.own - before.own) - 2;
  return Math.max(0, (10 * ticks) / (after.milliseconds - before.milliseconds));
}
