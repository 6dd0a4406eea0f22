"""Predictions of the real photos that the checks of `infer` share, how boxes are matched, and their rotations."""

import os
import pathlib

import cv2
from scipy.spatial.transform import Rotation

from .report import Unavailable
from .tool import read_json_lines

THRESHOLD = 0.35


class Inference:
    """Predictions of the real photos, by set and options."""

    SETS = {"photos": "photos/images", "aflw2000": "aflw2000"}

    def __init__(self, artefacts, name):
        self.artefacts, self.name = artefacts, name
        self._made = {}

    @property
    def folder(self):
        cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
        folder = pathlib.Path(os.environ.get("SIXDOF_INFERENCE") or f"{cache}/sixdof/inference")
        if not (folder / "wheels").is_dir():
            raise Unavailable("OpenVINO and its models are absent; run Scripts/setup")
        return folder

    def wheel(self, package):
        return next((self.folder / "wheels").glob(package + "-*.whl"))

    def images(self, name):
        return self.artefacts.real(self.SETS[name])

    def path(self, name, *options):
        if (name, *options) not in self._made:
            self.folder
            output = self.artefacts.work / f"inference-{self.name}-{len(self._made)}.jsonl"
            self.artefacts.tool.run("infer", self.images(name), "--output", output, "--progress", "none",
                                    "--threshold", THRESHOLD, *options)
            self._made[name, *options] = output
        return self._made[name, *options]

    def records(self, name, *options):
        return read_json_lines(self.path(name, *options))

    def image(self, name, record):
        """RGB, as stored."""
        path = self.images(name) / record["image"]["path"]
        image = cv2.imread(str(path), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
        return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def overlap(a, b):
    """Intersection over union."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0
    inner = width * height
    return inner / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - inner)


def rotation(face):
    return Rotation.from_rotvec(face["pose"]["rotation_vector"])
