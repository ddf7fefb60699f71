/** Times several contenders on the same work, fairly: in turns, in rotated order, after pauses. */
import { readFileSync, readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** Before each run: the threads of the one before have stopped spinning by then. */
const PAUSE = 150;

/**
 * A run that takes less, in milliseconds, is repeated at once, and the second run counts: a core
 * that was idle takes a while to wake up.
 */
const SHORT = 400;

/** After this many milliseconds, and at least `FEWEST` runs, a contender is timed no further. */
const BUDGET = 12_000;
const FEWEST = 3;

/**
 * A run during which other processes used more of the CPU than this, in cores, is repeated, up to
 * `ATTEMPTS` in all.
 */
const QUIET = 0.25;
const ATTEMPTS = 3;

export function median(samples) {
  const sorted = samples.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/**
 * Runs each of `contenders`, a map of asynchronous functions that return milliseconds, up to
 * `rounds` times. Returns the samples of each, and the most that other processes used of the CPU
 * during a run that counts, in cores.
 */
export async function inTurns(contenders, rounds) {
  const names = [...contenders.keys()];
  const samples = new Map(names.map((name) => [name, []]));
  const total = (name) => samples.get(name).reduce((sum, sample) => sum + sample, 0);
  let most = 0;
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round) % names.length];
      if (round >= FEWEST && total(name) > BUDGET) continue;
      const { milliseconds, others } = await undisturbed(contenders.get(name));
      samples.get(name).push(milliseconds);
      most = Math.max(most, others);
    }
  }
  return { samples, others: most };
}

/** The last run is taken as it is: a busy machine gets a result, which says how busy it was. */
async function undisturbed(run) {
  for (let attempt = 1; ; attempt++) {
    await sleep(PAUSE);
    const before = cpuTime();
    const first = await run();
    const milliseconds = first < SHORT ? await run() : first;
    const others = foreign(before, cpuTime());
    if (others <= QUIET || attempt === ATTEMPTS) return { milliseconds, others };
  }
}

/** Ticks that all processes, and this one with its descendants, have used; from Linux's /proc. */
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
 * Cores that others used between two calls of `cpuTime`. A tick is 10 ms; two are left out, for the
 * counters are rounded.
 */
function foreign(before, after) {
  const ticks = after.all - before.all - (after.own - before.own) - 2;
  return Math.max(0, (10 * ticks) / (after.milliseconds - before.milliseconds));
}
