"""`sixdof evaluate --protocol wider` on the real ground-truth files, against numpy and known values."""

import json

import numpy as np
from scipy.io import loadmat

from . import wider_precision
from .native_forms import LEVELS
from .report import expect_close, expect_same


def checks(artefacts):
    truth = Truth(artefacts)
    random = np.random.default_rng(41)
    # In the annotations' order and not by score, so that an image's few false positives come early.
    yield "WIDER AP, the true boxes", lambda: known(
        truth, "boxes", lambda faces: scored(faces, random),
        {"easy": .99987, "medium": .99993, "hard": .99988}, 5e-5)
    yield "WIDER AP, each box twice", lambda: known(
        truth, "doubled", lambda faces: by_score(np.repeat(scored(faces, random), 2, axis=0)),
        dict.fromkeys(LEVELS, .5), 5e-4)
    yield "WIDER AP, a false positive first", lambda: known(
        truth, "false-positive", lambda faces: with_false_positive(by_score(scored(faces, random))),
        {"easy": .691, "medium": .805, "hard": .908}, 5e-4)
    yield "WIDER AP, noisy boxes", lambda: compared(
        truth, "noisy", lambda faces: noisy(faces, random), missing=7)[1]
    yield "WIDER AP, one score", lambda: compared(
        truth, "constant", lambda faces: np.column_stack([faces, np.full(len(faces), .5)]))[1]


class Truth:
    """The benchmark's own files, read by scipy when first asked for."""

    def __init__(self, artefacts):
        self.artefacts, self.read = artefacts, None

    @property
    def files(self):
        return self.artefacts.real_val.forms["mat"]

    @property
    def images(self):
        """(event, stem, boxes x y w h, {level: keep})."""
        if self.read is None:
            mats = [loadmat(file) for file in self.files[1:]]
            self.read = []
            for i, event in enumerate(mats[0]["event_list"]):
                for j, stem in enumerate(mats[0]["file_list"][i][0]):
                    boxes = mats[0]["face_bbx_list"][i][0][j][0].astype(float)
                    keep = {}
                    for level, mat in zip(LEVELS, mats, strict=True):
                        keep[level] = np.zeros(len(boxes), dtype=bool)
                        keep[level][mat["gt_list"][i][0][j][0].ravel().astype(int) - 1] = True
                    self.read.append((event[0][0], stem[0][0], boxes, keep))
        return self.read


def by_score(rows):
    return rows[np.argsort(-rows[:, 4], kind="stable")]


def scored(faces, random):
    return np.column_stack([faces, random.uniform(0, 1, len(faces))])


def with_false_positive(rows):
    return np.vstack([[-500, -500, 50, 50, 1.5], rows])


def noisy(faces, random):
    """Shifted boxes, some twice, some nowhere, in no order of scores; scores with few digits meet."""
    boxes = np.repeat(faces, random.integers(0, 3, len(faces)), axis=0)
    boxes[:, :2] += random.normal(0, .15, (len(boxes), 2)) * np.abs(boxes[:, 2:])
    strangers = random.uniform(0, 1000, (3, 4))
    boxes = np.vstack([boxes, strangers])[random.permutation(len(boxes) + 3)]
    return np.column_stack([boxes, random.uniform(-.2, 1.4, len(boxes)).round(4)])


def known(truth, name, detections, values, tolerance):
    published, line = compared(truth, name, detections)
    for level in LEVELS:
        expect_close(f"AP {level}", values[level], published[level], tolerance)
    return line


def compared(truth, name, detections, missing=0):
    """Writes a folder of predictions, evaluates it, and compares both variants of all levels."""
    folder = truth.artefacts.work / f"wider-{name}"
    images = []
    for number, (event, stem, boxes, keep) in enumerate(truth.images):
        rows = detections(boxes)
        if number < missing:
            rows = rows[:0]
        else:
            (folder / event).mkdir(parents=True, exist_ok=True)
            lines = [" ".join(map(repr, row)) for row in rows.tolist()]
            (folder / event / f"{stem}.txt").write_text(
                "\n".join([f"{stem}.jpg", str(len(rows)), *lines]) + "\n")
        images.append((corners(boxes), keep, corners(rows)))
    output = truth.artefacts.work / f"wider-{name}.json"
    truth.artefacts.tool.run(
        "evaluate", folder, "--protocol", "wider", "--truth", *truth.files, "--format", "json",
        "--output", output, exit_code=2 if missing else 0)
    report = json.loads(output.read_text())
    expect_same("detections", sum(len(image[2]) for image in images),
                report["counts"]["detections"])
    found = {metric["name"]: metric for metric in report["groups"][0]["metrics"]}
    published = {}
    for level in LEVELS:
        metric = found[f"ap_{level}"]
        for variant in ("published", "correct"):
            expected = getattr(wider_precision, variant)(images, level)
            expect_close(f"AP {level}, {variant}", expected, metric[variant]["value"], 1e-9)
        published[level] = metric["published"]["value"]
    line = ", ".join(f"{level} {metric['published']['value']:.5f} / {metric['correct']['value']:.5f}"
                     for level, metric in ((level, found[f"ap_{level}"]) for level in LEVELS))
    return published, f"{line} (published / correct), equal to numpy's to 1e-9"


def corners(rows):
    result = np.array(rows, dtype=float)
    result[:, 2:4] += result[:, :2]
    return result
