"""`validate` on copies of the real samples with one fault planted in each: every fault has to be found by
its name, and the samples as they are have to pass in silence.

The faults are planted in the records' JSON, by arithmetic of this file alone.
"""

import copy
import json
import os
import pathlib
import subprocess

import numpy as np
from scipy.spatial.transform import Rotation

from .report import Unavailable, expect
from .tool import read_json_lines

SETS = ("photos", "aflw2000")


def checks(artefacts):
    validation = Validation(artefacts)
    for name in SETS:
        yield f"validation of {name} as it is", lambda name=name: clean(validation, name)
        for fault in FAULTS:
            yield (f"validation of {name}, {fault}",
                   lambda name=name, fault=fault: planted(validation, name, fault))
    yield "validation of one face deleted and one added", lambda: single_faces(validation)
    yield "validation in an LMDB", lambda: in_shard(validation)


class Validation:
    """The sample sets as labelled records, and runs of `sixdof validate` on copies of them."""

    def __init__(self, artefacts):
        self.artefacts = artefacts
        self._records = {}

    def images(self, name):
        return self.artefacts.real({"photos": "photos/images", "aflw2000": "aflw2000"}[name])

    def records(self, name):
        if name not in self._records:
            cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
            folder = os.environ.get("SIXDOF_INFERENCE") or f"{cache}/sixdof/inference"
            if not (pathlib.Path(folder) / "models").is_dir():
                raise Unavailable("OpenVINO and its models are absent; run Scripts/setup")
            work, tool = self.artefacts.work, self.artefacts.tool
            path = work / f"validation-{name}.jsonl"
            if name == "photos":
                source = self.artefacts.photos
                tool.run("convert", "wider-face", "--annotations", *source.build_from, "--images",
                         source.images, "--output", work / "validation-unlabelled.jsonl")
                tool.run("label", work / "validation-unlabelled.jsonl", "--output", path)
            else:
                tool.run("convert", "aflw2000", "--input", self.images(name), "--output", path)
            self._records[name] = read_json_lines(path)
        return copy.deepcopy(self._records[name])

    def findings(self, name, records):
        """The findings' ids with their JSON objects; exit code 2 has to go with them."""
        path = self.artefacts.work / "validation-copy.jsonl"
        path.write_text("".join(json.dumps(record) + "\n" for record in records))
        return self.run(path, "--images", self.images(name))

    def run(self, *arguments):
        report = self.artefacts.work / "validation-report.json"
        done = subprocess.run(
            [self.artefacts.tool.program, "validate", *arguments, "--json", report, "--progress", "none"],
            capture_output=True, text=True, timeout=600)
        expect(done.returncode in (0, 2), "exit code 0 or 2", f"{done.returncode}: {done.stderr}")
        found = {finding["id"]: finding for finding in json.loads(report.read_text())["findings"]}
        expect(done.returncode == (2 if found else 0), "exit code 2 with findings, else 0",
               f"{done.returncode} with {sorted(found)}")
        for name in found:
            expect(f"finding    {name}  " in done.stdout, f"a line for {name}", done.stdout)
        return found


def points(face, change):
    """Changes a face's landmarks, an (n, 2) array with NaN where a point is missing."""
    if face.get("landmarks"):
        old = np.array([[np.nan] * 2 if p is None else p for p in face["landmarks"]["points"]])
        new = change(old)
        face["landmarks"]["points"] = [None if np.isnan(p).any() else p.tolist() for p in new]


def exchanged(old):
    """Left and right points exchanged, as in a mirrored face."""
    if len(old) == 5:
        return old[[1, 0, 2, 4, 3]]
    pairs = [(i, 16 - i) for i in range(8)] + [(17 + i, 26 - i) for i in range(5)]
    pairs += [(31, 35), (32, 34), (36, 45), (37, 44), (38, 43), (39, 42), (40, 47), (41, 46)]
    pairs += [(48, 54), (49, 53), (50, 52), (55, 59), (56, 58), (60, 64), (61, 63), (65, 67)]
    new = old.copy()
    for a, b in pairs:
        new[[a, b]] = old[[b, a]]
    return new


def of_landmarks(change):
    """A fault of landmarks; poses that were fitted to them stay."""
    def plant(record):
        size = np.array([record["image"]["width"], record["image"]["height"]], float)
        for face in record["faces"]:
            points(face, lambda old, face=face: change(old, size, np.array(face["bbox_xyxy"])))
    return plant


def of_boxes(change):
    def plant(record):
        size = np.array([record["image"]["width"], record["image"]["height"]], float)
        for face in record["faces"]:
            face["bbox_xyxy"] = [float(x) for x in change(np.array(face["bbox_xyxy"]), size)]
    return plant


def both(*faults):
    def plant(record):
        for fault in faults:
            fault(record)
    return plant


def of_rotations(change):
    """A fault of poses, which are then annotated ones."""
    def plant(record):
        for face in record["faces"]:
            if face.get("pose"):
                old = Rotation.from_rotvec(face["pose"]["rotation_vector"])
                face["pose"]["rotation_vector"] = change(old).as_rotvec().tolist()
                face["pose"]["provenance"] = "annotation"
    return plant


def of_vectors(change):
    """A fault of rotation vectors, which may come to any length."""
    def plant(record):
        for face in record["faces"]:
            if face.get("pose"):
                face["pose"]["rotation_vector"] = change(face["pose"]["rotation_vector"]).tolist()
                face["pose"]["provenance"] = "annotation"
    return plant


FLIP = np.diag([1.0, -1.0, -1.0])


def aflw_as_3ddfa(rotation):
    """Rx(-pitch) Ry(yaw) Rz(roll), whose angles are taken for Rz(-roll) Ry(yaw) Rx(pitch)."""
    pitch, yaw, roll = rotation.as_euler("XYZ") * [-1, 1, 1]
    return Rotation.from_euler("ZYX", [-roll, yaw, pitch])


#: fault: (how to plant it, the ids that are expected, and ids that may come with them: a fault of boxes
#: does not show where faces lie in the middle of their image, nor in boxes of another convention)
FAULTS = {
    "landmarks mirrored": (
        of_landmarks(lambda p, size, box: [size[0] - 1, 0] + p * [-1, 1]), "landmarks-mirrored"),
    "landmarks mirrored as a face": (
        of_landmarks(lambda p, size, box: exchanged([size[0] - 1, 0] + p * [-1, 1])),
        "landmarks-mirrored"),
    "sides exchanged": (
        of_landmarks(lambda p, size, box: exchanged(p)), "landmarks-sides-exchanged"),
    "x and y of landmarks exchanged": (
        of_landmarks(lambda p, size, box: p[:, ::-1]), "landmarks-xy-swapped"),
    "x and y of all exchanged": (
        both(of_landmarks(lambda p, size, box: p[:, ::-1]),
             of_boxes(lambda b, size: b[[1, 0, 3, 2]])), "landmarks-xy-swapped", "boxes-xy-swapped"),
    "all mirrored": (
        both(of_landmarks(lambda p, size, box: [size[0] - 1, 0] + p * [-1, 1]),
             of_boxes(lambda b, size: [size[0] - b[2], b[1], size[0] - b[0], b[3]])),
        "landmarks-mirrored", "boxes-mirrored"),
    "landmarks shifted by 5, 5": (
        of_landmarks(lambda p, size, box: p + 5), "landmarks-shifted"),
    "landmarks shifted by -5, 0": (
        of_landmarks(lambda p, size, box: p - [5, 0]), "landmarks-shifted"),
    "all shifted by 5, 0": (
        both(of_landmarks(lambda p, size, box: p + [5, 0]), of_boxes(lambda b, size: b + [5, 0, 5, 0])),
        "landmarks-shifted", "boxes-shifted"),
    "corners read as size": (
        of_boxes(lambda b, size: [b[0], b[1], b[0] + b[2], b[1] + b[3]]),
        "boxes-corners-read-as-size"),
    "size read as corners": (
        of_boxes(lambda b, size: [b[0], b[1], b[2] - b[0], b[3] - b[1]]),
        "boxes-size-read-as-corners"),
    "centre read as corner": (
        of_boxes(lambda b, size: b + np.tile((b[2:] - b[:2]) / 2, 2)),
        "boxes-centre-read-as-corner"),
    "half the scale": (
        both(of_landmarks(lambda p, size, box: p / 2), of_boxes(lambda b, size: b / 2)),
        "boxes-wrong-scale landmarks-wrong-scale"),
    "landmarks relative to the box": (
        of_landmarks(lambda p, size, box: p - box[:2]), "landmarks-relative-to-box"),
    "rotations inverted": (of_rotations(lambda r: r.inv()), "rotations-other-convention"),
    "rotations with y up": (
        of_rotations(lambda r: Rotation.from_matrix(FLIP @ r.as_matrix() @ FLIP)),
        "rotations-other-convention"),
    "6DRepNet's matrix": (
        of_rotations(lambda r: Rotation.from_matrix(FLIP @ r.as_matrix().T @ FLIP)),
        "rotations-other-convention"),
    "angles of another convention": (
        of_rotations(aflw_as_3ddfa), "rotations-other-convention"),
    "degrees for radians": (
        of_vectors(np.degrees), "rotations-other-convention"),
    "rotations off by 20 degrees": (
        of_rotations(lambda r: r * Rotation.from_rotvec([np.radians(20), 0, 0])),
        "rotations-offset"),
}


def clean(validation, name):
    found = validation.findings(name, validation.records(name))
    expect(not found, "no findings", [finding["text"] for finding in found.values()])
    return "no findings"


def planted(validation, name, fault):
    plant, expected, *optional = FAULTS[fault]
    records = validation.records(name)
    for record in records:
        plant(record)
    found = validation.findings(name, records)
    ids = set(found) - set(optional)
    expect(ids == set(expected.split()), f"the finding {expected}",
           {key: finding["text"] for key, finding in found.items()})
    return "; ".join(f"{finding['faces']} faces: {finding['text']}" for finding in found.values())


def single_faces(validation):
    """One face of the photos is deleted, and one is added where nobody is."""
    records = validation.records("photos")
    debate = next(record for record in records if record["id"].endswith("1_Groups_debate"))
    deleted = debate["faces"].pop(0)
    empty = next(record for record in records if record["id"].endswith("0_Portraits_emma"))
    faces = np.array([face["bbox_xyxy"] for face in empty["faces"]])
    width, height = empty["image"]["width"], empty["image"]["height"]
    side = 80
    free = next([x, y, x + side, y + side] for y in range(0, height - side, 20)
                for x in range(0, width - side, 20)
                if all(x > b[2] or y > b[3] or x + side < b[0] or y + side < b[1] for b in faces))
    empty["faces"].append({**deleted, "bbox_xyxy": free, "landmarks": None, "pose": None, "fit": None})
    found = validation.findings("photos", records)
    counts = {key: finding["faces"] for key, finding in found.items()}
    expect(counts == {"missed-face": 1, "unlabelled-face": 1}, "one missed and one unlabelled", found)
    places = [finding["examples"] for finding in found.values()]
    expect("emma" in str(found["missed-face"]["examples"]), "the added face", places)
    expect("debate" in str(found["unlabelled-face"]["examples"]), "the deleted face", places)
    return f"{places}"


def in_shard(validation):
    """Both LMDB layouts hold what is compared."""
    work, tool = validation.artefacts.work, validation.artefacts.tool
    validation.records("photos")
    for layout in ("img2pose", "records"):
        path = work / f"validation-{layout}.lmdb"
        tool.run("pack", work / "validation-photos.jsonl", "--images", validation.images("photos"),
                 "--layout", layout, "--output", path)
        found = validation.run(path)
        expect(not found, f"no findings in {layout}", found)
    return "no findings in either layout"
