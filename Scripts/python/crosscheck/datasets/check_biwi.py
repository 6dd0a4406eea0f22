"""BIWI read by numpy alone: poses in both cameras, boxes, depth images, subjects, a zip."""

import json
import shutil
import struct
import zipfile
from functools import cached_property

import numpy as np
from scipy.spatial.transform import Rotation

from .report import expect, expect_same
from .tool import read_json_lines

FRAMES = 40

# The head that boxes enclose: half axes and centre in metres, in the head's axes.
HALF_AXES = np.array([0.075, 0.1, 0.09])
CENTRE = np.array([0, -0.010, 0.021])


def checks(artefacts):
    dataset = Dataset(artefacts)
    yield "BIWI colour camera", lambda: poses(dataset, "colour")
    yield "BIWI depth camera", lambda: poses(dataset, "depth")
    yield "BIWI formulas", lambda: formulas(dataset, artefacts)
    yield "BIWI boxes", lambda: boxes(dataset)
    yield "BIWI depth images", lambda: depths(dataset)
    yield "BIWI native text", lambda: native(dataset)
    yield "BIWI zip", lambda: zipped(dataset)
    yield "BIWI real sequence 12", lambda: real(dataset)


class Dataset:
    """A synthetic set, made once, and an independent reading of its files."""

    def __init__(self, artefacts):
        self.tool, self.work = artefacts.tool, artefacts.work

    @cached_property
    def folder(self):
        folder = self.work / "biwi"
        self.tool.run("synth", "biwi", "--count", FRAMES, "--seed", 5, "--output", folder)
        return folder

    @cached_property
    def frames(self):
        """For each frame with a pose: path of its image -> rotation and millimetres, as written."""
        frames = {}
        for path in sorted(self.folder.glob("hpdb/*/*_pose.txt")):
            numbers = np.array(path.read_text().split(), dtype=float)
            image = path.with_name(path.name.replace("_pose.txt", "_rgb.png"))
            expect(image.is_file(), f"an image beside {path.name}", "none")
            key = image.relative_to(self.folder).as_posix()
            frames[key] = numbers[:9].reshape(3, 3), numbers[9:12]
        return frames

    def camera(self, image, name):
        """Intrinsics, rotation and translation in millimetres of a frame's sequence."""
        path = (self.folder / image).with_name(name)
        numbers = np.array(path.read_text().split(), dtype=float)
        expect(len(numbers) == 27, f"27 numbers in {name}", len(numbers))
        return numbers[:9].reshape(3, 3), numbers[13:22].reshape(3, 3), numbers[22:25]

    def records(self, frame, source=None, name=None):
        output = self.work / f"biwi-{name or frame}.jsonl"
        self.tool.run("convert", "biwi", "--input", source or self.folder, "--frame", frame,
                      "--output", output)
        return read_json_lines(output)


def nearest(matrix):
    """The rotation nearest to a matrix of six digits."""
    left, _, right = np.linalg.svd(matrix)
    return left @ right


def expected_pose(dataset, image, frame):
    rotation, millimetres = dataset.frames[image]
    if frame == "depth":
        return nearest(rotation), millimetres / 1000
    _, turn, shift = dataset.camera(image, "rgb.cal")
    turn = nearest(turn)
    return turn @ nearest(rotation), (turn @ millimetres + shift) / 1000


def pose_of(record):
    pose = record["faces"][0]["pose"]
    return (Rotation.from_rotvec(pose["rotation_vector"]).as_matrix(),
            np.array(pose["translation"]))


def poses(dataset, frame):
    """Each pose and camera against the text, read here."""
    records = dataset.records(frame)
    expect_same("images", sorted(dataset.frames), sorted(r["image"]["path"] for r in records))
    worst = 0
    for record in records:
        image = record["image"]["path"]
        for expected, found in zip(expected_pose(dataset, image, frame), pose_of(record),
                                   strict=True):
            worst = max(worst, float(np.abs(expected - found).max()))
        intrinsics, _, _ = dataset.camera(image, "rgb.cal" if frame == "colour" else "depth.cal")
        expect_same(f"{image}: camera", {
            "fx": intrinsics[0, 0], "fy": intrinsics[1, 1], "cx": intrinsics[0, 2],
            "cy": intrinsics[1, 2], "provenance": "calibrated",
        }, record["camera"])
        attributes = record["faces"][0]["attributes"]
        sequence = image.split("/")[1]
        expect_same(f"{image}: attributes", {
            "subject_id": f"F{sequence}", "sequence": sequence, "camera_frame": frame,
        }, attributes)
    expect(worst < 1e-12, "poses within 1e-12", f"{worst:.1e}")
    return f"{len(records)} poses within {worst:.1e} of the text's, cameras equal"


def formulas(dataset, artefacts):
    """The colour camera's pose against the reference's own formula, which keeps six digits' rounding."""
    conventions = artefacts.reference
    worst = 0
    for record in dataset.records("colour"):
        image = record["image"]["path"]
        _, turn, shift = dataset.camera(image, "rgb.cal")
        rotation, millimetres = dataset.frames[image]
        expected = conventions.can_from_biwi(nearest(rotation), millimetres, nearest(turn), shift)
        for left, right in zip(expected, pose_of(record), strict=True):
            worst = max(worst, float(np.abs(left - right).max()))
    expect(worst < 1e-12, "can_from_biwi within 1e-12", f"{worst:.1e}")
    return f"can_from_biwi within {worst:.1e}"


def boxes(dataset):
    """Boxes against 200,000 points of the ellipsoid, projected with the colour camera."""
    count = 200_000
    height = 1 - 2 * (np.arange(count) + 0.5) / count
    turn = np.arange(count) * (np.pi * (3 - 5 ** 0.5))
    across = np.sqrt(1 - height ** 2)
    points = CENTRE + HALF_AXES * np.stack(
        [across * np.cos(turn), height, across * np.sin(turn)], axis=1)
    worst = 0
    for frame in ["colour", "depth"]:
        for record in dataset.records(frame):
            image = record["image"]["path"]
            rotation, translation = expected_pose(dataset, image, "colour")
            intrinsics, _, _ = dataset.camera(image, "rgb.cal")
            pixels = (points @ rotation.T + translation) @ intrinsics.T
            pixels = pixels[:, :2] / pixels[:, 2:]
            expected = np.concatenate([pixels.min(axis=0), pixels.max(axis=0)])
            found = np.array(record["faces"][0]["bbox_xyxy"])
            worst = max(worst, float(np.abs(found - expected).max()))
    expect(worst < 0.01, "boxes within 0.01 px of the points' own", f"{worst:.3g} px")
    return f"within {worst:.1e} px of the projected head in both cameras' records"


def read_depth(path):
    """The authors' loop: runs of zeros and of int16."""
    data = path.read_bytes()
    width, height = struct.unpack_from("<ii", data)
    image, at, filled = np.zeros(width * height, dtype=np.int16), 8, 0
    while filled < width * height:
        empty, full = struct.unpack_from("<ii", data, at)
        at, filled = at + 8, filled + empty
        image[filled:filled + full] = np.frombuffer(data, "<i2", full, at)
        at, filled = at + 2 * full, filled + full
    expect(at == len(data), f"{len(data)} bytes in {path.name}", at)
    return image.reshape(height, width)


def depths(dataset):
    """Depth images hold the head's ellipsoid where the text says it is."""
    worst, count = 0, 0
    for image, (rotation, millimetres) in dataset.frames.items():
        depth = read_depth(dataset.folder / image.replace("_rgb.png", "_depth.bin"))
        intrinsics, _, _ = dataset.camera(image, "depth.cal")
        rows, columns = np.nonzero(depth)
        rays = np.stack([columns, rows, np.ones(len(rows))], axis=1) @ np.linalg.inv(intrinsics).T
        points = rays * depth[rows, columns, None]
        inside = (points - millimetres) @ nearest(rotation)
        surface = np.linalg.norm((inside / 1000 - CENTRE) / HALF_AXES, axis=1)
        # Half a millimetre of rounding, seen at the rim at a grazing angle, moves little else.
        worst = max(worst, float(np.abs(surface - 1).max()))
        count += len(rows)
    expect(worst < 0.01, "depths on the ellipsoid to 1 %", f"{worst:.3g}")
    return f"{count} depths on the head, at most {100 * worst:.2f} % off"


def native(dataset):
    """The text that records keep is the files'."""
    for record in dataset.records("colour"):
        image = dataset.folder / record["image"]["path"]
        for name in ["rgb.cal", "depth.cal"]:
            expect_same(name, image.with_name(name).read_text(), record["native"][name])
        pose = image.with_name(image.name.replace("_rgb.png", "_pose.txt"))
        expect_same(pose.name, pose.read_text().split("\n"), record["faces"][0]["native"]["lines"])
    return f"{len(dataset.frames)} poses and their cameras' text are in the records"


def zipped(dataset):
    """The distribution's zip and Kaggle's folder give the same faces."""
    archive = dataset.work / "biwi.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted(dataset.folder.rglob("*")):
            if path.is_file():
                file.write(path, path.relative_to(dataset.folder))
    kaggle = dataset.work / "biwi-kaggle"
    shutil.copytree(dataset.folder / "hpdb", kaggle / "faces_0")
    plain = faces(dataset.records("colour"))
    expect_same("zip", plain, faces(dataset.records("colour", archive, "zip")))
    expect_same("faces_0", plain, faces(dataset.records("colour", kaggle, "kaggle")))
    return f"{len(plain)} faces equal in the folder, the zip and faces_0"


def faces(records):
    return [json.dumps([record["camera"], record["faces"]]) for record in records]


def real(dataset):
    """The real frame 12/00003 (FORMATS §5.2): Hopenet's angles, with and without the calibration."""
    folder = dataset.work / "biwi-real/hpdb/12"
    folder.mkdir(parents=True)
    (folder / "frame_00003_pose.txt").write_text(
        "0.980639 0.109899 0.162077 \n-0.11023 0.993882 -0.00697376 \n"
        "-0.161851 -0.011027 0.986754 \n\n43.4019 -30.7038 906.864 \n")
    tail = "\n\n0 0 0 0 \n\n{}\n\n{}\n\n640 480\n"
    (folder / "rgb.cal").write_text("517.679 0 320 \n0 517.679 240.5 \n0 0 1 " + tail.format(
        "0.999947 0.00432361 0.00929419 \n-0.00446314 0.999877 0.0150443 \n"
        "-0.009228 -0.015085 0.999844 ", "-24.0198 5.8896 -13.2308 "))
    (folder / "depth.cal").write_text("575.816 0 320 \n0 575.816 240 \n0 0 1 " + tail.format(
        "1 0 0 \n0 1 0 \n0 0 1 ", "0 0 0 "))
    first = next(iter(dataset.frames))
    shutil.copy(dataset.folder / first, folder / "frame_00003_rgb.png")
    found = {}
    for frame in ["depth", "colour"]:
        record, = dataset.records(frame, folder.parent.parent, f"real-{frame}")
        matrix, _ = pose_of(record)
        angles = [np.arctan2(matrix[1, 2], matrix[2, 2]),
                  np.arctan2(matrix[0, 2], np.hypot(matrix[0, 0], matrix[0, 1])),
                  np.arctan2(-matrix[0, 1], matrix[0, 0])]
        found[frame] = [round(float(angle), 2) for angle in np.degrees(angles)]
    expect_same("pitch, yaw, roll", {"depth": [-0.40, 9.33, -6.39], "colour": [0.42, 9.86, -6.65]},
                found)
    return f"depth camera {found['depth']}, colour camera {found['colour']} degrees"
