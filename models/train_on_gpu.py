#!/usr/bin/env python3
"""Trains SplitSR on a CUDA card (or, slowly, on a CPU), from and to safetensors files.

    train_on_gpu.py --init x2.safetensors --data tiles --val val --out new.safetensors --minutes 8
It knows SplitSR with split or standard blocks and a dense upsampler, at any scale. All tiles stay
in the card's memory, and a whole step (patches, forward, backward, Adam, average) is one CUDA
graph. The recipe: L1 and a little L1 of the spectrum, Adam at a constant rate with an average of
the weights, a linear decay over the last fifth, and a second stage on squared luma. The middle taps
of each 3x3 kernel take longer steps, which equals training with branches that are merged into it.
`--degrade jpeg` trains a twin: weights for JPEGs, which are mixed with the first ones by a strength
from 0 to 1. Each step draws a strength, and patches that were compressed about as much as that
strength is for, and trains the mixture (Wortsman and others, "Learning Neural Network Subspaces",
ICML 2021). So every mixture works, not only the ends. The low-resolution patches come from 12
variants of each tile (shrinking, blur, noise, JPEG; the first is clean).

The score is PSNR on Y of the validation pictures; with `--degrade` its mean over JPEG qualities
(4:2:0), each at its strength. The weights with the best score are kept. Needs torch, numpy, Pillow
and (conv_on_gpu.py) Triton. Set OMP_NUM_THREADS=1. On a CPU: `--steps 8000 --minutes-a-look 15`.
"""

import argparse, io, json, math, os, random, sys, time
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import torch
from PIL import Image, ImageFilter
import weights_file
from conv_on_gpu import Kernels, last, triton
from torch.nn.functional import conv2d, pixel_shuffle

MEAN = (0.4488, 0.4371, 0.4040)

# The strength at which a mixture is trained, by JPEG quality.
QUALITIES, STRENGTHS = (10, 40, 60, 75, 85, 95, 98), (1.0, 1.0, 0.85, 0.7, 0.5, 0.25, 0.12)
# The qualities of the variants of a tile; each has its own range.
EDGES = (97, 94, 91, 87, 82, 77, 71, 64, 55, 44, 30, 10)
CLEAN_SHARE = 0.15


def strength_for(quality):
    return float(np.interp(quality, QUALITIES, STRENGTHS))


def compressed(image, quality, subsampling):
    b = io.BytesIO()
    image.save(b, "JPEG", quality=quality, subsampling=subsampling)
    return Image.open(io.BytesIO(b.getvalue())).convert("RGB")


# ---- weights -------------------------------------------------------------------------------------


def read(path):
    meta, tensors = weights_file.read(path)
    return meta, {k: torch.from_numpy(v) for k, v in tensors.items()}


def write(path, meta, tensors):
    weights_file.write(path, meta, {k: v.detach().cpu().contiguous().numpy() for k, v in tensors.items()})


# ---- network -------------------------------------------------------------------------------------


class Net:
    """The network as a function of its parameters, with hidden maps in --dtype and sums in f32.

    `fast` keeps a split group's channels in place, not in a queue, for conv_on_gpu.py's kernels.
    """

    def __init__(self, config, names, dtype, device, fast=False):
        self.c, self.names, self.dtype, self.fast = config, set(names), dtype, fast
        self.k = max(1, round(config["split_ratio"] * config["channels"]))
        self.mean = torch.tensor(MEAN, device=device).view(1, 3, 1, 1)
        self.parts = Kernels(fast)
        firsts = [[b * self.k % config["channels"], self.k] for b in range(config["blocks"])]
        self.places = torch.tensor(firsts, dtype=torch.int32, device=device)

    def conv(self, p, x, n):
        t = self.dtype
        return conv2d(x.to(t), p[n + ".weight"].to(t), p[n + ".bias"].to(t), padding=1)

    def __call__(self, p, x):
        if self.fast:
            x = last(x)
        head = self.conv(p, x - self.mean, "head").float()
        y = head
        for g in range(self.c["groups"]):
            y = self.group(p, g, y)
        factors = {2: [2], 3: [3], 4: [2, 2]}[self.c["scale"]]
        if self.fast:
            of = lambda n: (p[n + ".weight"], p[n + ".bias"])
            y = self.parts.last(y, *of("body"), head, 0)
            for i, f in enumerate(factors):
                y = self.parts.shuffled(y, *of(f"upsampler.steps.{i}.expand"), f)
            return self.parts.planes(y, *of("tail")) + self.mean
        y = head + self.conv(p, y, "body").float()
        for i, f in enumerate(factors):
            y = pixel_shuffle(self.conv(p, y, f"upsampler.steps.{i}.expand"), f)
        return self.conv(p, y, "tail").float() + self.mean

    def group(self, p, g, y):
        n, z, blocks = f"groups.{g}", y, range(self.c["blocks"])
        of = lambda n: (p[n + ".weight"], p[n + ".bias"])
        standard = f"{n}.blocks.0.conv1.weight" in self.names
        if self.fast:
            for b in blocks:
                if standard:
                    z = self.parts.standard(z, *of(f"{n}.blocks.{b}.conv1"), *of(f"{n}.blocks.{b}.conv2"))
                else:
                    z = self.parts.split(z, *of(f"{n}.blocks.{b}.conv"), self.places[b])
            turned = 0 if standard else self.k * len(blocks) % self.c["channels"]
            return self.parts.last(z, *of(f"{n}.conv"), y, turned)
        if standard:
            for b in blocks:
                z = z + self.conv(p, self.conv(p, z, f"{n}.blocks.{b}.conv1").relu(), f"{n}.blocks.{b}.conv2").float()
        else:
            queue = list(torch.split(z, self.k, 1))
            if self.c["channels"] % self.k:  # uneven: the front is always k of the rest
                for b in blocks:
                    a = torch.cat(queue, 1)
                    queue = [a[:, self.k :], self.conv(p, a[:, : self.k], f"{n}.blocks.{b}.conv").relu().float()]
            else:
                for b in blocks:
                    queue.append(self.conv(p, queue.pop(0), f"{n}.blocks.{b}.conv").relu().float())
            z = torch.cat(queue, 1)
        return y + self.conv(p, z, f"{n}.conv").float()


# ---- pictures ------------------------------------------------------------------------------------


def cubic(x):
    a = np.abs(x)
    return (1.5 * a**3 - 2.5 * a**2 + 1) * (a <= 1) + (-0.5 * a**3 + 2.5 * a**2 - 4 * a + 2) * (
        (a > 1) & (a <= 2)
    )


def resize(x, factor):
    """MATLAB's bicubic imresize of (H, W, 3), unrounded."""
    for axis in (0, 1):
        n, m = x.shape[axis], math.ceil(x.shape[axis] * factor - 1e-9)
        w = 4 / min(factor, 1)
        u = np.arange(1, m + 1) / factor + 0.5 * (1 - 1 / factor)
        i = np.floor(u - w / 2)[:, None] + np.arange(math.ceil(w) + 2)
        k = cubic((u[:, None] - i) * min(factor, 1))
        k /= k.sum(1, keepdims=True)
        mirror = np.concatenate([np.arange(n), np.arange(n - 1, -1, -1)])
        j = mirror[np.mod(i.astype(int) - 1, 2 * n)]
        full = np.zeros((m, n), np.float32)
        np.add.at(full, (np.arange(m)[:, None].repeat(j.shape[1], 1), j), k.astype(np.float32))
        x = np.moveaxis(np.tensordot(full, x.astype(np.float32), (1, axis)), 0, axis)
    return x


def eight(x):
    return np.clip(np.floor(x + 0.5), 0, 255).astype(np.uint8)


def tile(job):
    """The sharp picture, cut to a multiple of the scale, and its low-resolution variants."""
    path, scale, variants, shrink, seed = job
    rng = random.Random(seed)
    x = np.asarray(Image.open(path).convert("RGB"))
    if shrink < 1:
        x = eight(resize(x, shrink))
    x = x[: x.shape[0] // scale * scale, : x.shape[1] // scale * scale]
    low = [eight(resize(x, 1 / scale))]
    size = (x.shape[1] // scale, x.shape[0] // scale)
    for v in range(1, variants):
        im = Image.fromarray(x)
        if rng.random() < 0.25:
            im = im.filter(ImageFilter.GaussianBlur(rng.uniform(0.2, 0.6) * scale / 2))
        filters = (Image.BICUBIC, Image.BICUBIC, Image.BOX, Image.LANCZOS, Image.BILINEAR)
        im = im.resize(size, rng.choice(filters))
        if rng.random() < 0.25:
            noise = np.random.default_rng(rng.getrandbits(32)).normal(0, rng.uniform(0.5, 3), (size[1], size[0], 3))
            im = Image.fromarray(eight(np.asarray(im) + noise))
        if rng.random() < 0.2:
            im = compressed(im, round(rng.uniform(40, 96)), rng.choice([2, 2, 0]))
        im = compressed(im, round(rng.uniform(EDGES[v], EDGES[v - 1])), rng.choice([2, 2, 0]))
        low.append(np.asarray(im))
    return x, np.stack(low)


class Tiles:
    """All tiles that hold a patch, in the device's memory; draws patches there."""

    def __init__(self, folder, scale, variants, shrinks, side, device):
        files = sorted(f"{folder}/{f}" for f in os.listdir(folder) if f.endswith((".webp", ".png", ".jpg")))
        jobs = [(f, scale, variants, s, i) for i, (f, s) in enumerate((f, s) for s in shrinks for f in files)]
        with ProcessPoolExecutor() as pool:
            pairs = [t for t in pool.map(tile, jobs, chunksize=8) if min(t[1].shape[1:3]) >= side]
        flat = lambda parts: torch.from_numpy(np.concatenate([p.reshape(-1, 3) for p in parts])).to(device)
        self.high, self.low = flat([h for h, _ in pairs]), flat([l for _, l in pairs])
        self.shape = torch.tensor(
            [l.shape[1:3] for _, l in pairs], device=device
        )  # low-resolution height, width
        start = lambda sizes: torch.tensor(np.concatenate([[0], np.cumsum(sizes)[:-1]]), device=device)
        self.high_at, self.low_at = start([h.shape[0] * h.shape[1] for h, _ in pairs]), start(
            [l.shape[0] * l.shape[1] * l.shape[2] for _, l in pairs]
        )
        self.scale, self.variants, self.device = scale, variants, device
        area = (self.shape[:, 0] * self.shape[:, 1]).float()
        self.chance = (area / area.sum()).cumsum(0)
        middles = [(a + b) / 2 for a, b in zip(EDGES, EDGES[1:])]
        self.strengths = torch.tensor([0.15] + [strength_for(q) for q in middles], device=device)

    def draw_variant(self):
        """A variant, and a strength at which the mixture must suit it."""
        r = torch.rand(3, device=self.device)
        compressed = 1 + (r[1] * (self.variants - 1)).long().clamp(max=self.variants - 2)
        variant = compressed * (r[0] >= CLEAN_SHARE)
        strength = self.strengths.gather(0, variant.view(1))[0]
        return variant, (strength + 0.24 * (r[2] - 0.5)).clamp(0.02, 1)

    def draw(self, batch, side, variant):
        """Low `[batch, 3, side, side]` and high patches in [0, 1], flipped and turned at random."""
        d, s = self.device, self.scale
        r = torch.rand(4, batch, device=d)
        t = torch.searchsorted(self.chance, r[0]).clamp(max=len(self.chance) - 1)
        h, w = self.shape[t, 0], self.shape[t, 1]
        y, x = (r[1] * (h - side + 1)).long(), (r[2] * (w - side + 1)).long()
        way = (r[3] * 8).long()
        flip_y, flip_x, turn = way & 1 > 0, way & 2 > 0, way & 4 > 0

        def take(pixels, start, width, y, x, n):
            i, j = torch.meshgrid(torch.arange(n, device=d), torch.arange(n, device=d), indexing="ij")
            c = lambda a: a.view(-1, 1, 1)
            a, b = torch.where(c(turn), j, i), torch.where(c(turn), i, j)
            a, b = torch.where(c(flip_y), n - 1 - a, a), torch.where(c(flip_x), n - 1 - b, b)
            return (
                pixels[c(start) + (c(y) + a) * c(width) + c(x) + b].permute(0, 3, 1, 2).float() / 255
            ).contiguous()

        low = take(self.low, self.low_at[t] + variant * h * w, w, y, x, side)
        return low, take(self.high, self.high_at[t], w * s, y * s, x * s, side * s)


def luma(x):
    return (65.481 * x[:, :1] + 128.553 * x[:, 1:2] + 24.966 * x[:, 2:]) / 255


class Scores:
    """PSNR on Y of the validation pictures, clean or as JPEGs of some qualities."""

    def __init__(self, folder, scale, device, qualities):
        self.scale, self.qualities = scale, qualities
        to = lambda a: torch.from_numpy(a.copy()).to(device).permute(2, 0, 1)[None].float() / 255
        self.pairs = []
        for f in sorted(os.listdir(folder)):
            if not f.endswith((".webp", ".png", ".jpg")):
                continue
            x = np.asarray(Image.open(f"{folder}/{f}").convert("RGB"))
            x = x[: x.shape[0] // scale * scale, : x.shape[1] // scale * scale]
            low = eight(resize(x, 1 / scale))
            as_jpeg = lambda q: np.asarray(compressed(Image.fromarray(low), q, 2))
            self.pairs.append((luma(to(x)), [to(as_jpeg(q) if q else low) for q in qualities]))

    def __call__(self, net, weights_at):
        """PSNR at each quality; `weights_at` gives the parameters for a quality."""
        scores, s = [], self.scale
        for at, quality in enumerate(self.qualities):
            total, p = 0.0, weights_at(quality)
            for sharp, lows in self.pairs:
                with torch.no_grad():
                    y = (net(p, lows[at]).clamp(0, 1) * 255).round() / 255
                e = (luma(y) - sharp)[..., s:-s, s:-s]
                total -= 10 * math.log10(e.square().mean().item())
            scores.append(total / len(self.pairs))
        return scores


# ---- training ------------------------------------------------------------------------------------


def arguments(more=()):
    a = argparse.ArgumentParser()
    for name, kind, usual in [
        ("init", str, None),
        ("data", str, None),
        ("val", str, None),
        ("out", str, None),
        ("minutes", float, 8),
        ("steps", int, 0),
        ("batch", int, 32),
        ("side", int, 48),
        ("rate", float, 8e-4),
        ("ema", float, 0.9995),
        ("spectrum", float, 1.0),
        ("second-stage", float, 0.12),
        ("decay", float, 0.2),
        ("kernels", str, "ours"),
        ("dtype", str, "f32"),
        ("seed", int, 1),
        ("shrinks", str, "1,0.75,0.5"),
        ("minutes-a-look", float, 1),
        *more,
    ]:
        a.add_argument("--" + name, type=kind, default=usual, required=usual is None)
    a = a.parse_args()
    torch.manual_seed(a.seed)
    a.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    a.cuda = a.device.type == "cuda"
    a.kind = {"f32": torch.float32, "bf16": torch.bfloat16, "f16": torch.float16}[a.dtype]
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    torch.backends.cudnn.benchmark = True
    return a


def say(**what):
    print(json.dumps(what), flush=True)


class Weights:
    """All parameters, their average and Adam's moments as vectors: a step is few kernels."""

    def __init__(self, p, device):
        self.names = list(p)
        self.shapes = [p[n].shape for n in self.names]
        self.sizes = [p[n].numel() for n in self.names]
        self.now = self.flat(p).to(device).requires_grad_()
        self.average = self.now.detach().clone()
        middle = torch.tensor([1.0, 2, 1, 2, 4, 2, 1, 2, 1]).view(3, 3)
        gain = lambda s: middle.expand(s) if len(s) == 4 and s[-1] == 3 else torch.ones(s)
        self.gains = torch.cat([gain(s).reshape(-1) for s in self.shapes]).to(device)
        self.m1, self.m2 = torch.zeros_like(self.average), torch.zeros_like(self.average)
        zeros = [torch.zeros((), device=device) for _ in range(5)]
        self.rate, self.keep, self.luma_part, self.time, self.lost = zeros

    def flat(self, p):
        return torch.cat([p[n].reshape(-1) for n in self.names])

    def named(self, v):
        return {n: t.view(s) for n, t, s in zip(self.names, torch.split(v, self.sizes), self.shapes)}

    def leaves(self):
        """Views of the parameters, for `add_gradient`: quicker where many are not used."""
        return {n: t.requires_grad_() for n, t in self.named(self.now.detach()).items()}

    def add_gradient(self, loss, leaves, to):
        """Adds the gradient to a vector; leaves that need none are constants."""
        wanted, parts = {n: t for n, t in leaves.items() if t.requires_grad}, self.named(to)
        found = torch.autograd.grad(loss, list(wanted.values()), allow_unused=True)
        pairs = [(parts[n], f.contiguous()) for n, f in zip(wanted, found) if f is not None]
        torch._foreach_add_(*(list(t) for t in zip(*pairs)))

    def descend(self, loss):
        self.lost.copy_(loss.detach())
        self.move(torch.autograd.grad(loss, [self.now])[0])

    def move(self, g):
        with torch.no_grad():
            g = g * (0.5 / g.norm().clamp(min=0.5))
            self.time.add_(1)
            self.m1.lerp_(g, 0.1)
            self.m2.lerp_(g * g, 0.001)
            scale = (self.m2 / (1 - 0.999**self.time)).sqrt() + 1e-7
            self.now.sub_(self.rate * (self.m1 / (1 - 0.9**self.time) / scale * self.gains))
            self.average.lerp_(self.now, 1 - self.keep)

    def restart(self, here):
        with torch.no_grad():
            self.now.copy_(here)
            for t in (self.m1, self.m2, self.time):
                t.zero_()


def loss_of(a, d, luma_part):
    """The loss of a difference."""
    spectrum = torch.view_as_real(torch.fft.rfft2(d, norm="ortho")).abs().mean() if a.spectrum else 0
    by_luma = 50 * (luma(d).square().mean() + 0.05 * d.square().mean())
    return (d.abs().mean() + a.spectrum * spectrum) * (1 - luma_part) + by_luma * luma_part


def captured(step, cuda, pool=None):
    """The step as one CUDA graph. The rate must be 0 yet: the step runs some times before."""
    if not cuda:
        step()
        return step
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(side)
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph, pool=pool):
        step()
    return graph.replay


def train(a, weights, one, meta, scores_of):
    """--steps, or steps for --minutes by the clock, as others may share the card. Writes what scores best."""
    wait = torch.cuda.synchronize if a.cuda else lambda: None
    many = 25 if a.cuda else 1
    weights.restart(weights.average)
    weights.rate.fill_(a.rate * 0.1)
    weights.keep.fill_(0.9)
    wait()
    start = time.time()
    for _ in range(many):
        one()
    wait()
    each = (time.time() - start) / many
    megapixels = round(a.batch * a.side**2 / each / 1e6, 2)
    say(ms_a_step=round(each * 1e3, 2), low_resolution_megapixels_a_second=megapixels)
    done, second_stage_start, start, progress, best = 0, 0, time.time(), 0.0, (0.0, 0)
    next_look, main_part = start + 40 * a.minutes_a_look, 1 - a.second_stage

    def look():
        nonlocal best
        value, minutes = float(weights.lost), round((time.time() - start) / 60, 2)
        val = scores_of(weights.average)
        say(step=done, minutes=minutes, rate=float(weights.rate), loss=round(value, 6), val=val)
        if not math.isfinite(value):
            sys.exit("diverged")
        mean = sum(val) / len(val)
        if mean > best[0]:
            best = (mean, done)
            training = {**(meta.get("training") or {}), "steps": done}
            scores = {"validation_psnr_y": round(mean, 3)} if len(val) == 1 else {}
            file = {**meta, "training": training, "scores": scores}
            write(a.out, file, weights.named(weights.average))

    while progress < 1:
        if not second_stage_start and progress >= main_part and a.second_stage:
            # The second stage: from the average, squared luma, a small rate.
            look()
            weights.restart(weights.average)
            weights.luma_part.fill_(1)
            second_stage_start = done
        if second_stage_start:
            rate = a.rate * 0.15 * min(1, (1 - progress) / max(1e-9, a.second_stage * 0.8))
        else:
            decay = min(1, (main_part - progress) / max(1e-9, main_part * a.decay))
            rate = a.rate * decay * min(1, (done + 1) / 300)
        weights.rate.fill_(rate)
        weights.keep.fill_(min(a.ema, 1 - 10 / (10 + done - second_stage_start)))
        for _ in range(many):
            one()
        done += many
        wait()
        progress = done / a.steps if a.steps else (time.time() - start) / (a.minutes * 60)
        if time.time() > next_look:
            look()
            next_look = time.time() + 60 * a.minutes_a_look
    look()
    say(best=best[0], at=best[1])


def fast(a, config):
    """Whether the kernels of conv_on_gpu.py can be used."""
    return a.cuda and a.kernels == "ours" and triton is not None and config["channels"] == 16 and a.dtype == "f32"


def main():
    a = arguments([("base", str, ""), ("degrade", str, "")])
    meta, p = read(a.init)
    config = meta["config"]
    ours = fast(a, config)
    net = Net(config, p, a.kind, a.device, ours)
    net32 = Net(config, p, torch.float32, a.device, ours)
    w = Weights(p, a.device)
    # The weights that a twin is mixed with.
    base = w.flat(read(a.base)[1] if a.base else p).to(a.device)
    began = time.time()
    variants, shrinks = 12 if a.degrade == "jpeg" else 1, [float(s) for s in a.shrinks.split(",")]
    tiles = Tiles(a.data, config["scale"], variants, shrinks, a.side, a.device)
    scores = Scores(a.val, config["scale"], a.device, (95, 85, 75, 60, 40) if a.degrade else (0,))

    def mixed(v, strength):
        return w.named(base + strength * (v - base))

    def scores_of(v):
        at = lambda quality: mixed(v, strength_for(quality)) if a.degrade else w.named(v)
        return [round(value, 4) for value in scores(net32, at)]

    say(
        tiles=len(tiles.shape),
        megapixels=round(len(tiles.high) / 1e6, 1),
        loading_s=round(time.time() - began, 1),
        device=torch.cuda.get_device_name() if a.cuda else "cpu",
        val=scores_of(w.average),
    )

    def step():
        variant, strength = tiles.draw_variant() if a.degrade else (0, 1)
        low, high = tiles.draw(a.batch, a.side, variant)
        p = mixed(w.now, strength) if a.degrade else w.named(w.now)
        w.descend(loss_of(a, net(p, low) - high, w.luma_part))

    train(a, w, captured(step, a.cuda), meta, scores_of)


if __name__ == "__main__":
    main()
