"""onnxruntime and PyTorch for the benchmark.

Each line on stdin is a JSON request, and each line on stdout a JSON reply. Requests have a
"method", one of METHODS, and its arguments. Pictures are files of float32 values, CHW, RGB in
[0, 1]. Replies are {"milliseconds": ..., ...}, or {"error": ...}.
"""

import functools
import json
import sys
import time

import numpy as np
import onnx
import onnxruntime
import torch

import anchors
from network import SplitSr
from score_onnx import score_folders


def read(path, height, width):
    return np.fromfile(path, np.float32).reshape(1, 3, height, width)


@functools.cache
def session(onnx_file, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(onnx_file, options, providers=["CPUExecutionProvider"])


def laid_out(part, channels_last):
    return part.to(memory_format=torch.channels_last if channels_last else torch.contiguous_format)


@functools.cache
def network(weights, channels_last):
    return laid_out(SplitSr.load(weights).eval(), channels_last)


def finish(output, milliseconds, reference=None, save=None):
    """The reply for a result.

    It tells how far the result is from a file's, or the result is saved as a file for others to
    compare with.
    """
    reply = {"milliseconds": milliseconds}
    if reference:
        difference = np.abs(output.ravel() - np.fromfile(reference, np.float32))
        reply["difference"] = float(difference.max())
    if save:
        output.tofile(save)
    return reply


def check(model):
    """Whether a file keeps to ONNX's rules, shapes included."""
    onnx.checker.check_model(model, full_check=True)
    return {}


def make_anchor(name, model, width, height):
    """Writes another network as an ONNX file for pictures of one size. The reply counts its work."""
    anchors.export(name, model, (width, height))
    return anchors.count(name)


def score_anchor(name, weights, model, folders):
    """The scores of another network with its authors' weights."""
    anchors.export(name, model, weights=weights)
    return score_folders(model, 2, folders)


def run_onnxruntime(model, threads, input, height, width, **options):
    x = read(input, height, width)
    loaded = session(model, threads)
    start = time.perf_counter()
    (output,) = loaded.run(None, {"input": x})
    return finish(output, (time.perf_counter() - start) * 1e3, **options)


def run_torch(weights, threads, channels_last, input, height, width, **options):
    torch.set_num_threads(threads)
    x = laid_out(torch.from_numpy(read(input, height, width)), channels_last)
    model = network(weights, channels_last)
    with torch.inference_mode():
        start = time.perf_counter()
        output = model(x)
        milliseconds = (time.perf_counter() - start) * 1e3
    return finish(output.numpy(), milliseconds, **options)


@functools.cache
def training(weights, batch, patch, channels_last):
    """A network with Adam, and a batch of random patches."""
    model = laid_out(SplitSr.load(weights), channels_last)
    generator = torch.Generator().manual_seed(1)
    sides = (patch, patch * model.scale)
    low, high = (laid_out(torch.rand(batch, 3, side, side, generator=generator), channels_last) for side in sides)
    return model, torch.optim.Adam(model.parameters(), lr=1e-4), low, high


def train_torch(weights, threads, batch, patch, channels_last):
    """One step: forward, L1, backward, Adam."""
    torch.set_num_threads(threads)
    model, adam, low, high = training(weights, batch, patch, channels_last)
    start = time.perf_counter()
    adam.zero_grad(set_to_none=True)
    loss = torch.nn.functional.l1_loss(model(low), high)
    loss.backward()
    adam.step()
    loss = loss.item()
    return {"milliseconds": (time.perf_counter() - start) * 1e3, "loss": loss}


def versions():
    return {"onnxruntime": onnxruntime.__version__, "torch": torch.__version__}


FUNCTIONS = (check, make_anchor, score_anchor, run_onnxruntime, run_torch, train_torch, versions)
METHODS = {f.__name__: f for f in FUNCTIONS}

for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = METHODS[request.pop("method")](**request)
    except Exception as error:  # the driver decides what an error means
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
