#!/usr/bin/env python3
"""Makes the tables on compressed pictures in docs/benchmarks.md.

    compressed_pictures.py RESULTS --sets Set5 Set14 Kodak24 [--models models] [--splitsr splitsr]
                           [--jobs 2] [--scales 2 3 4] [--qualities 95 75 40]

Scores bicubic, Lanczos and SplitSR at three strengths of the clean-up with `splitsr eval`, at each
scale, on clean pictures and at each JPEG quality (4:2:0). Each result is kept in the folder RESULTS
and is not made again, so a run that was interrupted goes on where it ended. Prints the tables as
Markdown.
"""

import argparse, json, os, subprocess
from concurrent.futures import ThreadPoolExecutor

QUALITIES = (95, 90, 85, 75, 60, 40, 20)
CONTENDERS = (("bicubic", None), ("lanczos3", None), ("splitsr", "0"), ("splitsr", "auto"), ("splitsr", "100"))
BICUBIC, PLAIN, AUTO = 0, 2, 3
# A difference that rounding to 8 bits can make.
EQUAL = 0.005


def path(a, scale, quality, name, clean):
    return f"{a.results}/x{scale}-{quality or 'clean'}-{name}{clean or ''}.json"


def score(a, scale, quality, name, clean):
    target = path(a, scale, quality, name, clean)
    if os.path.exists(target):
        return
    model = name if clean is None else f"{a.models}/splitsr-x{scale}.safetensors"
    command = [a.splitsr, "eval", "--json", "--ssimulacra2", "--backend", "cpu", "--scale", str(scale), "--model", model]
    command += ["--clean", clean] if clean else []
    command += ["--degrade", f"jpeg={quality},420"] if quality else []
    done = subprocess.run(command + a.sets, capture_output=True, text=True, env={**os.environ, "RAYON_NUM_THREADS": "1"})
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: {done.stderr}")
    with open(target + ".part", "w") as f:
        f.write(done.stdout)
    os.replace(target + ".part", target)


def sets_of(a, scale, quality, contender):
    with open(path(a, scale, quality, *contender)) as f:
        return json.load(f)["sets"]


def gain(one, other):
    return [x["psnr_y"] - y["psnr_y"] for x, y in zip(one["pictures"], other["pictures"])]


def worse(gains):
    """How many pictures lose, and the largest loss."""
    lost = [g for g in gains if g < -EQUAL]
    return f"{len(lost)} of {len(gains)}" + (f" ({min(lost):.2f})" if lost else "")


def tables(a, scale):
    head = ["quality", "bicubic", "Lanczos", "0", "auto", "100 %", "auto over 0, dB", "auto over bicubic, dB"]
    head += ["worse than 0", "worse than bicubic"]
    yield f"| x{scale} | {' | '.join(head)} |\n|---|{'--:|' * len(head)}"
    results = {q: [sets_of(a, scale, q, c) for c in CONTENDERS] for q in a.qualities}
    for at in range(len(a.sets)):
        for quality, contenders in results.items():
            by = [sets[at] for sets in contenders]
            cells = [f"{s['psnr_y']:.2f} / {s['ssim_y']:.4f} / {s['ssimulacra2']:.1f}" for s in by]
            cells[AUTO] = f"**{cells[AUTO]}**"
            for other in (PLAIN, BICUBIC):
                cells.append(f"{by[AUTO]['psnr_y'] - by[other]['psnr_y']:+.2f}")
            for other in (PLAIN, BICUBIC):
                cells.append(worse(gain(by[AUTO], by[other])))
            yield f"| {by[0]['name']} | {quality or 'clean'} | {' | '.join(cells)} |"


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("results")
    a.add_argument("--sets", nargs="+", required=True)
    a.add_argument("--models", default="models")
    a.add_argument("--splitsr", default="splitsr")
    a.add_argument("--scales", nargs="+", type=int, default=[2, 3, 4])
    a.add_argument("--qualities", nargs="+", type=int, default=QUALITIES)
    a.add_argument("--jobs", type=int, default=2)
    a = a.parse_args()
    a.qualities = [None, *a.qualities]
    os.makedirs(a.results, exist_ok=True)
    with ThreadPoolExecutor(a.jobs) as pool:
        jobs = [pool.submit(score, a, s, q, *c) for s in a.scales for q in a.qualities for c in CONTENDERS]
        for job in jobs:
            job.result()
    for scale in a.scales:
        print("\n".join(tables(a, scale)) + "\n")


if __name__ == "__main__":
    main()
