"""SplitSR in PyTorch, from our weights files.

It has what the benchmark compares: split blocks, standard blocks and a dense upsampler.
"""

import json

import numpy as np
import torch
from torch.nn.functional import conv2d, pixel_shuffle, relu

# DIV2K's mean colour: `MEAN` of src/network/mod.rs.
MEAN = (0.4488, 0.4371, 0.4040)
# Shipped models hold 16-bit floats.
DTYPES = {"F16": np.float16, "F32": np.float32}


def read_weights(path):
    """The config and the tensors of a safetensors file."""
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
        data = file.read()
    config = json.loads(header.pop("__metadata__")["splitsr"])["config"]
    tensors = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        values = np.frombuffer(data[start:end], DTYPES[entry["dtype"]]).reshape(entry["shape"])
        tensors[name] = torch.from_numpy(values.astype(np.float32))
    return config, tensors


class SplitSr(torch.nn.Module):
    def __init__(self, config, tensors):
        super().__init__()
        self.config, self.scale = config, config["scale"]
        # Parameters' names may hold no dot.
        parameters = {name.replace(".", "_"): torch.nn.Parameter(tensor) for name, tensor in tensors.items()}
        self.layers = torch.nn.ParameterDict(parameters)
        self.split = max(1, round(config["split_ratio"] * config["channels"]))
        self.register_buffer("mean", torch.tensor(MEAN).reshape(1, 3, 1, 1))

    @classmethod
    def load(cls, path):
        return cls(*read_weights(path))

    def conv(self, x, layer):
        layer = layer.replace(".", "_")
        return conv2d(x, self.layers[f"{layer}_weight"], self.layers[f"{layer}_bias"], padding=1)

    def split_blocks(self, x, path):
        """A queue of chunks: the front one is convolved and goes to the back."""
        queue = list(torch.split(x, self.split, 1))
        for block in range(self.config["blocks"]):
            queue.append(relu(self.conv(queue.pop(0), f"{path}.blocks.{block}.conv")))
        return torch.cat(queue, 1)

    def standard_blocks(self, x, path):
        for block in range(self.config["blocks"]):
            hidden = relu(self.conv(x, f"{path}.blocks.{block}.conv1"))
            x = x + self.conv(hidden, f"{path}.blocks.{block}.conv2")
        return x

    def forward(self, x):
        head = self.conv(x - self.mean, "head")
        y = head
        for group in range(self.config["groups"]):
            path = f"groups.{group}"
            standard = f"groups_{group}_blocks_0_conv1_weight" in self.layers
            blocks = self.standard_blocks if standard else self.split_blocks
            y = y + self.conv(blocks(y, path), f"{path}.conv")
        y = head + self.conv(y, "body")
        for step, factor in enumerate({2: [2], 3: [3], 4: [2, 2]}[self.scale]):
            y = pixel_shuffle(self.conv(y, f"upsampler.steps.{step}.expand"), factor)
        return self.conv(y, "tail") + self.mean
