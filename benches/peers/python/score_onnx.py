"""Scores a super-resolution network in an ONNX file, as `splitsr eval` scores our models.

    score_onnx.py FILE --scale 2 FOLDER...         the same protocol, for any network
    score_onnx.py --check SPLITSR --scale 2 FOLDER...
                                                   our own model both ways: they have to agree

The network has one input and one output: RGB in [0, 1], NCHW, of any height and width. A picture is
read as RGB and cropped to a multiple of the scale. It is shrunk with MATLAB's bicubic filter,
rounded to 8 bits, enlarged by the network and rounded again. PSNR and SSIM are those of Y, without
`scale` pixels on each side; the means of a folder's pictures are printed. SPLITSR is our command.
"""

import argparse
import json
import pathlib
import subprocess
import tempfile

import numpy as np
import onnxruntime
from PIL import Image

# `splitsr eval` may differ by this much in PSNR (dB) and SSIM: its arithmetic rounds otherwise.
CLOSE = {"psnr": 0.01, "ssim": 0.0001}


def cubic(x):
    """Keys' kernel with a = -0.5."""
    x = np.abs(x)
    near, far = (1.5 * x - 2.5) * x**2 + 1, ((-0.5 * x + 2.5) * x - 4) * x + 2
    return np.where(x <= 1, near, np.where(x < 2, far, 0))


def shrink_rows(size, scale):
    """The matrix that shrinks a column of `size` values, as MATLAB's imresize does."""
    matrix = np.zeros((size // scale, size))
    for row, weights in enumerate(matrix):
        centre = (row + 0.5) * scale - 0.5
        taps = np.arange(int(centre) - 2 * scale, int(centre) + 2 * scale + 2)
        # Mirrored at the borders; the edge is repeated.
        inputs = np.concatenate([np.arange(size), np.arange(size)[::-1]])[taps % (2 * size)]
        np.add.at(weights, inputs, cubic((taps - centre) / scale))
        weights /= weights.sum()
    return matrix


def to_bytes(values):
    """Rounded as MATLAB and `splitsr eval` do: halves away from zero."""
    return np.floor(np.clip(values, 0, 255) + 0.5).astype(np.uint8)


def shrink(picture, scale):
    rows, columns = (shrink_rows(side, scale) for side in picture.shape[:2])
    return to_bytes(np.einsum("yh,hwc,xw->yxc", rows, picture.astype(float), columns, optimize=True))


def luma(picture, border):
    cut = picture[border:-border, border:-border].astype(float) / 255
    return 16 + cut @ (65.481, 128.553, 24.966)


def blurred(values):
    """A Gaussian of 11x11 with sigma 1.5, where all of it lies inside."""
    gauss = np.exp(-((np.arange(11) - 5) ** 2) / 4.5)
    gauss /= gauss.sum()
    for _ in range(2):
        values = np.lib.stride_tricks.sliding_window_view(values, 11, 0) @ gauss
        values = values.T
    return values


def ssim(a, b):
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    mean_a, mean_b = blurred(a), blurred(b)
    variance = blurred(a * a) - mean_a**2 + blurred(b * b) - mean_b**2
    covariance = blurred(a * b) - mean_a * mean_b
    means = (2 * mean_a * mean_b + c1) / (mean_a**2 + mean_b**2 + c1)
    return (means * (2 * covariance + c2) / (variance + c2)).mean()


def psnr(a, b):
    return 10 * np.log10(255**2 / ((a - b) ** 2).mean())


def score(session, path, scale):
    """PSNR and SSIM of one picture."""
    sharp = np.asarray(Image.open(path).convert("RGB"))
    sharp = sharp[: sharp.shape[0] // scale * scale, : sharp.shape[1] // scale * scale]
    planes = shrink(sharp, scale).transpose(2, 0, 1)[None].astype(np.float32) / 255
    (result,) = session.run(None, {session.get_inputs()[0].name: planes})
    large = to_bytes(255 * result[0].transpose(1, 2, 0).astype(float))
    if large.shape != sharp.shape:
        raise SystemExit(f"error: {path}: the network gives {large.shape}, and not {sharp.shape}")
    ours, truth = luma(large, scale), luma(sharp, scale)
    return psnr(ours, truth), ssim(ours, truth)


def score_folders(file, scale, folders):
    """The mean PSNR and SSIM of each folder, by its name."""
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    scores = {}
    for folder in map(pathlib.Path, folders):
        pictures = sorted(path for path in folder.iterdir() if path.suffix in (".png", ".bmp", ".tif"))
        if not pictures:
            raise SystemExit(f"error: {folder} holds no pictures")
        means = np.mean([score(session, path, scale) for path in pictures], 0)
        scores[folder.name] = dict(zip(("psnr", "ssim"), map(float, means)))
    return scores


def check(splitsr, scale, folders):
    """Scores our model with the command, and here after an export. Fails where they disagree."""

    def run(*arguments):
        return subprocess.run([splitsr, *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout

    model = f"splitsr-x{scale}"
    told = json.loads(run("eval", "--json", "--backend", "cpu", "--model", model, "--scale", str(scale), *folders))
    with tempfile.TemporaryDirectory() as work:
        run("export", model, "-o", f"{work}/model.onnx")
        scores = score_folders(f"{work}/model.onnx", scale, folders)
    for name, by_command in zip(scores, told["sets"], strict=True):
        for measure, here in scores[name].items():
            there = np.mean([picture[f"{measure}_y"] for picture in by_command["pictures"]])
            print(f"{model}, {name}, {measure}: {here:.4f} here, {there:.4f} by splitsr eval")
            if not abs(here - there) <= CLOSE[measure]:
                raise SystemExit(f"error: they differ by more than {CLOSE[measure]}")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("paths", nargs="+", help="the ONNX file, unless --check is given, and folders")
    arguments.add_argument("--scale", type=int, default=2)
    arguments.add_argument("--check", metavar="SPLITSR", help="our command")
    a = arguments.parse_args()
    if a.check:
        check(a.check, a.scale, a.paths)
        return
    file, *folders = a.paths
    for name, means in score_folders(file, a.scale, folders).items():
        print(f"{name} x{a.scale}: {means['psnr']:.2f} / {means['ssim']:.4f}")


if __name__ == "__main__":
    main()
