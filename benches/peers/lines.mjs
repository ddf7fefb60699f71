/**
 * Workers that are programs: one JSON request a line on their stdin, one JSON reply a line on their
 * stdout, in order.
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export function startProgram(program, ...args) {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  const waiting = [];
  const fail = (why) => waiting.splice(0).forEach(({ reject }) => reject(new Error(`${program}: ${why}`)));
  createInterface({ input: child.stdout }).on("line", (line) => {
    const { resolve, reject } = waiting.shift();
    const { error, ...reply } = JSON.parse(line);
    if (error) reject(new Error(`${program}: ${error}`));
    else resolve(reply);
  });
  child.on("error", ({ message }) => fail(message));
  child.on("exit", (status) => fail(`ended with status ${status}`));
  return {
    call: (method, request = {}) =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        child.stdin.write(`${JSON.stringify({ method, ...request })}\n`);
      }),
    end: () => child.stdin.end(),
  };
}
