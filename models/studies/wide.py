#!/usr/bin/env python3
"""Whether a wider split block is worth its time: trains, times and lists variants of the flagship.

    wide.py train --log FILE --data DIR --val DIR [--init x2.safetensors] [--only "7x7;9x9"]
    wide.py time --log FILE
    wide.py table --log FILE
All variants have the same patches and steps, and tensors that they share start with the same
values: a bilinear enlargement as in src/train/bilinear_init.rs, or with --init a trained flagship.
A wide kernel starts with the 3x3 kernel in its middle and zeros around it, so that it computes what
the flagship does. Continues after the last variant that was finished. `time` needs onnx and
onnxruntime. Set OMP_NUM_THREADS=1. The logs are in logs/wide; `trained` there is --init --steps 500
--look 250 --rate 2e-4 --decay 1 --warmup 20, and `longer` is --steps 2500 --look 1250.
"""

import argparse, io, json, os, sys, time, warnings, zlib
from functools import partial

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import torch
from torch.nn.functional import conv2d, pad
from train_on_gpu import Net, Scores, Tiles, Weights, loss_of, read

C, K, GROUPS, BLOCKS, SCALE = 16, 4, 7, 7, 2
CONFIG = {"channels": C, "groups": GROUPS, "blocks": BLOCKS, "split_ratio": K / C, "scale": SCALE}


def variant(hybrid, kernel, form="dense", gate="", seed=1):
    """The split groups, the size and form of their kernels, and where SPAN's gate is."""
    return {"hybrid": hybrid, "kernel": kernel, "form": form, "gate": gate, "seed": seed}


VARIANTS = {
    "flagship": variant(3, 3),
    "flagship, seed 2": variant(3, 3, seed=2),
    "7x7": variant(3, 7),
    "7x7, seed 2": variant(3, 7, seed=2),
    "9x9": variant(3, 9),
    "13x13": variant(3, 13),
    "index 4, 9x9": variant(4, 9),
    "index 5, 11x11": variant(5, 11),
    "strips of 13": variant(3, 13, "strips"),
    "depthwise 13x13, 1x1": variant(3, 13, "separable"),
    "SPAN's gate": variant(3, 3, gate="span"),
    "SPAN's gate, range 255": variant(3, 3, gate="span 255"),
    "SPAN's gate added to the skip": variant(3, 3, gate="skip"),
    "index 2": variant(2, 3),
    "index 5": variant(5, 3),
}


def kernels(v):
    """The shape of each kernel, by its name: [outputs, inputs of one, height, width]."""
    s, shapes = v["kernel"], {"head": (C, 3, 3, 3), "body": (C, C, 3, 3), "tail": (3, C, 3, 3)}
    shapes["upsampler.steps.0.expand"] = (C * SCALE**2, C, 3, 3)
    factors = {"strips": [(K, K, 1, s), (K, K, s, 1)], "separable": [(K, 1, s, s), (K, K, 1, 1)]}
    for g in range(GROUPS):
        for b in range(BLOCKS):
            n, light = f"groups.{g}.blocks.{b}.conv", g < v["hybrid"]
            if light and v["form"] == "dense":
                shapes[n] = (K, K, s, s)
            else:
                shapes[n + "1"], shapes[n + "2"] = factors[v["form"]] if light else [(C, C, 3, 3)] * 2
        shapes[f"groups.{g}.conv"] = (C, C, 3, 3)
    return shapes


def start(v, device="cpu"):
    """Weights that make a bilinear enlargement, to which the layers add little."""
    p = {}
    for n, (outputs, inputs, high, wide) in kernels(v).items():
        # Each tensor has a seed of its own, so that variants share what they have in common.
        random = torch.Generator().manual_seed(zlib.crc32(f"{n} {v['seed']}".encode()))
        core = (3, 3) if v["form"] == "dense" else (high, wide)
        bound = (inputs * core[0] * core[1]) ** -0.5
        w, bias = [(torch.rand(*s, generator=random) * 2 - 1) * bound for s in [(outputs, inputs, *core), (outputs,)]]
        if outputs == K and n.endswith("1"):
            # Two factors in a row shrink what passes, so the first starts near the identity.
            w, bias = w * 0.1, bias * 0.1
            w[range(K), range(K) if inputs > 1 else 0, high // 2, wide // 2] += 1
        elif n == "body" or n.count(".") == 2 and n.startswith("groups"):
            w, bias = w * 0.1, bias * 0.1
        elif n in ("head", "tail"):
            w[:3, 3:] *= 0.1
            w[:3, :3] = bias[:3] = 0
            w[range(3), range(3), 1, 1] = 1
        elif n.startswith("upsampler"):
            taps = torch.tensor([[0.25, 0.75, 0], [0, 0.75, 0.25]])
            w[:12] = bias[:12] = 0
            for o in range(12):
                w[o, o // 4] = taps[o % 4 // 2].view(3, 1) * taps[o % 2]
        edge = [(wide - core[1]) // 2] * 2 + [(high - core[0]) // 2] * 2
        p[n + ".weight"], p[n + ".bias"] = pad(w, edge).to(device), bias.to(device)
    return p


class Wide(Net):
    """The flagship's network with other blocks. Counts its multiply-adds."""

    def __init__(self, v, device="cpu"):
        super().__init__(CONFIG, [], torch.float32, device)
        self.v, self.work = v, 0

    def conv(self, p, x, n):
        w, last = p[n + ".weight"], torch.channels_last
        self.work += w.numel() * x.shape[2] * x.shape[3]
        edge, parts = (w.shape[2] // 2, w.shape[3] // 2), x.shape[1] // w.shape[1]
        x, w = x.contiguous(memory_format=last), w.contiguous(memory_format=last)
        return conv2d(x, w, p[n + ".bias"], padding=edge, groups=parts)

    def gated(self, made, x):
        # SPAN computes with values from 0 to 255, which make its gate steeper.
        steep = 255 if self.v["gate"] == "span 255" else 1
        return (made + x) * ((steep * made).sigmoid() - 0.5)

    def light(self, p, x, n):
        y = self.conv(p, x, n) if self.v["form"] == "dense" else self.conv(p, self.conv(p, x, n + "1"), n + "2")
        return self.gated(y, x) if self.v["gate"].startswith("span") else y.relu()

    def standard(self, p, x, n):
        made = self.conv(p, self.conv(p, x, n + "1").relu(), n + "2")
        if not self.v["gate"]:
            return x + made
        return self.gated(made, x) + (x if self.v["gate"] == "skip" else 0)

    def group(self, p, g, y):
        light = g < self.v["hybrid"]
        queue = list(torch.split(y, K, 1)) if light else [y]
        for b in range(BLOCKS):
            queue.append((self.light if light else self.standard)(p, queue.pop(0), f"groups.{g}.blocks.{b}.conv"))
        return y + self.conv(p, torch.cat(queue, 1), f"groups.{g}.conv")


def cost(v):
    """K parameters, and G multiply-adds for a result of 1280x720."""
    net, p = Wide(v, "meta"), start(v, "meta")
    net(p, torch.empty(1, 3, 720 // SCALE, 1280 // SCALE, device="meta"))
    return sum(t.numel() for t in p.values()) / 1e3, net.work / 1e9


def sees(v):
    """How many low-resolution pixels to each side a pixel of the result depends on."""
    reach = 1
    for g in range(GROUPS):
        light = g < v["hybrid"]
        queue = [reach] * (C // K if light else 1)
        for _ in range(BLOCKS):
            queue.append(queue.pop(0) + (v["kernel"] // 2 if light else 2))
        reach = max(queue) + 1
    # The body, the upsampler and the tail add one each.
    return reach + 3


def log(path, **what):
    with open(path, "a") as f:
        f.write(json.dumps(what) + "\n")


def logged(path):
    return [json.loads(line) for line in open(path)] if os.path.exists(path) else []


def train(a):
    tiles, scores = Tiles(a.data, SCALE, 1, [1.0], a.side, "cpu"), Scores(a.val, SCALE, "cpu", (0,))
    for name in a.only.split(";") if a.only else VARIANTS:
        if not any(e["variant"] == name and e.get("step") == a.steps for e in logged(a.log)):
            train_one(a, name, VARIANTS[name], tiles, scores)


def train_one(a, name, v, tiles, scores):
    p = start(v)
    for n, t in read(a.init)[1].items() if a.init else []:
        p[n] = pad(t, [(p[n].shape[-1] - 3) // 2] * 4) if t.dim() == 4 else t
    net, w = Wide(v), Weights(p, "cpu")
    # The middle of a wide kernel takes the long steps of a 3x3 kernel.
    for gain in w.named(w.gains).values():
        if gain.dim() == 4 and gain.shape[-1] == gain.shape[-2] > 3:
            s = gain.shape[-1] // 2 - 1
            gain[..., s : s + 3, s : s + 3] = torch.tensor([[1.0, 2, 1], [2, 4, 2], [1, 2, 1]])
    fit(a, {"variant": name}, net, w, tiles, scores, v["seed"], a.batch)


def fit(a, about, net, w, tiles, scores, seed, batch):
    """Trains, and logs `about`. With another batch than --batch, as many patches in other steps."""
    torch.manual_seed(seed)
    began, steps, look = time.process_time(), a.steps * a.batch // batch, a.look * a.batch // batch
    for step in range(steps + 1):
        if step % look == 0:
            val, s = scores(net, lambda _: w.named(w.average))[0], round(time.process_time() - began)
            seen = {"step": step * batch // a.batch, "cpu_s": s}
            log(a.log, **about, **seen, loss=round(float(w.lost), 5), val=round(val, 4))
        left = (steps - step) / steps
        w.rate.fill_(a.rate * min(1, (step + 1) / a.warmup, left / a.decay))
        w.keep.fill_(min(a.ema, 1 - 10 / (10 + step)))
        low, high = tiles.draw(batch, a.side, 0)
        w.descend(loss_of(a, net(w.named(w.now), low) - high, w.luma_part))


def clock(a):
    """The least processor time of some rounds of 320x180, in which the variants take turns."""
    import onnxruntime

    warnings.filterwarnings("ignore")
    options, x, sessions = onnxruntime.SessionOptions(), torch.rand(1, 3, 180, 320), {}
    options.intra_op_num_threads = 1
    for name, v in VARIANTS.items():
        file, whole = io.BytesIO(), torch.nn.Module()
        whole.forward = partial(Wide(v), start(v))
        torch.onnx.export(whole, (x,), file, input_names=["x"], dynamo=False)
        sessions[name] = onnxruntime.InferenceSession(file.getvalue(), options, providers=["CPUExecutionProvider"])
    times = {name: [] for name in sessions}
    for name in list(sessions) * a.rounds:
        began = time.process_time()
        sessions[name].run(None, {"x": x.numpy()})
        times[name].append((time.process_time() - began) * 1e3)
    for name, ms in times.items():
        log(a.log, variant=name, ms=round(min(ms), 1))


def table(a):
    last = {(e["variant"], key): e[key] for e in logged(a.log) for key in e}
    print("| variant | val PSNR, dB | K parameters | G multiply-adds | sees | ms |\n|---|--:|--:|--:|--:|--:|")
    for name, v in VARIANTS.items():
        numbers = [f"{n:.1f}" for n in cost(v)] + [sees(v), last.get((name, "ms"), "")]
        print("|", " | ".join(str(s) for s in [name, last.get((name, "val"), ""), *numbers]), "|")


def main():
    a = argparse.ArgumentParser()
    a.add_argument("do", choices=["train", "time", "table"])
    a.add_argument("--log", required=True)
    usual = {"data": "", "val": "", "init": "", "only": "", "steps": 1500, "batch": 8, "side": 32, "rate": 8e-4}
    usual |= {"warmup": 100, "decay": 0.5, "ema": 0.998, "spectrum": 1.0, "look": 750, "rounds": 15}
    for name, value in usual.items():
        a.add_argument("--" + name, type=type(value), default=value)
    a = a.parse_args()
    {"train": train, "time": clock, "table": table}[a.do](a)


if __name__ == "__main__":
    main()
