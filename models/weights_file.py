"""The project's weights files, for the trainers beside it.

They are safetensors with 16-bit or 32-bit floats.
"""

import json, os, struct

import numpy as np

TYPES = {"F16": "<f2", "F32": "<f4"}


def read(path):
    """The metadata, and the tensors by name, as f32; not the weights that a twin is mixed with."""
    with open(path, "rb") as f:
        n = struct.unpack("<Q", f.read(8))[0]
        head, data = json.loads(f.read(n)), f.read()
    meta = json.loads(head.pop("__metadata__")["splitsr"])

    def values(tensor):
        begin, end = tensor["data_offsets"]
        stored = np.frombuffer(data[begin:end], TYPES[tensor["dtype"]])
        return stored.astype(np.float32).reshape(tensor["shape"])

    return meta, {k: values(v) for k, v in head.items() if not k.startswith("start.")}


def write(path, meta, tensors):
    """Writes arrays as f32, beside first: a run that is killed leaves the last file whole."""
    head, blobs, at = {"__metadata__": {"splitsr": json.dumps(meta, separators=(",", ":"))}}, [], 0
    for k in sorted(tensors):
        b = tensors[k].astype("<f4").tobytes()
        head[k] = {"dtype": "F32", "shape": list(tensors[k].shape), "data_offsets": [at, at + len(b)]}
        blobs.append(b)
        at += len(b)
    h = json.dumps(head, separators=(",", ":")).encode()
    h += b" " * (-len(h) % 8)
    with open(path + ".tmp", "wb") as f:
        f.write(struct.pack("<Q", len(h)) + h + b"".join(blobs))
    os.replace(path + ".tmp", path)
