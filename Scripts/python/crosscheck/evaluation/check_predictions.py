"""Predictions in the forms that people have, against SciPy's rotations: what is read, and that one table comes of all."""

import json
import math

import numpy as np
from scipy.spatial.transform import Rotation

from .report import Unavailable, expect, expect_close
from .tool import read_json_lines

COUNT = 60
FLIP = np.diag([1.0, -1.0, -1.0])
DEGREES = 1e-6
# Hopenet's script writes six decimals.
TEXT_DEGREES = 2e-6


def checks(artefacts):
    yield "predictions in other forms", lambda: every_form(artefacts)
    yield "samples of predictions", lambda: samples(artefacts)


class Predictions:
    """Poses with yaw within ±85 degrees, and each form in which they are written."""

    def __init__(self, work):
        self.work = work
        random = np.random.default_rng(16)
        self.truth = random.uniform([-40, -80, -30], [40, 80, 30], (COUNT, 3))
        self.angles = self.truth + random.normal(0, 4, (COUNT, 3))
        self.rotations = [rotation(angles) for angles in self.angles]
        self.places = random.normal([0, 0, 6], 0.5, (COUNT, 3))
        self.names = [f"v/clip_{i:06d}.jpg" for i in range(COUNT)]

    def table(self, name, columns, rows, mark=","):
        lines = [mark.join(["image", *columns])]
        for image, row in zip(self.names, rows, strict=True):
            lines.append(mark.join([image, *(repr(float(number)) for number in row)]))
        return self.text(name, lines)

    def text(self, name, lines):
        path = self.work / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    def forms(self):
        """Each file with the name of its convention, none where the file tells it."""
        cells = [f"{i}{j}" for i in range(3) for j in range(3)]
        matrices = [r.as_matrix() for r in self.rotations]
        yield self.table("angles.csv", ["pitch", "yaw", "roll"], self.angles), None
        yield self.table(
            "vectors.csv", ["rx", "ry", "rz", "tx", "ty", "tz"],
            [[*r.as_rotvec(), *place] for r, place in zip(self.rotations, self.places, strict=True)], ";"), "img2pose"
        yield self.table(
            "last.csv", ["qx", "qy", "qz", "qw"], [r.as_quat() for r in self.rotations], "\t"), "matrix"
        yield self.table(
            "first.csv", ["quat_w", "quat_x", "quat_y", "quat_z"],
            [-np.roll(r.as_quat(), 1) for r in self.rotations]), "matrix"
        yield self.table("rows.csv", [f"r{cell}" for cell in cells], [m.ravel() for m in matrices]), "matrix"
        yield self.table(
            "bfm.csv", [f"R[{cell[0]}][{cell[1]}]" for cell in cells],
            [(FLIP @ m @ FLIP).ravel() for m in matrices]), "bfm"
        yield self.table(
            "transposed.csv", [f"rotation_matrix_{i}" for i in range(9)],
            [(FLIP @ m.T @ FLIP).ravel() for m in matrices]), "6drepnet-matrix"
        yield self.text(
            "video.txt", [f"{i} {yaw:f} {pitch:f} {roll:f}" for i, (pitch, yaw, roll) in enumerate(self.angles)]
        ), "hopenet"
        for name, members, convention in (
                ("angles", lambda a, r, m: {"pose": dict(zip(("pitch", "yaw", "roll"), a.tolist(), strict=True))}, None),
                ("order", lambda a, r, m: {"yaw_pitch_roll": [a[1], a[0], a[2]]}, None),
                ("xyzw", lambda a, r, m: {"quaternion_xyzw": r.as_quat().tolist()}, "matrix"),
                ("nested", lambda a, r, m: {"head": {"rotation_matrix": (FLIP @ m @ FLIP).tolist()}}, "bfm"),
                ("rotvec", lambda a, r, m: {"rvec": r.as_rotvec().tolist()}, "rotation-vector")):
            yield self.text(f"{name}.jsonl", [
                json.dumps({"image": image, **members(a, r, m)})
                for image, a, r, m in zip(self.names, self.angles, self.rotations, matrices, strict=True)]), convention
        heads = {name[2:-4]: {"rotation_matrix": (m @ FLIP).tolist()}
                 for name, m in zip(self.names, matrices, strict=True)}
        yield self.text("dad.json", [json.dumps(heads)]), None


def every_form(artefacts):
    work = artefacts.work / "predictions"
    work.mkdir()
    run = artefacts.tool.run
    predictions = Predictions(work)
    truth = work / "truth.jsonl"
    table = predictions.table("truth.csv", ["pitch", "yaw", "roll"], predictions.truth)
    run("convert", "auto", "--input", table, "--output", truth)
    first, worst, count = None, 0.0, 0
    for path, convention in predictions.forms():
        named = ["--convention", convention] if convention else []
        records = work / f"{path.stem}-records.jsonl"
        run("convert", "auto", "--input", path, *named, "--output", records)
        worst = max(worst, compare(path.name, predictions, read_json_lines(records)))
        report = work / f"{path.stem}-report.json"
        run("evaluate", path, "--truth", truth, "--protocol", "hopenet", *named, "--output", report)
        groups = json.loads(report.read_text(encoding="utf-8"))["groups"]
        first = first or groups
        near(path.name, first, groups)
        if convention:
            refused(artefacts, path, work)
        count += 1
    return f"{count} forms of {COUNT} poses, one table; rotations within {worst:.1e}° of SciPy's"


def compare(name, predictions, records):
    expect(len(records) == COUNT, f"{name}: {COUNT} records", len(records))
    tolerance = TEXT_DEGREES if name.endswith(".txt") else DEGREES
    worst = 0.0
    for record, true, place in zip(records, predictions.rotations, predictions.places, strict=True):
        pose = record["faces"][0]["pose"]
        turn = true.inv() * Rotation.from_rotvec(pose["rotation_vector"])
        worst = max(worst, math.degrees(turn.magnitude()))
        if name == "vectors.csv":
            expect_close(f"{name}: translation", 0.0, float(np.abs(pose["translation"] - place / 10).max()), 1e-9)
        else:
            expect(pose["translation"] is None, f"{name}: no translation", pose["translation"])
    expect_close(f"{name}: rotation", 0.0, worst, tolerance)
    return worst


def near(name, first, groups):
    """Tables are of equal numbers, up to the decimals of a text."""
    if isinstance(first, dict):
        expect(isinstance(groups, dict) and first.keys() == groups.keys(), f"{name}: the same members", groups)
        for key, value in first.items():
            near(name, value, groups[key])
    elif isinstance(first, list):
        expect(len(first) == len(groups), f"{name}: {len(first)} entries", len(groups))
        for one, other in zip(first, groups, strict=True):
            near(name, one, other)
    elif isinstance(first, float):
        expect_close(f"{name}: a metric", first, groups, 1e-5)
    else:
        expect(first == groups, f"{name}: {first}", groups)


def refused(artefacts, path, work):
    """Without its convention's name nothing is read of it."""
    lines = artefacts.tool.refusal("convert", "auto", "--input", path, "--output", work / "none.jsonl")
    expect(any("numbers alone do not tell it" in line for line in lines), f"{path.name}: a refusal that says why", lines)


def samples(artefacts):
    """The shared samples, with the convention that their note names."""
    root = artefacts.shared / "foreign" / "predictions"
    if not root.is_dir():
        raise Unavailable("no real samples")
    expected = json.loads((root / "expected.json").read_text(encoding="utf-8"))
    conventions = {"hopenet_video.txt": ["--convention", "hopenet"], "rotvec.csv": ["--convention", "img2pose"]}
    faces = 0
    for name, images in expected.items():
        output = artefacts.work / f"sample-{name}.jsonl"
        artefacts.tool.run("convert", "auto", "--input", root / name, *conventions.get(name, []), "--output", output)
        records = {record["image"]["path"]: record for record in read_json_lines(output)}
        for image in images:
            found = records[image["image"]]["faces"]
            expect(len(found) == len(image["faces"]), f"{name}: {len(image['faces'])} faces", len(found))
            for one, other in zip(image["faces"], found, strict=True):
                compare_sample(f"{name}, {image['image']}", one, other)
                faces += 1
    return f"{len(expected)} files, {faces} faces"


def compare_sample(place, expected, found):
    pose = expected["pose"]
    angles = pose.get("aflw_deg") or [pose[f"{angle}_deg"] for angle in ("pitch", "yaw", "roll")]
    turn = rotation(angles).inv() * Rotation.from_rotvec(found["pose"]["rotation_vector"])
    expect_close(f"{place}, rotation", 0.0, math.degrees(turn.magnitude()), 0.01)
    if "translation_m" in pose:
        distance = math.dist(pose["translation_m"], found["pose"]["translation"])
        expect_close(f"{place}, translation", 0.0, distance, 1e-6)
    if expected["landmarks"]:
        points = np.subtract(expected["landmarks"]["points"], found["landmarks"]["points"])
        expect_close(f"{place}, points", 0.0, float(np.abs(points).max()), 1e-6)


def rotation(degrees):
    """R = Rx(-pitch) Ry(yaw) Rz(roll), FORMATS 11.1."""
    pitch, yaw, roll = degrees
    return Rotation.from_euler("XYZ", [-pitch, yaw, roll], degrees=True)
