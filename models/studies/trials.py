#!/usr/bin/env python3
"""Trials of ideas for the recipe of the flagship, each against the recipe as it is.

    trials.py train --log FILE --data DIR --val DIR --only "Muon, 0.01"
    trials.py table --log FILE
All start as the flagship of wide.py does, from a bilinear enlargement, and have its 8 patches of
32x32 (before the enlargement) a step. The log is logs/trials. Set OMP_NUM_THREADS=1.

One trial learns half from the 8-fold results of a better network. They are computed once:
    trials.py reduce --data DIR --out LOW
    splitsr upscale --ensemble --model ... -o RESULTS LOW/*.png
    trials.py mix --data DIR --results RESULTS --out TAUGHT
    trials.py train ... --taught TAUGHT --only "taught by an ensemble, half"
"""

import argparse, os, sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import numpy as np
import torch
from PIL import Image
from train_on_gpu import Scores, Tiles, Weights, eight, resize
from wide import SCALE, VARIANTS, Wide, fit, logged, start

TRIALS = {
    "base": {},
    "base, seed 2": {"seed": 2},
    "Muon, 0.01": {"muon": 0.01},
    "Muon, 0.02": {"muon": 0.02},
    "PReLU": {"prelu": True},
    "steps of 16, half as many": {"batch": 16},
    "steps of 4, twice as many": {"batch": 4},
    "taught by an ensemble, half": {"taught": True},
}


def orthogonal(m):
    """The nearest matrices with orthonormal rows, by Muon's five steps: [count, rows, columns]."""
    x = m / m.norm(dim=(1, 2), keepdim=True).clamp(min=1e-12)
    for _ in range(5):
        square = x @ x.mT
        x = 3.4445 * x + (-4.7750 * square + 2.0315 * square @ square) @ x
    return x


class Muon(Weights):
    """Adam, and Muon for the kernels of the groups (Jordan and others, 2024)."""

    def __init__(self, p, device, rate):
        super().__init__(p, device)
        self.ratio, self.momentum = rate, {n: torch.zeros_like(t) for n, t in p.items() if self.takes(n)}

    @staticmethod
    def takes(name):
        return name.startswith("groups.") and name.endswith(".weight")

    def move(self, g):
        before, gradients = self.now.detach().clone(), self.named(g.clone())
        super().move(g)
        with torch.no_grad():
            now, old = self.named(self.now), self.named(before)
            for shape in {t.shape for t in self.momentum.values()}:
                names = [n for n, t in self.momentum.items() if t.shape == shape]
                for n in names:
                    self.momentum[n].mul_(0.95).add_(gradients[n])
                m = torch.stack([(gradients[n] + 0.95 * self.momentum[n]).flatten(1) for n in names])
                for n, step in zip(names, orthogonal(m)):
                    now[n].copy_(old[n] - self.ratio * self.rate / 8e-4 * step.view(shape))


class Prelu(Wide):
    """With a learnt slope for each channel where the flagship has ReLU."""

    def light(self, p, x, n):
        return torch.nn.functional.prelu(self.conv(p, x, n), p[n + ".slope"])

    def standard(self, p, x, n):
        inner = torch.nn.functional.prelu(self.conv(p, x, n + "1"), p[n + "1.slope"])
        return x + self.conv(p, inner, n + "2")


def sharp(path):
    x = np.asarray(Image.open(path).convert("RGB"))
    return x[: x.shape[0] // SCALE * SCALE, : x.shape[1] // SCALE * SCALE]


def png(folder, path):
    return f"{folder}/{os.path.splitext(os.path.basename(path))[0]}.png"


def reduce(a, path):
    Image.fromarray(eight(resize(sharp(path), 1 / SCALE))).save(png(a.out, path))


def mix(a, path):
    """Writes the mean of a picture and the result, corrected so that it reduces to the same picture.

    With squared differences, learning from it is learning half from each; with L1 it is near that.
    """
    x = sharp(path).astype(np.float32)
    low, mean = resize(x, 1 / SCALE), (x + np.asarray(Image.open(png(a.results, path)).convert("RGB"))) / 2
    for _ in range(3):
        mean = mean + resize(low - resize(mean, 1 / SCALE), SCALE)
    Image.fromarray(eight(mean)).save(png(a.out, path))


def each(what, a):
    os.makedirs(a.out, exist_ok=True)
    with ProcessPoolExecutor() as pool:
        files = [f"{a.data}/{f}" for f in os.listdir(a.data) if f.endswith((".webp", ".png", ".jpg"))]
        list(pool.map(partial(what, a), sorted(files), chunksize=8))


def train(a):
    scores, tiles = Scores(a.val, SCALE, "cpu", (0,)), {}
    for name in a.only.split(";"):
        if not any(e["trial"] == name and e.get("step") == a.steps for e in logged(a.log)):
            folder = a.taught if TRIALS[name].get("taught") else a.data
            if folder not in tiles:
                tiles[folder] = Tiles(folder, SCALE, 1, [1.0], a.side, "cpu")
            train_one(a, name, TRIALS[name], tiles[folder], scores)


def train_one(a, name, trial, tiles, scores):
    seed, batch = trial.get("seed", 1), trial.get("batch", a.batch)
    v = {**VARIANTS["flagship"], "seed": seed}
    p = start(v)
    if trial.get("prelu"):
        for n in [n for n in p if n.startswith("groups.") and n.endswith(".bias")]:
            n = n.removesuffix(".bias")
            light = n.endswith(".conv") and ".blocks." in n
            if light or n.endswith(".conv1"):
                p[n + ".slope"] = torch.zeros(len(p[n + ".bias"]))
    net = Prelu(v) if trial.get("prelu") else Wide(v)
    w = Muon(p, "cpu", trial["muon"]) if "muon" in trial else Weights(p, "cpu")
    fit(a, {"trial": name}, net, w, tiles, scores, seed, batch)


def table(a):
    last = {}
    for e in logged(a.log):
        last[e["trial"]] = e
    finished = {name: last[name] for name in TRIALS if last.get(name, {}).get("step") == a.steps}
    print("| trial | val PSNR, dB | difference from base | s |\n|---|--:|--:|--:|")
    for name, e in finished.items():
        print(f"| {name} | {e['val']:.3f} | {e['val'] - last['base']['val']:+.2f} | {e['cpu_s']} |")


def main():
    a = argparse.ArgumentParser()
    a.add_argument("do", choices=["train", "table", "reduce", "mix"])
    usual = {n: "" for n in ("log", "data", "val", "out", "results", "taught")}
    usual |= {"only": ";".join(TRIALS), "steps": 2500}
    usual |= {"batch": 8, "side": 32, "rate": 8e-4, "warmup": 100, "decay": 0.5, "ema": 0.998, "spectrum": 1.0}
    for name, value in {**usual, "look": 1250}.items():
        a.add_argument("--" + name, type=type(value), default=value)
    a = a.parse_args()
    if a.do in ("reduce", "mix"):
        each({"reduce": reduce, "mix": mix}[a.do], a)
    else:
        {"train": train, "table": table}[a.do](a)


if __name__ == "__main__":
    main()
