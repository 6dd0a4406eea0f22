"""img2pose's reference points, of which poses are made: 5 and 68, float32, in units of 0.1 m."""

import re

import numpy as np

from .camera import MEAN_FACE
from .report import expect

PLACE = "Sources/Schema/MeanFace.swift"
FILES = "img2pose_reference/reference_3d_{}_points_trans.npy"


def reference_models(artefacts):
    """The points by their number, from the figures in the source.

    They are decimals that round to the float32 numbers of img2pose's files, to which they are held
    where those are at hand.
    """
    text = (artefacts.root / PLACE).read_text()
    rows = re.findall(r"\[([-\d.e]+), ([-\d.e]+), ([-\d.e]+)\]", text)
    points = np.array(rows, dtype=float).astype(np.float32)
    expect(len(points) == 73, f"5 and 68 points in {PLACE}", len(points))
    models = {5: points[:5], 68: points[5:]}
    expect(np.array_equal(models[5], MEAN_FACE.astype(np.float32)), "the five points", models[5])
    for number, model in models.items():
        file = artefacts.shared / FILES.format(number)
        if file.is_file():
            expect(np.array_equal(np.load(file), model), f"the {number} points of {file.name}",
                   "others")
    return models
