"""MTCNN's O-Net computed by numpy, and its crops, after facenet_pytorch's definitions."""

import math
import zipfile

import numpy as np

from inference import torch_weights


class ONet:
    def __init__(self, wheel):
        with zipfile.ZipFile(wheel) as archive:
            tensors = torch_weights.weights_of(archive.read("facenet_pytorch/data/onet.pt"), "onet.pt")
        self.weights = {name: np.frombuffer(tensor.data, "<f4").reshape(tensor.shape)
                        for name, tensor in tensors.items()}

    def landmarks(self, image, boxes):
        """Five points and the probability of a face for each box (x1, y1, x2, y2)."""
        squares = [squared(box) for box in boxes]
        places, faces = self.forward(np.stack([crop(image, square) for square in squares]))
        points = [np.stack([(x2 - x1 + 1) * place[:5] + x1 - 1, (y2 - y1 + 1) * place[5:] + y1 - 1], 1)
                  for place, (x1, y1, x2, y2) in zip(places, squares)]
        return points, faces

    def forward(self, x):
        for number, kernel, stride in [(1, 3, 2), (2, 3, 2), (3, 2, 2), (4, 0, 0)]:
            x = self.prelu(f"prelu{number}", self.convolved(f"conv{number}", x))
            if kernel:
                x = pooled(x, kernel, stride)
        x = x.transpose(0, 3, 2, 1).reshape(len(x), -1)
        x = self.prelu("prelu5", self.dense("dense5", x))
        scores = self.dense("dense6_1", x).astype(np.float64)
        return self.dense("dense6_3", x), 1 / (1 + np.exp(scores[:, 0] - scores[:, 1]))

    def convolved(self, name, x):
        weight = self.weights[name + ".weight"]
        windows = np.lib.stride_tricks.sliding_window_view(x, weight.shape[2:], axis=(2, 3))
        return (np.einsum("nchwij,ocij->nohw", windows, weight, optimize=True)
                + self.weights[name + ".bias"][:, None, None])

    def dense(self, name, x):
        return x @ self.weights[name + ".weight"].T + self.weights[name + ".bias"]

    def prelu(self, name, x):
        slopes = self.weights[name + ".weight"].reshape(-1, *[1] * (x.ndim - 2))
        return np.where(x > 0, x, slopes * x)


def pooled(x, kernel, stride):
    """Maxima of windows, the last of which may reach over the rim."""
    counts = [math.ceil((size - kernel) / stride) + 1 for size in x.shape[2:]]
    return np.stack([
        np.stack([x[:, :, i * stride:i * stride + kernel, j * stride:j * stride + kernel].max((2, 3))
                  for j in range(counts[1])], -1) for i in range(counts[0])], -2)


def squared(box):
    x1, y1, x2, y2 = np.float32(box)
    width, height = x2 - x1, y2 - y1
    side = max(width, height)
    x1, y1 = x1 + width * np.float32(0.5) - side * np.float32(0.5), y1 + height * np.float32(0.5) - side * np.float32(0.5)
    return x1, y1, x1 + side, y1 + side


def crop(image, square):
    """48 x 48 means; MTCNN's pixels count from 1."""
    height, width = image.shape[:2]
    x1, y1, x2, y2 = (int(value) for value in square)
    part = image[max(y1, 1) - 1:min(y2, height), max(x1, 1) - 1:min(x2, width)].astype(np.float32)
    for axis in (0, 1):
        size = part.shape[axis]
        part = np.stack([
            part.take(range(i * size // 48, -(-(i + 1) * size // 48)), axis).mean(axis) for i in range(48)], axis)
    return ((part - 127.5) * 0.0078125).transpose(2, 0, 1)
