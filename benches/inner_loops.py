#!/usr/bin/env python3
"""The inner loops of the NEON kernels, counted: `pkg-scripts/test-neon`, then

aarch64-linux-gnu-objdump -d --no-show-raw-insn TEST_PROGRAM | benches/inner_loops.py

The test program is printed by `test-neon`. For each loop with 8 or more multiply-adds, from the
most on: multiply-adds, other vector instructions, values or vectors loaded, all instructions, and
spills to the stack.
"""

import re
import sys

ADDRESS = re.compile(r"\s*([0-9a-f]+):\s+(.*)")
BRANCH = re.compile(r"(?:b\.\w+|cbn?z|tbn?z|b)\s.*?([0-9a-f]+) <")


def instructions(lines):
    """(address, text, function) of each line of code."""
    function = ""
    for line in lines:
        if heading := re.match(r"[0-9a-f]+ <(.*)>:", line):
            function = heading[1]
        elif found := ADDRESS.match(line):
            yield int(found[1], 16), found[2].split("//")[0].strip().replace("\t", " "), function


def loops(code):
    """The function and the instructions of each loop without another one in it."""
    at = {address: index for index, (address, _, _) in enumerate(code)}
    starts = []
    for end, (_, text, function) in enumerate(code):
        if not (branch := BRANCH.match(text)):
            continue
        start = at.get(int(branch[1], 16), end + 1)
        if start <= end and not any(start <= inner for inner in starts[-50:]):
            starts.append(start)
            yield function, [text for _, text, _ in code[start : end + 1]]


def count(body):
    """Multiply-adds, other vector instructions, loads, instructions, spills."""
    multiply_adds = sum(text.startswith("fmla") for text in body)
    # Loads with a copy to all lanes work in a vector unit, too.
    others = sum(text.startswith("ld1r") or bool(re.match(r"(?!fmla|ld|st)\S+ v\d", text)) for text in body)
    loads = sum(2 if text.startswith("ldp") else text.startswith("ld") for text in body)
    spills = sum("[sp" in text for text in body)
    return multiply_adds, others, loads, len(body), spills


def main():
    code = list(instructions(sys.stdin))
    counted = {(count(body), re.sub(r".*BACKEND\d+(\w+?)17h\w+", r"\1", name)) for name, body in loops(code)}
    print("multiply-adds, other vector, loads, instructions, spills, kernel")
    for numbers, kernel in sorted(counted, reverse=True):
        if numbers[0] >= 8:
            print(*numbers, kernel, sep="\t")


if __name__ == "__main__":
    main()
