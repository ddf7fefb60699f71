"""Four small networks of the literature, built as their authors published them.

    anchors.py count                     parameters and multiply-adds, beside the published ones
    anchors.py export NAME FILE [--size 320x180] [--weights FILE]

`export` writes an ONNX file for x2, by default for pictures of any size. The weights are random,
unless a file of the authors' own is given. The architectures are written anew after the authors'
code: nmhkahn/CARN-pytorch (MIT), ECNUSR/ETDS, icandle/MAN and Zheng-MJ/SMFANet (Apache 2.0).
With the same weights, each gave the very values of the authors' code. ../anchors.json names the
papers and holds the figures that they publish.
"""

import argparse
import json
import pathlib

import torch
from torch import nn
from torch.nn.functional import gelu, interpolate, max_pool2d, normalize, pixel_shuffle, relu
from torch.utils.flop_counter import FlopCounterMode

PUBLISHED = json.loads((pathlib.Path(__file__).parent.parent / "anchors.json").read_text())
# DIV2K's mean colour, which CARN and MAN subtract.
MEAN = torch.tensor((0.4488, 0.4371, 0.4040)).reshape(1, 3, 1, 1)


def conv(inputs, outputs, kernel=3, groups=1, dilation=1):
    return nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2 * dilation, groups=groups, dilation=dilation)


class Cascade(nn.Module):
    """Each step's result is appended to all before it, and a convolution of 1x1 merges them."""

    def __init__(self, steps):
        super().__init__()
        self.steps = nn.ModuleList(steps)
        self.merge = nn.ModuleList(conv(64 * count, 64, 1) for count in (2, 3, 4))

    def forward(self, x):
        seen = x
        for index, merge in enumerate(self.merge):
            seen = torch.cat([seen, self.steps[index % len(self.steps)](x)], 1)
            x = relu(merge(seen))
        return x


class CarnResidual(nn.Module):
    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleList((conv(64, 64, groups=4), conv(64, 64, groups=4), conv(64, 64, 1)))

    def forward(self, x):
        first, second, third = self.convs
        return relu(x + third(relu(second(relu(first(x))))))


class CarnM(nn.Module):
    """CARN-M, "mobile": 4 groups, and the three steps of a block share their weights."""

    def __init__(self, scale):
        super().__init__()
        self.entry = conv(3, 64)
        self.body = Cascade([Cascade([CarnResidual()]) for _ in range(3)])
        self.upsample = nn.ModuleList(conv(64, 256, groups=4) for _ in range(scale // 2))
        self.exit = conv(64, 3)

    def forward(self, x):
        x = self.body(self.entry(x - MEAN.to(x.device)))
        for step in self.upsample:
            x = pixel_shuffle(relu(step(x)), 2)
        return self.exit(x) + MEAN.to(x.device)


class EtdsL(nn.Module):
    """ETDS-L after its equivalent transformation, as it is used: plain convolutions."""

    def __init__(self, scale):
        super().__init__()
        colours = 3 * scale**2
        self.convs = nn.ModuleList([conv(3, 48), *(conv(48, 48) for _ in range(7)), conv(48, colours)])
        self.convs.append(conv(colours, colours, 1))
        self.scale = scale

    def forward(self, x):
        for layer in self.convs:
            x = relu(layer(x))
        return pixel_shuffle(x, self.scale)


class ChannelNorm(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels, 1, 1))
        self.bias = nn.Parameter(torch.zeros(channels, 1, 1))

    def forward(self, x):
        x = x - x.mean(1, keepdim=True)
        return x / torch.sqrt(x.pow(2).mean(1, keepdim=True) + 1e-6) * self.weight + self.bias


def large_kernel(channels, near, far, dilation):
    """A large kernel in parts: depthwise, depthwise with holes, 1x1."""
    return nn.Sequential(
        conv(channels, channels, near, channels),
        conv(channels, channels, far, channels, dilation),
        conv(channels, channels, 1),
    )


class LargeKernelAttention(nn.Module):
    """MLKA: each third of the channels has kernels of its own size."""

    def __init__(self, channels):
        super().__init__()
        third = channels // 3
        # The authors begin at 0, where a network that is not trained ignores the block.
        self.scale = nn.Parameter(torch.ones(1, channels, 1, 1))
        self.norm = ChannelNorm(channels)
        self.attend = nn.ModuleList(large_kernel(third, k, k + 2, k // 2 + 1) for k in (7, 5, 3))
        self.gate = nn.ModuleList(conv(third, third, k, third) for k in (3, 5, 7))
        self.first, self.last = conv(channels, 2 * channels, 1), conv(channels, channels, 1)

    def forward(self, x):
        a, y = self.first(self.norm(x)).chunk(2, 1)
        thirds = zip(reversed(self.attend), self.gate, a.chunk(3, 1))
        parts = [attend(part) * gate(part) for attend, gate, part in thirds]
        return self.last(y * torch.cat(parts, 1)) * self.scale + x


class GatedUnit(nn.Module):
    """GSAU."""

    def __init__(self, channels):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1, channels, 1, 1))
        self.first, self.gate = conv(channels, 2 * channels, 1), conv(channels, channels, 7, channels)
        self.last = conv(channels, channels, 1)
        self.norm = ChannelNorm(channels)

    def forward(self, x):
        a, y = self.first(self.norm(x)).chunk(2, 1)
        return self.last(y * self.gate(a)) * self.scale + x


class ManTiny(nn.Module):
    """MAN-tiny: 5 blocks of 48 channels, then a tail with a large kernel (LKAT)."""

    def __init__(self, scale, channels=48):
        super().__init__()
        self.head = conv(3, channels)
        parts = [part(channels) for _ in range(5) for part in (LargeKernelAttention, GatedUnit)]
        self.body = nn.Sequential(*parts, conv(channels, channels, 1), nn.GELU())
        self.attend, self.last = large_kernel(channels, 7, 9, 3), conv(channels, channels, 1)
        self.tail = conv(channels, 3 * scale**2)
        self.scale = scale

    def forward(self, x):
        x = self.head(x - MEAN.to(x.device))
        y = self.body(x)
        x = x + self.last(y * self.attend(y))
        return pixel_shuffle(self.tail(x), self.scale) + MEAN.to(x.device)


def pooled(x, dim):
    """`adaptive_max_pool2d` to an eighth of one side, rounded down.

    ONNX has no such operation where 8 does not divide the side. A part then has 9 or 10 rows, if
    the side has 56 or more; its last row is repeated where there are 9.
    """
    side = x.shape[dim]
    if isinstance(side, int) and side % 8 == 0:
        return max_pool2d(x, (8, 1) if dim == 2 else (1, 8))
    count = side // 8
    part = torch.arange(count, device=x.device)[:, None]
    end = ((part + 1) * side + count - 1) // count
    rows = torch.minimum(part * side // count + torch.arange(10, device=x.device), end - 1)
    return x.index_select(dim, rows.reshape(-1)).unflatten(dim, (count, 10)).amax(dim + 1)


class Modulation(nn.Module):
    """SMFA: an attention over eighths of the picture, and details from its neighbourhood."""

    def __init__(self, channels):
        super().__init__()
        self.alpha = nn.Parameter(torch.ones(1, channels, 1, 1))
        self.beta = nn.Parameter(torch.zeros(1, channels, 1, 1))
        self.first, self.modulate = conv(channels, 2 * channels, 1), conv(channels, channels, 1)
        self.last = conv(channels, channels, 1)
        wide = (conv(channels, 2 * channels, groups=channels), conv(2 * channels, 2 * channels, 1))
        self.details = nn.Sequential(*wide, nn.GELU(), conv(2 * channels, channels, 1))
        self.depthwise = conv(channels, channels, groups=channels)

    def forward(self, x):
        y, x = self.first(x).chunk(2, 1)
        # The columns first: 8 divides the benchmark's width, so few values are left for the rest.
        small = self.depthwise(pooled(pooled(x, 3), 2))
        small = small * self.alpha + torch.var(x, (2, 3), keepdim=True) * self.beta
        attention = interpolate(gelu(self.modulate(small)), size=x.shape[2:], mode="nearest")
        return self.last(x * attention + self.details(y))


class PartialFeedForward(nn.Module):
    """PCFN: a quarter of the hidden channels is convolved with 3x3."""

    def __init__(self, channels):
        super().__init__()
        self.part = channels // 2
        self.first, self.second = conv(channels, 2 * channels, 1), conv(self.part, self.part)
        self.last = conv(2 * channels, channels, 1)

    def forward(self, x):
        part, rest = gelu(self.first(x)).split((self.part, 3 * self.part), 1)
        return self.last(torch.cat([gelu(self.second(part)), rest], 1))


class Smfanet(nn.Module):
    def __init__(self, scale, channels=36):
        super().__init__()
        self.head = conv(3, channels)
        parts = [part(channels) for _ in range(8) for part in (Modulation, PartialFeedForward)]
        self.parts = nn.ModuleList(parts)
        self.tail = conv(channels, 3 * scale**2)
        self.scale = scale

    def forward(self, x):
        head = x = self.head(x)
        for part in self.parts:
            x = x + part(normalize(x))
        return pixel_shuffle(self.tail(x + head), self.scale)


NETWORKS = {"carn-m": CarnM, "etds-l": EtdsL, "man-tiny": ManTiny, "smfanet": Smfanet}


def build(name, scale=2, weights=None):
    """A network with random weights, always the same, or with those of the authors' file."""
    torch.manual_seed(1)
    network = NETWORKS[name](scale).eval()
    if weights:
        file = torch.load(weights, map_location="cpu", weights_only=True)
        # CARN's file serves three scales; it and MAN's hold the mean colour.
        others = ("_mean", *(f"up{other}." for other in (2, 3, 4) if other != scale))
        theirs = [value for key, value in file.get("params", file).items() if not any(other in key for other in others)]
        # The authors' layers have other names, but the same order.
        own = network.state_dict()
        pairs = zip(own.items(), theirs, strict=True)
        network.load_state_dict({key: tensor.reshape(value.shape) for (key, value), tensor in pairs})
    return network


def count(name, scale=2):
    """Parameters, and the convolutions' multiply-adds for a result of 1280x720, as papers count."""
    with torch.device("meta"):
        network = NETWORKS[name](scale).eval()
        with FlopCounterMode(display=False) as counter:
            network(torch.empty(1, 3, 720 // scale, 1280 // scale))
    params = sum(parameter.numel() for parameter in network.parameters())
    return {"params": params, "macs_720p": counter.get_total_flops() / 2}


def export(name, file, size=None, weights=None):
    """Writes an ONNX file: for pictures of one `size`, (width, height), or of any."""
    # Neither side is a multiple of 8, so that the file serves all.
    width, height = size or (91, 75)
    free = None if size else ({2: torch.export.Dim("height", min=56), 3: torch.export.Dim("width", min=56)},)
    program = torch.onnx.export(
        build(name, weights=weights),
        (torch.zeros(1, 3, height, width),),
        input_names=["input"],
        output_names=["output"],
        dynamic_shapes=free,
        verbose=False,
    )
    program.save(file)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = arguments.add_subparsers(dest="command", required=True)
    commands.add_parser("count")
    exporting = commands.add_parser("export")
    exporting.add_argument("name", choices=NETWORKS)
    exporting.add_argument("file")
    exporting.add_argument("--size", type=lambda text: tuple(map(int, text.split("x"))))
    exporting.add_argument("--weights")
    a = arguments.parse_args()
    if a.command == "export":
        export(a.name, a.file, a.size, a.weights)
        return
    for name, about in PUBLISHED.items():
        published = about["published"]
        for scale in sorted({2, published["scale"]}):
            own = count(name, scale)
            line = f"{name} x{scale}: {own['params'] / 1e3:.1f} K, {own['macs_720p'] / 1e9:.2f} G"
            if scale == published["scale"]:
                line += f"; published {published['params']} K, {published['gmacs']} G"
            print(line)


if __name__ == "__main__":
    main()
