"""The 3x3 convolutions of 16 channels, forwards and backwards, as Triton kernels.

cuDNN needs 30 microseconds for a gradient of 16 channels; the data that it moves is worth 3. Maps
are channels-last with 16 channels; only the picture, at the end, is in planes. A group keeps its
channels in place: a split block convolves some of them and leaves the others, so nothing is cut or
joined. The group's last convolution reads the channels in the order of the plain network's queue.

On a CPU the same functions are PyTorch's own operations.
"""

import torch
from torch.nn.functional import conv2d, pixel_shuffle

try:
    import triton
    import triton.language as tl
except ImportError:
    triton = None

C = 16
# Pixels a program, in how many parts and by how many pixels at a time a gradient of a kernel is
# summed, and whether its products are of bf16, whose rounding is far below the noise of a step. The
# fastest of those tried on an H200.
PIXELS, PARTS, SUMMED, HALF = 64, 288, 128, True

if triton:

    @triton.jit
    def outputs(p, c, s, high, wide, F: tl.constexpr, OUT: tl.constexpr):
        """The place of output `c` of a pixel.

        It is in a channels-last map, there shuffled (F), or in OUT planes.
        """
        if F > 1:
            return ((p // wide * F + s // F) * (wide * F) + p % wide * F + s % F) * 16 + c
        if OUT < 16:
            return (p // (high * wide) * OUT + c) * (high * wide) + p % (high * wide)
        return p * 16 + c

    @triton.jit(do_not_specialize=["w", "bias", "total", "high", "wide", "rotation"])
    def convolve(
        x, w, bias, mask, rest, y, place, total, high, wide, rotation,
        SIZE: tl.constexpr, F: tl.constexpr, OUT: tl.constexpr, BACK: tl.constexpr, RELU: tl.constexpr,
        SPLIT: tl.constexpr, REST: tl.constexpr, AFTER: tl.constexpr, M: tl.constexpr,
    ):  # fmt: skip
        """The convolution forwards, or (BACK) the gradient of its input.

        In the gradient, the sum reads what ReLU let through (mask > 0), or (AFTER) the result is
        masked so, since the input came from a ReLU.

        SPLIT convolves `count` channels from `first` on. SIZE is that of the kernel in memory: 16,
        of which the rows and columns of these channels are used, or their number. With F, the
        outputs are F * F maps of 16 channels, shuffled into one of F times the height and width.
        """
        c = tl.arange(0, 16)
        p = tl.program_id(0) * M + tl.arange(0, M)
        inside = p < total
        row, column = p // wide % high, p % wide
        # The column and the row of the kernel in memory for a channel and for an output.
        into = (c + 16 - rotation) % 16
        out = c
        chosen, there = c >= 0, c < OUT
        if SPLIT:
            first, count = tl.load(place), tl.load(place + 1)
            chosen = (c + 16 - first) % 16 < count
            there = chosen
            if SIZE < 16:
                into = (c + 16 - first) % 16
                out = into
        sums = tl.zeros((M, 16), tl.float32)
        # No stages: they would need more shared memory than there is.
        for i in tl.range(0, F * F if BACK else 1, num_stages=1):
            s = i if BACK else tl.program_id(1)
            for tap in tl.static_range(9):
                dy = tap // 3 - 1
                dx = tap % 3 - 1
                near = inside & (row + dy >= 0) & (row + dy < high) & (column + dx >= 0) & (column + dx < wide)
                q = (p + dy * wide + dx)[:, None]
                # All channels, since whole rows load faster: the kernel is 0 for those that are not
                # chosen.
                if BACK:
                    at = outputs(q, c[None, :], s, high, wide, F, OUT)
                    use = near[:, None] & (c < OUT)[None, :] if OUT < 16 else near[:, None]
                    a = tl.load(x + at, mask=use, other=0.0)
                    if RELU:
                        a = tl.where(tl.load(mask + at, mask=use, other=0.0) > 0, a, 0.0)
                    # The sum runs over the outputs; the kernel is turned by 180 degrees.
                    of = ((out * F * F + s)[:, None] * SIZE + into[None, :]) * 9 + (8 - tap)
                    kernel = tl.load(w + of, mask=there[:, None] & chosen[None, :], other=0.0)
                else:
                    a = tl.load(x + q * 16 + c[None, :], mask=near[:, None], other=0.0)
                    of = ((out * F * F + s)[None, :] * SIZE + into[:, None]) * 9 + tap
                    kernel = tl.load(w + of, mask=chosen[:, None] & there[None, :], other=0.0)
                sums += tl.dot(a, kernel, input_precision="tf32")
        at = p[:, None] * 16 + c[None, :]
        to = at
        if not BACK:
            s = tl.program_id(1)
            to = outputs(p[:, None], c[None, :], s, high, wide, F, OUT)
            sums += tl.load(bias + out * F * F + s, mask=there, other=0.0)[None, :]
            if RELU:
                sums = tl.maximum(sums, 0.0)
        if SPLIT:
            kept = tl.load(x + at, mask=inside[:, None], other=0.0)
            sums = tl.where(chosen[None, :], sums, kept)
        if AFTER:
            sums = tl.where(tl.load(mask + at, mask=inside[:, None], other=0.0) > 0, sums, 0.0)
        if REST:
            sums += tl.load(rest + at, mask=inside[:, None], other=0.0)
        if OUT < 16 and not BACK:
            tl.store(y + to, sums, mask=inside[:, None] & (c < OUT)[None, :])
        else:
            tl.store(y + to, sums, mask=inside[:, None])

    @triton.jit(do_not_specialize=["result", "weights", "total", "high", "wide", "rotation", "steps"])
    def gradient(
        x, g, mask, result, weights, place, total, high, wide, rotation, steps,
        SIZE: tl.constexpr, F: tl.constexpr, OUT: tl.constexpr, RELU: tl.constexpr, SPLIT: tl.constexpr,
        HALF: tl.constexpr, K: tl.constexpr,
    ):  # fmt: skip
        """The gradients of the kernel and, after it, of the bias, added to `result`.

        One program sums three taps, those of a row, over some pixels. The 64 rows of its product
        are the taps (the fourth is idle) times the channels. The result has the outputs last:
        neighbours are added to in one go.
        """
        c = tl.arange(0, 16)
        r = tl.arange(0, 64)
        tap, channel = r // 16, r % 16
        dy = tl.program_id(1) - 1
        s = tl.program_id(2)
        out, into = c, (channel + 16 - rotation) % 16
        there, seen = c < OUT, r < 48
        if SPLIT:
            first, count = tl.load(place), tl.load(place + 1)
            there = (c + 16 - first) % 16 < count
            seen = seen & ((channel + 16 - first) % 16 < count)
            if SIZE < 16:
                out, into = (c + 16 - first) % 16, (channel + 16 - first) % 16
        sums = tl.zeros((64, 16), tl.float32)
        of_bias = tl.zeros((16,), tl.float32)
        for step in range(steps):
            p = (tl.program_id(0) * steps + step) * K + tl.arange(0, K)
            inside = p < total
            row, column = p // wide % high, p % wide
            at = outputs(p[:, None], c[None, :], s, high, wide, F, OUT)
            use = inside[:, None] & (c < OUT)[None, :] if OUT < 16 else inside[:, None]
            b = tl.load(g + at, mask=use, other=0.0)
            if RELU:
                b = tl.where(tl.load(mask + at, mask=use, other=0.0) > 0, b, 0.0)
            beside = column[None, :] + tap[:, None] - 1
            near = inside & (row + dy >= 0) & (row + dy < high)
            use = near[None, :] & (beside >= 0) & (beside < wide) & (r < 48)[:, None]
            a = tl.load(x + (p[None, :] + dy * wide + tap[:, None] - 1) * 16 + channel[:, None], mask=use, other=0.0)
            of_bias += tl.sum(b, 0)
            if HALF:
                sums += tl.dot(a.to(tl.bfloat16), b.to(tl.bfloat16))
            else:
                sums += tl.dot(a, b, input_precision="tf32")
        tap += (s * 3 + dy + 1) * 3
        at = (tap * SIZE + into)[:, None] * SIZE + out[None, :]
        tl.atomic_add(result + at, sums, mask=seen[:, None] & there[None, :], sem="relaxed")
        if dy == 0:
            tl.atomic_add(result + weights + s * SIZE + out, of_bias, mask=there, sem="relaxed")


def last(x):
    return x.contiguous(memory_format=torch.channels_last)


def common(x, place, factor, outs):
    """For both kernels, of the input of a convolution."""
    sizes = (x.shape[0] * x.shape[2] * x.shape[3], x.shape[2], x.shape[3])
    return x if place is None else place, sizes, {"SPLIT": place is not None, "F": factor, "OUT": outs}


def forwards(x, w, b, relu, place=None, rest=None, rotation=0, factor=1, outs=C):
    place, (total, high, wide), options = common(x, place, factor, outs)
    if outs < C:
        y = x.new_empty(x.shape[0], outs, high, wide)
    elif factor > 1:
        y = last(x.new_empty(x.shape[0], C, high * factor, wide * factor))
    else:
        y = torch.empty_like(x)
    convolve[(triton.cdiv(total, PIXELS), factor * factor)](
        x, w, b, x, x if rest is None else rest, y, place, total, high, wide, rotation,
        SIZE=w.shape[1], BACK=False, RELU=relu, REST=rest is not None, AFTER=False, M=PIXELS, **options,
    )  # fmt: skip
    return y


def backwards(x, w, y, g, relu, place=None, rest=None, rotation=0, factor=1, outs=C, after=False):
    """The gradients of input, kernel and bias.

    `y` is what the convolution gave. `rest` is added to the gradient of the input; `after` gives
    that gradient from before the ReLU that made `x`.
    """
    place, (total, high, wide), options = common(x, place, factor, outs)
    gx, size, maps = torch.empty_like(x), w.shape[1], factor * factor
    convolve[(triton.cdiv(total, PIXELS), 1)](
        g, w, w, x if after else y, g if rest is None else rest, gx, place, total, high, wide, rotation,
        SIZE=size, BACK=True, RELU=relu, REST=rest is not None, AFTER=after, M=PIXELS, **options,
    )  # fmt: skip
    n = maps * 9 * size * size
    result = x.new_zeros(n + maps * size)
    steps = min(16, max(1, total // (PARTS * SUMMED)))
    gradient[(triton.cdiv(total, SUMMED * steps), 3, maps)](
        x, g, y, result, n, place, total, high, wide, rotation, steps,
        SIZE=size, RELU=relu, HALF=HALF, K=SUMMED, num_stages=1, **options,
    )  # fmt: skip
    of_kernel = result[:n].view(maps, 3, 3, size, size).permute(4, 0, 3, 1, 2).reshape(size * maps, size, 3, 3)
    return gx, of_kernel[: len(w)], result[n:].view(maps, size).t().reshape(-1)[: len(w)]


class Standard(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w1, b1, w2, b2):
        x = last(x)
        h = forwards(x, w1, b1, True)
        ctx.save_for_backward(x, h, w1, w2)
        return forwards(h, w2, b2, False, rest=x)

    @staticmethod
    def backward(ctx, g):
        x, h, w1, w2 = ctx.saved_tensors
        g = last(g)
        gh, gw2, gb2 = backwards(h, w2, h, g, False, after=True)
        gx, gw1, gb1 = backwards(x, w1, h, gh, False, rest=g)
        return gx, gw1, gb1, gw2, gb2


class Split(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b, place):
        x = last(x)
        y = forwards(x, w, b, True, place)
        ctx.save_for_backward(x, y, w, place)
        return y

    @staticmethod
    def backward(ctx, g):
        x, y, w, place = ctx.saved_tensors
        return *backwards(x, w, y, last(g), True, place), None


class Last(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b, rest, rotation):
        x = last(x)
        ctx.save_for_backward(x, w)
        ctx.rotation = rotation
        return forwards(x, w, b, False, rest=last(rest), rotation=rotation)

    @staticmethod
    def backward(ctx, g):
        x, w = ctx.saved_tensors
        g = last(g)
        return *backwards(x, w, x, g, False, rotation=ctx.rotation), g, None


class Shuffled(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b, factor):
        ctx.save_for_backward(x, w)
        ctx.factor = factor
        return forwards(x, w, b, False, factor=factor)

    @staticmethod
    def backward(ctx, g):
        x, w = ctx.saved_tensors
        return *backwards(x, w, x, last(g), False, factor=ctx.factor), None


class Planes(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b):
        ctx.save_for_backward(x, w)
        return forwards(x, w, b, False, outs=len(w))

    @staticmethod
    def backward(ctx, g):
        x, w = ctx.saved_tensors
        return backwards(x, w, x, g.contiguous(), False, outs=len(w))


def conv(x, w, b):
    return conv2d(x, w, b, padding=1)


class Kernels:
    """The parts of a group. `fast` takes the kernels of this file, for 16 channels on a card."""

    def __init__(self, fast):
        self.fast = fast

    def standard(self, x, w1, b1, w2, b2):
        """`x + conv2(relu(conv1(x)))`."""
        return Standard.apply(x, w1, b1, w2, b2) if self.fast else x + conv(conv(x, w1, b1).relu(), w2, b2)

    def split(self, x, w, b, place):
        """`relu(conv)` of some channels, in place.

        `place` is a tensor: the first channel, and how many. The kernel is for all channels, or,
        with `fast`, for these alone.
        """
        if self.fast:
            return Split.apply(x, w, b, place)
        chosen = ((torch.arange(C, device=x.device) - place[0]) % C < place[1]).view(1, C, 1, 1)
        return torch.where(chosen, conv(x * chosen, w, b).relu(), x)

    def last(self, x, w, b, rest, rotation):
        """`conv(x) + rest`, for a kernel whose input `i` is channel `(i + rotation) % 16`."""
        if self.fast:
            return Last.apply(x, w, b, rest, rotation)
        return conv(torch.roll(x, -rotation, 1), w, b) + rest

    def shuffled(self, x, w, b, factor):
        """`pixel_shuffle(conv(x))`."""
        return Shuffled.apply(last(x), w, b, factor) if self.fast else pixel_shuffle(conv(x, w, b), factor)

    def planes(self, x, w, b):
        """`conv(x)`, for few outputs."""
        return Planes.apply(last(x), w, b) if self.fast else conv(x, w, b)
