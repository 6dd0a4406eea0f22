"""Crops of faces for anyone's own network, against numpy, SciPy and OpenCV."""

import csv
import json

import cv2
import numpy as np
from scipy.spatial.transform import Rotation
from sixdof_dataset import SixDoFDataset

from .ddfa_sets import warped
from .report import expect, expect_same
from .tool import read_json_lines

# ArcFace's places of the five points in 112 x 112 pixels (insightface, face_align.py).
TEMPLATE = np.array([[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366],
                     [41.5493, 92.3655], [70.7299, 92.2041]])
# The 68 points whose mean is each of the five.
SOURCES = [range(36, 42), range(42, 48), [30], [48], [54]]
# Pitch about x, yaw about y, roll about z: the order of the turns, and the signs of the angles.
ANGLES = [("hopenet", "XYZ", [-1, 1, 1]), ("trg_yxz", "ZXY", [1, 1, 1])]
OPTIONS = {
    "none": ["--size", "160", "--margin", "0.1", "--euler", "hopenet", "--euler", "trg-yxz"],
    "roll": ["--euler", "hopenet"],
    "5-point": ["--size", "112"],
}


def checks(artefacts):
    sets = CropSets(artefacts)
    for name in ["wider-face", "biwi", "aflw2000"]:
        for alignment in OPTIONS:
            if (name, alignment) != ("biwi", "5-point"):  # BIWI has no landmarks
                yield (f"crops of {name}, aligned {alignment}",
                       lambda name=name, alignment=alignment: crops(sets, name, alignment))
    for name, alignment in [("wider-face", "roll"), ("aflw2000", "5-point"), ("biwi", "none")]:
        yield (f"crops of {name} as an LMDB, aligned {alignment}",
               lambda name=name, alignment=alignment: shard(sets, name, alignment))
    yield "crops left out by reason", lambda: left_out(sets)
    yield "crops by one thread and by four", lambda: threads(sets)


class CropSets:
    def __init__(self, artefacts):
        self.artefacts, self.made = artefacts, {}
        self.tool, self.work = artefacts.tool, artefacts.work

    def records(self, name):
        """A file of records with images' sizes and poses, and where its images are."""
        if name in self.made:
            return self.made[name]
        path = self.work / f"crops-{name}.jsonl"
        if name == "aflw2000":
            folder = self.artefacts.real("aflw2000")
            self.tool.run("convert", name, "--input", folder, "--images", folder, "--output", path)
        elif name == "biwi":
            folder = self.work / "crops-biwi-set"
            self.tool.run("synth", "biwi", "--count", "8", "--output", folder)
            folder = folder / "hpdb"
            self.tool.run("convert", name, "--input", folder, "--images", folder, "--output", path)
        else:
            source = self.artefacts.synthetic
            folder = source.images
            self.tool.run("label", source.converted_path("label.txt", with_images=True),
                          "--output", path)
        self.made[name] = path, folder
        return self.made[name]

    def export(self, name, *options, form="crops"):
        path, folder = self.records(name)
        place = self.work / f"crops-out-{len(list(self.work.iterdir()))}"
        self.tool.run("export", path, "--format", form, "--images", folder, "--output", place,
                      *options)
        return place


def crops(sets, name, alignment):
    place = sets.export(name, "--align", alignment, *OPTIONS[alignment])
    path, folder = sets.records(name)
    records = {record["image"]["path"]: record for record in read_json_lines(path)}
    options = dict(zip(OPTIONS[alignment][::2], OPTIONS[alignment][1::2], strict=True))
    side = int(options.get("--size", 224))
    margin = float(options.get("--margin", 0 if alignment == "5-point" else 0.25))
    worst = {"map": 0, "camera": 0, "pose": 0, "angles": 0, "landmarks": 0, "roll": 0}
    levels, rows = [], read_json_lines(place / "crops.jsonl")
    for row in rows:
        record = records[row["source"]]
        face = record["faces"][row["face"]]
        affine = np.array(row["affine"])
        expect(row["box"] == face["bbox_xyxy"], "the record's box", row["box"])
        note(worst, "map", np.abs(affine - expected_map(face, alignment, side, margin)))
        expect(np.isclose(np.hypot(*affine[:, 0]), row["scale"], rtol=1e-12, atol=0),
               "the scale", row["scale"])
        check_pose(worst, row, record, face, affine, alignment)
        check_landmarks(worst, row, face, affine)
        image = cv2.imread(str(folder / row["source"]))
        _, coded = cv2.imencode(".jpg", warped(image, affine, side), [cv2.IMWRITE_JPEG_QUALITY, 95])
        found = cv2.imread(str(place / row["image"]))
        expect(found.shape == (side, side, 3), f"{side} x {side}", found.shape)
        levels.append(np.abs(cv2.imdecode(coded, 1).astype(int) - found))
    levels = np.concatenate([level.ravel() for level in levels])
    expect((levels <= 1).mean() >= 0.999, "99.9 % of levels within 1", (levels <= 1).mean())
    limits = {"map": 1e-9, "camera": 1e-8, "pose": 1e-12, "angles": 1e-9, "landmarks": 1e-9,
              "roll": 1e-9}
    for what, value in worst.items():
        expect(value <= limits[what], f"{what} within {limits[what]}", value)
    check_table(place, rows)
    errors = ", ".join(f"{what} {value:.0e}" for what, value in worst.items())
    return f"{len(rows)} crops: {errors}; {(levels == 0).mean():.3%} of levels equal"


def note(worst, what, errors):
    worst[what] = max(worst[what], float(np.max(errors)))


def expected_map(face, alignment, side, margin):
    left, top, right, bottom = face["bbox_xyxy"]
    if alignment == "5-point":
        target = (TEMPLATE * side / 112 - side / 2) / (1 + 2 * margin) + side / 2
        return umeyama(five_points(face), target)
    turn = 0.0
    if alignment == "roll":
        if face.get("pose"):
            # SciPy's extrinsic xyz: R = Rz Ry Rx.
            turn = -rotation(face).as_euler("xyz")[2]
            if (Rotation.from_euler("z", turn) * rotation(face)).as_matrix()[1, 1] < 0:
                turn += np.pi
        else:
            eyes = five_points(face)
            turn = -np.arctan2(*(eyes[1] - eyes[0])[::-1])
    scale = side / (max(right - left, bottom - top) * (1 + 2 * margin))
    linear = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    centre = np.array([(left + right) / 2, (top + bottom) / 2])
    return np.column_stack([linear, (side - 1) / 2 - linear @ centre])


def rotation(face):
    return Rotation.from_rotvec(face["pose"]["rotation_vector"])


def points(face):
    return np.array([[np.nan, np.nan] if point is None else point[:2]
                     for point in face["landmarks"]["points"]], float)


def five_points(face):
    found = points(face)
    return found if len(found) == 5 else np.array([found[list(s)].mean(axis=0) for s in SOURCES])


def umeyama(source, target):
    """Umeyama's similarity by the singular value decomposition."""
    middle, goal = source.mean(axis=0), target.mean(axis=0)
    p, q = source - middle, target - goal
    u, singular, v = np.linalg.svd(q.T @ p)
    sign = np.diag([1, np.sign(np.linalg.det(u) * np.linalg.det(v))])
    linear = (singular * np.diag(sign)).sum() / (p**2).sum() * u @ sign @ v
    return np.column_stack([linear, goal - linear @ middle])


def check_pose(worst, row, record, face, affine, alignment):
    if not face.get("pose"):
        expect(row["rotation"] is None and row["crop_rotation"] is None, "no pose", row["rotation"])
        return
    camera = record["camera"]
    k = np.array([[camera["fx"], 0, camera["cx"]], [0, camera["fy"], camera["cy"]], [0, 0, 1]])
    turned, shift = rotation(face).as_matrix(), np.array(face["pose"]["translation"])
    note(worst, "pose", np.abs(turned - row["rotation"]))
    note(worst, "pose", np.abs(shift - row["translation"]))
    head = np.array([[0.06, -0.05, 0.02], [-0.07, 0.03, -0.04], [0, 0.08, 0.01], [0, 0, 0]]).T
    # The image's point, mapped, is the crop's pose before the crop's camera.
    there = k @ (turned @ head + shift[:, None])
    mapped = affine[:, :2] @ (there[:2] / there[2]) + affine[:, 2:]
    crop = np.array(row["crop_rotation"]) @ head + np.array(row["crop_translation"])[:, None]
    seen = np.array(row["camera"]) @ crop
    note(worst, "camera", np.abs(seen[:2] / seen[2] - mapped))
    note(worst, "pose", np.abs(Rotation.from_rotvec(row["crop_rotation_vector"]).as_matrix()
                               - row["crop_rotation"]))
    for prefix, matrix in [("", row["rotation"]), ("crop_", row["crop_rotation"])]:
        for name, order, signs in ANGLES:
            found = row.get(f"{prefix}euler_{name}")
            if found is not None:
                angles = dict(zip("XYZ", np.radians(found) * signs, strict=True))
                again = Rotation.from_euler(order, [angles[axis] for axis in order]).as_matrix()
                note(worst, "angles", np.abs(again - np.array(matrix)))
    if alignment == "roll":
        level = np.array(row["crop_rotation"])
        note(worst, "roll", abs(level[1, 0]))
        expect(level[1, 1] >= -1e-12, "an upright head", level)


def check_landmarks(worst, row, face, affine):
    if not face.get("landmarks"):
        expect(row["landmarks"] is None, "no landmarks", row["landmarks"])
        return
    expected = points(face) @ affine[:, :2].T + affine[:, 2]
    found = points(row)
    expect((np.isnan(found) == np.isnan(expected)).all(), "the same points missing", found)
    note(worst, "landmarks", np.nan_to_num(np.abs(found - expected)))


def check_table(place, rows):
    """crops.csv says what crops.jsonl does."""
    with open(place / "crops.csv", encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    expect(len(table) == len(rows), "a line a crop", len(table))
    for line, row in zip(table, rows, strict=True):
        for text in ["image", "source", "dataset"]:
            expect(line[text] == row[text], row[text], line[text])
        for name, value in row.items():
            if name in ["image", "source", "dataset", "split", "landmarks"]:
                continue
            cells = [cell for key, cell in line.items()
                     if key == name or key.startswith(name + "_") and not any(
                         other != name and len(other) > len(name)
                         and (key == other or key.startswith(other + "_")) for other in row)]
            expected = [] if value is None else np.ravel(value).tolist()
            found = [float(cell) for cell in cells if cell]
            expect(found == [float(number) for number in expected], f"{name} {expected}", found)


def shard(sets, name, alignment):
    """The samples are the folder's files with the tables' numbers, in the tables' order; no file has another name."""
    options = ["--align", alignment, *OPTIONS[alignment]]
    folder, place = sets.export(name, *options), sets.export(name, *options, form="crops-lmdb")
    expect_same("files", ["crops.csv", "crops.jsonl", "crops.lmdb"], sorted(path.name for path in place.iterdir()))
    for table in ["crops.csv", "crops.jsonl"]:
        expect((folder / table).read_bytes() == (place / table).read_bytes(), f"the same {table}", "another")
    rows, samples = read_json_lines(place / "crops.jsonl"), SixDoFDataset(place / "crops.lmdb")
    expect_same("samples", len(rows), len(samples))
    worst = {"pose": 0, "camera": 0, "landmarks": 0, "box": 0}
    ids = set()
    for row, (image, record) in zip(rows, samples, strict=True):
        expect(image == (folder / row["image"]).read_bytes(), "the file's bytes", row["image"])
        expect_same("path", row["image"], record["image"]["path"])
        ids.add(record["id"])
        face = record["faces"][0]
        expect_same("pose", row["crop_rotation"] is None, face.get("pose") is None)
        if face.get("pose"):
            note(worst, "pose", np.abs(rotation(face).as_matrix() - row["crop_rotation"]))
            note(worst, "pose", np.abs(np.array(face["pose"]["translation"]) - row["crop_translation"]))
            camera = record["camera"]
            note(worst, "camera", np.abs(np.array(
                [[camera["fx"], 0, camera["cx"]], [0, camera["fy"], camera["cy"]], [0, 0, 1]]) - row["camera"]))
        if face.get("landmarks"):
            note(worst, "landmarks", np.nan_to_num(np.abs(points(face) - points(row))))
        affine = np.array(row["affine"])
        left, top, right, bottom = row["box"]
        corners = np.array([[left, top], [right, top], [left, bottom], [right, bottom]]) @ affine[:, :2].T + affine[:, 2]
        note(worst, "box", np.abs(np.array([*corners.min(axis=0), *corners.max(axis=0)]) - face["bbox_xyxy"]))
    expect_same("ids", len(rows), len(ids))
    for what, value in worst.items():
        expect(value <= 1e-9, f"{what} within 1e-9", value)
    said = sets.tool.output("inspect", place / "crops.lmdb")
    expect("records" in said, "a shard of layout records", said)
    return f"{len(rows)} samples: " + ", ".join(f"{what} {value:.0e}" for what, value in worst.items())


def left_out(sets):
    """Faces without a crop are counted, and the rest is written."""
    path, folder = sets.records("wider-face")
    lines = path.read_text().splitlines(True)
    broken = sets.work / "crops-broken.jsonl"
    records = read_json_lines(path)
    first, second = records[0], records[1]
    first["faces"][0]["bbox_xyxy"] = [10, 10, 10, 40]
    second["faces"][0]["bbox_xyxy"] = [9000, 9000, 9100, 9100]
    missing = json.loads(lines[2])
    missing["image"]["path"] = "no/such.jpg"
    broken.write_text("".join(json.dumps(record) + "\n" for record in [first, second, missing])
                      + "".join(lines[3:6]))
    place = sets.work / "crops-broken"
    said = sets.tool.refusal("export", broken, "--format", "crops", "--images", folder,
                             "--output", place, "--progress", "none", exit_code=2)
    text = " ".join(said)
    for words in ["1 face whose box is smaller than a pixel", "1 face whose box is outside",
                  "expected a file among the images"]:
        expect(words in text, words, text)
    rows = read_json_lines(place / "crops.jsonl")
    kept = sum(len(r["faces"]) for r in [first, second]) - 2 + sum(
        len(json.loads(line)["faces"]) for line in lines[3:6])
    expect(len(rows) == kept, f"{kept} crops", len(rows))
    return f"{len(rows)} crops kept, 2 faces and an image not"


def threads(sets):
    folders = [sets.export("wider-face", "--jobs", jobs, form=form)
               for jobs in ["1", "4"] for form in ["crops", "crops-lmdb"]]
    files = [{path.relative_to(folder): path.read_bytes()
              for path in folder.rglob("*") if path.is_file()} for folder in folders]
    expect(files[0] == files[2] and len(files[0]) > 40, "equal files", len(files[0]))
    expect(files[1] == files[3] and len(files[1]) == 3, "equal LMDBs", len(files[1]))
    return f"{len(files[0])} files equal"
