#!/usr/bin/env python3
"""Trains an elastic SplitSR.

It is one file from which networks of any split ratio, hybrid index and mode are cut.

    train_elastic_on_gpu.py --init models/splitsr-x2.safetensors --data tiles --val val
                            --out x2-elastic.safetensors

Each group is there in both kinds, as `groups.G.standard` and `groups.G.split`. The kernels of split
blocks are those of ratio 1. At a smaller ratio, block `b` convolves `k` channels from channel `k b`
on (around the end), by those rows and columns of its kernel, and the channels stay where they are.
A plain network has them in a queue instead: its place `i` in block `b` is channel `i + k b`. So a
cut takes parts of the kernels and turns the input channels of the groups' last convolutions. That
holds for any `k`, also where it does not divide the channels.

Each step trains the largest network, the flagship, the smallest and one at random on the same
patches ("slimmable" networks and their sandwich rule: Yu and Huang, ICCV 2019). All but the largest
learn half from it. Adam moves once, by the sum of their gradients. In a run in which it moved after
each, and at a higher rate, the flagship fell; which of the two was to blame was not tried. One CUDA
graph is captured for each sequence of kinds of groups. The ratio is data, so 20 graphs do for all.

`--init` can be a plain network, whose cut then equals it at the start, or an elastic one.
`--keep 3` leaves the networks of that hybrid index, split first, as they are, and trains what only
other networks have, from the pictures alone; without CUDA graphs, so that it suits a CPU.
`--luma 1` uses squared luma from the start, not only in a second stage.
`--minutes 0` only prints the table of scores, `--check 1` compares cuts with the elastic network.
"""

import random, time

import torch
from conv_on_gpu import conv, last
from train_on_gpu import Net, Scores, Tiles, Weights, arguments, captured, fast, loss_of, read, say, train, write

MODES = ("split-first", "standard-first", "interleaved")
FLAGSHIP = (4, 3, "split-first")
# The networks with the most multiply-adds (a standard block has two convolutions) and the fewest.
LARGEST, SMALLEST = (16, 0, "split-first"), (1, 7, "split-first")
# The networks that are scored during training: channels per block, hybrid index, mode.
SHOWN = (FLAGSHIP, LARGEST, SMALLEST, (8, 5, "split-first"), (4, 3, "interleaved"))
# With `--keep`.
OTHERS = (SMALLEST, (4, 7, "split-first"), (16, 7, "split-first"), (2, 5, "split-first"), (8, 4, "split-first"),
          (4, 1, "split-first"), (4, 3, "standard-first"), (4, 3, "interleaved"))  # fmt: skip


def kinds_of(groups, index, mode):
    """Whether each group is a split group; as `SplitSrConfig::lightweight_groups`."""
    if mode == "split-first":
        return tuple(g < index for g in range(groups))
    if mode == "standard-first":
        return tuple(g >= groups - index for g in range(groups))
    return tuple((g + 1) * index // groups > g * index // groups for g in range(groups))


class Elastic(Net):
    """As `Net`, for the kinds of the groups in `kinds`.

    The tensor `places` has the channels of each block.
    """

    def __init__(self, config, device, fast):
        super().__init__(config, (), torch.float32, device, fast)
        self.queued = not fast
        blocks, channels = range(config["blocks"]), range(1, config["channels"] + 1)
        table = [[[b * k % config["channels"], k] for b in blocks] for k in channels]
        self.all_places = torch.tensor(table, dtype=torch.int32, device=device)
        self.choose(*FLAGSHIP)

    def choose(self, k, index, mode):
        self.k, self.kinds = k, kinds_of(self.c["groups"], index, mode)
        self.places.copy_(self.all_places[k - 1])

    def group(self, p, g, y):
        z, blocks = y, range(self.c["blocks"])
        n = f"groups.{g}." + ("split" if self.kinds[g] else "standard")
        of = lambda n: (p[n + ".weight"], p[n + ".bias"])
        if self.kinds[g] and self.queued:
            return y + self.queue(y, of, n, blocks)
        for b in blocks:
            if self.kinds[g]:
                z = self.parts.split(z, *of(f"{n}.blocks.{b}.conv"), self.places[b])
            else:
                z = self.parts.standard(z, *of(f"{n}.blocks.{b}.conv1"), *of(f"{n}.blocks.{b}.conv2"))
        return self.parts.last(z, *of(f"{n}.conv"), y, 0)

    def queue(self, z, of, n, blocks):
        """A split group with its channels in a queue: less work without kernels of our own."""
        size, k = self.c["channels"], self.k
        for b in blocks:
            weight, bias = of(f"{n}.blocks.{b}.conv")
            at = [(k * b + i) % size for i in range(k)]
            new = conv(z[:, :k], weight[at][:, at], bias[at]).relu()
            z = torch.cat([z[:, k:], new], 1)
        weight, bias = of(f"{n}.conv")
        return conv(z, torch.roll(weight, -k * len(blocks), 1), bias)


# ---- from and to plain networks ------------------------------------------------------------------


def channels_of(config, ratio):
    return max(1, round(ratio * config["channels"]))


def extract(meta, p, ratio, index, mode):
    """The plain network of an elastic one: its metadata and tensors."""
    config = {**meta["config"], "split_ratio": ratio, "hybrid_index": index, "hybrid_mode": mode}
    size, k = config["channels"], channels_of(config, ratio)
    plain = {n: t for n, t in p.items() if not n.startswith("groups.")}
    for g, split in enumerate(kinds_of(config["groups"], index, mode)):
        old, new = f"groups.{g}." + ("split." if split else "standard."), f"groups.{g}."
        plain |= {new + n.removeprefix(old): t for n, t in p.items() if n.startswith(old)}
        if split:
            for b in range(config["blocks"]):
                at, n = [(k * b + i) % size for i in range(k)], f"{new}blocks.{b}.conv."
                plain[n + "weight"], plain[n + "bias"] = plain[n + "weight"][at][:, at], plain[n + "bias"][at]
            turned = torch.roll(plain[new + "conv.weight"], -k * config["blocks"], 1)
            plain[new + "conv.weight"] = turned
    return {**{n: v for n, v in meta.items() if n != "elastic"}, "config": config}, plain


def start(meta, p):
    """An elastic network from a plain one, which is a cut of it; as src/train/warm_start.rs.

    A kind of a group that the plain network lacks adds little at first, except that a standard
    group can hold a split one: `relu(k x) = x + (relu(k x) - relu(x) + relu(-x))`.
    """
    config = meta["config"]
    size, blocks, k = config["channels"], config["blocks"], channels_of(config, config["split_ratio"])

    def random_conv():
        bound = (9 * size) ** -0.5
        return (torch.rand(size, size, 3, 3) * 2 - 1) * bound, (torch.rand(size) * 2 - 1) * bound

    elastic = {n: t for n, t in p.items() if not n.startswith("groups.")}
    had = kinds_of(config["groups"], config["hybrid_index"], config["hybrid_mode"])
    for g, was_split in enumerate(had):
        of = lambda n: (p[f"groups.{g}.{n}.weight"], p[f"groups.{g}.{n}.bias"])

        def put(n, weight, bias):
            elastic[f"groups.{g}.{n}.weight"], elastic[f"groups.{g}.{n}.bias"] = weight, bias

        weight, bias = random_conv()
        put("split.conv", 0.1 * weight, bias)
        for b in range(blocks):
            put(f"split.blocks.{b}.conv", *random_conv())
        if not was_split:
            for n in [f"blocks.{b}.conv{i}" for b in range(blocks) for i in (1, 2)] + ["conv"]:
                put("standard." + n, *of(n))
            continue
        weight, bias = of("conv")
        in_place = torch.roll(weight, k * blocks, 1)
        put("split.conv", in_place, bias)
        put("standard.conv", in_place.clone(), bias.clone())
        for b in range(blocks):
            kernel, bias = of(f"blocks.{b}.conv")
            at = [(k * b + i) % size for i in range(k)]
            # Channels that only larger ratios convolve pass through, so that these networks start
            # alike.
            weight, biases = torch.zeros(size, size, 3, 3), torch.zeros(size)
            weight[range(size), range(size), 1, 1] = 1
            for i, channel in enumerate(at):
                weight[channel] = 0
                weight[channel, at] = kernel[i]
                biases[channel] = bias[i]
            put(f"split.blocks.{b}.conv", weight, biases)
            first, biases = random_conv()
            second = torch.zeros(size, size, 3, 3)
            first[: 3 * k], biases[: 3 * k] = 0, 0
            for i, channel in enumerate(at):
                first[i, at], biases[i] = kernel[i], bias[i]
                first[k + i, channel, 1, 1], first[2 * k + i, channel, 1, 1] = 1, -1
                for row, sign in (i, 1), (k + i, -1), (2 * k + i, 1):
                    second[channel, row, 1, 1] = sign
            put(f"standard.blocks.{b}.conv1", first, biases)
            put(f"standard.blocks.{b}.conv2", second, torch.zeros(size))
    training = {"init": meta["name"], "recipe": "elastic"}
    return {"name": meta["name"] + "-elastic", "config": config, "elastic": True, "training": training}, elastic


def check(meta, p):
    """Compares cuts with the elastic network, for weights that are all random."""
    config, worst = meta["config"], 0
    p = {n: t + 0.05 * torch.randn(t.shape) for n, t in p.items()}
    net, x = Elastic(config, "cpu", False), torch.rand(2, 3, 13, 11)
    net.queued = False
    for k in range(1, config["channels"] + 1):
        for index, mode in [(0, MODES[0]), (1, MODES[1]), (3, MODES[0]), (3, MODES[2]), (5, MODES[1]), (7, MODES[2])]:
            plain, tensors = extract(meta, p, k / config["channels"], index, mode)
            net.choose(k, index, mode)
            cut = Net(plain["config"], tensors, torch.float32, "cpu")(tensors, x)
            elastic = net(p, x)
            error = ((cut - elastic).abs().max() / elastic.abs().max()).item()
            worst = max(worst, error)
            assert error < 1e-5, (k, index, mode, error)
    say(cuts_agree_to=worst)


# ---- training ------------------------------------------------------------------------------------


def parts_of(config, index):
    """How the names of the groups begin that the networks of a hybrid index consist of, split first."""
    kinds = enumerate(kinds_of(config["groups"], index, MODES[0]))
    return tuple(f"groups.{g}.{'split' if split else 'standard'}." for g, split in kinds)


def another(chance, config, keep):
    """A network at random that has parts which `--keep` leaves free: small ones more often."""
    mode = chance.choices(MODES, (0.6, 0.2, 0.2))[0]
    indices = [i for i in range(config["groups"] + 1) if i != keep] if mode == MODES[0] else range(1, config["groups"])
    index = chance.choices(indices, [1 + i for i in indices])[0]
    few = chance.choice((1, 2, 4, 8, 16)), chance.randint(1, config["channels"])
    return chance.choice(few), index, mode


def table(a, meta, p, scores):
    """PSNR of cuts, as plain networks, by ratio and hybrid index."""
    for ratio in (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1):
        row = []
        for index in range(meta["config"]["groups"] + 1):
            plain, tensors = extract(meta, p, ratio, index, MODES[0])
            tensors = {n: t.to(a.device).contiguous() for n, t in tensors.items()}
            net = Net(plain["config"], tensors, torch.float32, a.device, fast(a, plain["config"]))
            row.append(round(scores(net, lambda quality: tensors)[0], 3))
        say(ratio=ratio, by_index=row)


def main():
    a = arguments([("check", int, 0), ("keep", int, -1), ("luma", int, 0)])
    meta, p = read(a.init)
    if not meta.get("elastic"):
        meta, p = start(meta, p)
    if a.check:
        return check(meta, p)
    config = meta["config"]
    scores = Scores(a.val, config["scale"], a.device, (0,))
    if a.minutes:
        learn(a, meta, p, scores)
        meta, p = read(a.out)
    table(a, meta, p, scores)


def learn(a, meta, p, scores):
    config, began = meta["config"], time.time()
    net = Elastic(config, a.device, fast(a, config))
    w = Weights(p, a.device)
    w.luma_part.fill_(a.luma)
    leaves = w.leaves()
    if a.keep >= 0:
        kept = parts_of(config, a.keep)
        for n, t in leaves.items():
            t.requires_grad_(n.startswith("groups.") and not n.startswith(kept))
    tiles = Tiles(a.data, config["scale"], 1, [float(s) for s in a.shrinks.split(",")], a.side, a.device)
    shown = OTHERS if a.keep >= 0 else SHOWN

    def scores_of(v):
        p, found = w.named(v), []
        for chosen in shown:
            net.choose(*chosen)
            found.append(round(scores(net, lambda quality: p)[0], 4))
        return found

    device = torch.cuda.get_device_name() if a.cuda else "cpu"
    seconds = round(time.time() - began, 1)
    say(tiles=len(tiles.shape), loading_s=seconds, device=device, shown=shown, val=scores_of(w.average))

    # The patches of one step and the largest network's results for them, for all graphs of the
    # step.
    low = last(torch.zeros(a.batch, 3, a.side, a.side, device=a.device))
    high = torch.zeros(a.batch, 3, a.side * config["scale"], a.side * config["scale"], device=a.device)
    taught, sum_of, share = torch.zeros_like(high), torch.zeros_like(w.average), torch.zeros((), device=a.device)

    def draw():
        new_low, new_high = tiles.draw(a.batch, a.side, 0)
        low.copy_(new_low)
        high.copy_(new_high)

    def largest():
        draw()
        y = net(leaves, low)
        taught.copy_(y.detach())
        loss = loss_of(a, y - high, w.luma_part)
        w.lost.copy_(loss.detach())
        w.add_gradient(loss * share, leaves, sum_of)

    def smaller():
        y = net(leaves, low)
        loss = loss_of(a, y - high, w.luma_part) + loss_of(a, y - taught, w.luma_part)
        w.add_gradient(loss * share / 2, leaves, sum_of)

    def move():
        w.move(sum_of)
        sum_of.zero_()

    def alone():
        loss = loss_of(a, net(leaves, low) - high, w.luma_part)
        w.lost.copy_(loss.detach())
        w.add_gradient(loss * share, leaves, sum_of)

    replays, pool = {}, torch.cuda.graph_pool_handle() if a.cuda else None
    net.choose(*LARGEST)
    first, finish = captured(largest, a.cuda, pool), captured(move, a.cuda, pool)
    for mode in MODES if a.cuda else ():
        for index in range(config["groups"] + 1):
            net.choose(FLAGSHIP[0], index, mode)
            if net.kinds not in replays:
                replays[net.kinds] = captured(smaller, a.cuda, pool)
    sum_of.zero_()
    chance = random.Random(a.seed)

    def one():
        mode = chance.choices(MODES, (0.7, 0.15, 0.15))[0]
        at_random = chance.randint(1, config["channels"]), chance.randint(0, config["groups"]), mode
        for part, chosen in (0.3, LARGEST), (0.4, FLAGSHIP), (0.1, SMALLEST), (0.2, at_random):
            net.choose(*chosen)
            share.fill_(part)
            first() if chosen is LARGEST else replays.get(net.kinds, smaller)()
        finish()

    def others():
        draw()
        # Mostly those that trade quality for speed: the flagship's ratio, and more split groups.
        k, all_groups = FLAGSHIP[0], config["groups"]
        more = chance.randint(min(a.keep + 1, all_groups), all_groups)
        faster = (0.25, (k, all_groups, MODES[0])), (0.3, (k, more, MODES[0]))
        for part, chosen in (0.15, SMALLEST), *faster, (0.3, another(chance, config, a.keep)):
            net.choose(*chosen)
            share.fill_(part)
            alone()
        move()

    train(a, w, others if a.keep >= 0 else one, meta, scores_of)


if __name__ == "__main__":
    main()
