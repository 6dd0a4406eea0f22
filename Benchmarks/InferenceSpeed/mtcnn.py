"""MTCNN of facenet_pytorch on a list of images, one thread: prints images, faces and seconds for each round.

usage: mtcnn.py ROUNDS IMAGE...     with facenet_pytorch's wheel and a PyTorch on the path
"""

import sys
import time
import types

import numpy as np
import torch
from PIL import Image


def batched_nms(boxes, scores, groups, limit):
    """What torchvision has under this name; facenet_pytorch uses nothing else of torchvision here."""
    if len(boxes) == 0:
        return torch.empty(0, dtype=torch.int64)
    x1, y1, x2, y2 = (boxes + (groups.to(boxes) * (boxes.max() + 1))[:, None]).numpy().T
    areas = (x2 - x1) * (y2 - y1)
    order, kept = np.argsort(-scores.numpy(), kind="stable"), []
    while len(order):
        best, rest = order[0], order[1:]
        kept.append(best)
        width = np.minimum(x2[best], x2[rest]) - np.maximum(x1[best], x1[rest])
        height = np.minimum(y2[best], y2[rest]) - np.maximum(y1[best], y1[rest])
        inner = np.maximum(width, 0) * np.maximum(height, 0)
        order = rest[inner / (areas[best] + areas[rest] - inner) <= limit]
    return torch.as_tensor(np.array(kept))


def stand_in(name, **members):
    sys.modules[name] = types.ModuleType(name)
    vars(sys.modules[name]).update(members)


stand_in("torchvision")
stand_in("torchvision.ops")
stand_in("torchvision.ops.boxes", batched_nms=batched_nms)
stand_in("torchvision.transforms", functional=None)
# Both fetch models by name, which nobody asks for.
for unused in ("tqdm", "requests"):
    try:
        __import__(unused)
    except ImportError:
        stand_in(unused, tqdm=None)
stand_in("requests.adapters", HTTPAdapter=None)


def main():
    rounds, paths = int(sys.argv[1]), sys.argv[2:]
    from facenet_pytorch import MTCNN
    torch.set_num_threads(1)
    network = MTCNN(keep_all=True)
    for _ in range(rounds):
        faces, start = 0, time.perf_counter()
        for path in paths:
            boxes, _, _ = network.detect(Image.open(path).convert("RGB"), landmarks=True)
            faces += 0 if boxes is None else len(boxes)
        print(len(paths), faces, time.perf_counter() - start, flush=True)


main()
