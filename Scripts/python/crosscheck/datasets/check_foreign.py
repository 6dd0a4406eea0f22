"""Annotation tools' files, recognised and converted, against the values that independent readers gave."""

import json
import math

import numpy as np

from .report import Unavailable, expect, expect_close
from .tool import read_json_lines

PIXELS = 0.02
DEGREES = 0.01


def checks(artefacts):
    root = artefacts.shared / "foreign"
    yield "foreign forms", lambda: every_sample(artefacts, root)
    yield "AFW's text", lambda: afw(artefacts)


def every_sample(artefacts, root):
    """Each folder of samples is recognised, and what it holds is what its expected.json says."""
    if not root.is_dir():
        raise Unavailable("no real samples")
    work = artefacts.work / "foreign"
    work.mkdir()
    compared = faces = 0
    unread = []
    for expected in sorted(root.glob("*/expected.json")):
        images = json.loads(expected.read_text(encoding="utf-8"))
        name = expected.parent.name
        if not isinstance(images, list):
            continue
        output = work / f"{name}.jsonl"
        try:
            artefacts.tool.run("convert", "auto", "--input", expected.parent, "--output", output)
        except Exception as error:
            unread.append(f"{name} ({error})")
            continue
        records = {record["image"]["path"]: record for record in read_json_lines(output)}
        for image in images:
            faces += compare_image(name, image, records)
        compared += 1
    expect(not unread, "all samples to be read", "; ".join(unread))
    return f"{compared} forms, {faces} faces equal to their expected values"


def afw(artefacts):
    """Rows of a name, yaw, pitch, roll and a box, two of each image, with one broken row."""
    random = np.random.default_rng(16)
    rows, images = [], []
    for number in range(40):
        name, faces = f"{100411 + number}", []
        for _ in range(2):
            yaw, pitch, roll = random.uniform([-90, -45, -30], [90, 45, 30])
            left, top, width, height = random.uniform([0, 0, 20, 20], [300, 200, 90, 90])
            box = [left, top, left + width, top + height]
            rows.append(" ".join(map(str, [f"{name}.jpg", yaw, pitch, roll, *box])))
            faces.append({"bbox_xyxy": box,
                          "pose": {"aflw_deg": [pitch, yaw, roll]}})
        images.append({"image": f"{name}.jpg", "faces": faces})
    rows.insert(7, "100500.jpg 1 2 three 4 5 6 7")
    folder = artefacts.work / "afw"
    folder.mkdir()
    (folder / "AFW.txt").write_text("".join(f"{row}\n" for row in rows))
    output = artefacts.work / "afw.jsonl"
    artefacts.tool.run("convert", "auto", "--input", folder, "--output", output, exit_code=2)
    records = {record["image"]["path"]: record for record in read_json_lines(output)}
    faces = sum(compare_image("afw", image, records) for image in images)
    issues = read_json_lines(artefacts.work / "afw.issues.jsonl")
    expect([issue["line"] for issue in issues] == [8], "an issue in line 8", issues)
    return f"{faces} faces equal to their rows, and the broken row told"


def compare_image(name, image, records):
    record = records.get(image["image"])
    if record is None and not image["faces"]:
        return 0
    expect(record is not None, f"{name}: image {image['image']}", sorted(records))
    expect(len(record["faces"]) == len(image["faces"]), f"{name}: {len(image['faces'])} faces",
           len(record["faces"]))
    for i, (face, found) in enumerate(zip(image["faces"], record["faces"], strict=True)):
        compare_face(f"{name}, {image['image']}, face {i + 1}", face, found)
    return len(image["faces"])


def compare_face(place, expected, found):
    if expected["bbox_xyxy"] is not None:
        distance = np.abs(np.subtract(expected["bbox_xyxy"], found["bbox_xyxy"])).max()
        expect_close(f"{place}, box", 0.0, float(distance), PIXELS)
        origin = expected.get("bbox_from") or "annotated"
        said = found.get("attributes", {}).get("bbox_from", "annotated")
        expect(origin == said, f"{place}: a box that is {origin}", said)
    compare_landmarks(place, expected, found.get("landmarks"))
    compare_pose(place, expected.get("pose"), found.get("pose"))
    attributes = found.get("attributes", {})
    if "subject_id" in expected:
        expect(str(attributes.get("subject_id")) == expected["subject_id"],
               f"{place}: subject {expected['subject_id']}", attributes.get("subject_id"))
    if "score" in expected:
        expect("score" in attributes, f"{place}: a score", sorted(attributes))
        expect_close(f"{place}, score", expected["score"], attributes["score"], 1e-6)


def compare_landmarks(place, expected, found):
    if expected.get("landmarks") is None:
        expect(found is None, f"{place}: no landmarks", found)
        return
    expect(found is not None, f"{place}: landmarks", None)
    wanted = expected["landmarks"]
    expect(found["layout"] == wanted["layout"], f"{place}: {wanted['layout']}", found["layout"])
    expect(found["visibility"] == expected["visibility"], f"{place}: {expected['visibility']}",
           found["visibility"])
    for i, (one, other) in enumerate(zip(wanted["points"], found["points"], strict=True)):
        expect((one is None) == (other is None), f"{place}, point {i}: {one}", other)
        if one is not None:
            expect_close(f"{place}, point {i}", 0.0, math.dist(one, other), PIXELS)


def compare_pose(place, expected, found):
    """Rotations are compared, not angles, for two triples may say the same."""
    if expected is None:
        expect(found is None, f"{place}: no pose", found)
        return
    expect(found is not None, f"{place}: a pose", None)
    angles = expected.get("aflw_deg") or [
        expected[f"{angle}_deg"] for angle in ("pitch", "yaw", "roll")]
    turn = rotation(angles).T @ from_vector(found["rotation_vector"])
    cosine = min(1.0, max(-1.0, (np.trace(turn) - 1) / 2))
    expect_close(f"{place}, rotation", 0.0, math.degrees(math.acos(cosine)), DEGREES)


def rotation(degrees):
    """R = Rx(-pitch) Ry(yaw) Rz(roll), FORMATS 11.1."""
    pitch, yaw, roll = np.radians(degrees)
    return about(0, -pitch) @ about(1, yaw) @ about(2, roll)


def about(axis, angle):
    c, s = math.cos(angle), math.sin(angle)
    i, j = [(1, 2), (2, 0), (0, 1)][axis]
    turn = np.eye(3)
    turn[i, i] = turn[j, j] = c
    turn[i, j], turn[j, i] = -s, s
    return turn


def from_vector(vector):
    angle = float(np.linalg.norm(vector))
    if angle == 0:
        return np.eye(3)
    x, y, z = np.divide(vector, angle)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + math.sin(angle) * cross + (1 - math.cos(angle)) * cross @ cross
