"""The four forms of WIDER FACE annotation, read without sixdof.

Each reader gives a list of `Image` in the order of its file. Boxes are x1 y1 x2 y2 with
x2 = x1 + width; a landmark that the source marks as missing is None.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

from scipy.io import loadmat

FLAGS = ("blur", "expression", "illumination", "invalid", "occlusion", "pose")
LEVELS = ("easy", "medium", "hard")
VISIBILITY = {0.0: "visible", 1.0: "occluded", -1.0: "missing"}


@dataclass
class Face:
    box: list
    attributes: dict = field(default_factory=dict)
    points: list | None = None
    visibility: list | None = None

    def __post_init__(self):
        x1, y1, x2, y2 = self.box
        if x2 <= x1 or y2 <= y1:
            self.attributes["degenerate"] = True


@dataclass
class Image:
    path: str
    faces: list
    line: int | None = None


def read_wider_text(path):
    """`wider_face_*_bbx_gt.txt`: name, count, rows. A face-free image has one row of ten zeros,
    after a count of 0 in the train file and of 1 in the val file."""
    lines = Path(path).read_text(encoding="ascii").splitlines()
    images, at = [], 0
    while at < len(lines):
        name, count, number = lines[at], int(lines[at + 1]), at + 1
        at += 2
        if count == 0 and at < len(lines) and "/" not in lines[at]:
            count = 1
        rows = [[int(text) for text in line.split()] for line in lines[at:at + count]]
        images.append(Image(name, wider_faces(rows), number))
        at += count
    return images


def wider_faces(rows):
    return [
        Face(corners(row[:4]), flags_of(row[4:])) for row in rows if any(row)
    ]


def flags_of(values):
    flags = dict(zip(FLAGS, map(int, values), strict=True))
    flags["invalid"] = bool(flags["invalid"])
    return flags


def corners(box):
    x, y, width, height = box
    return [x, y, x + width, y + height]


def read_wider_mat(path, level_paths):
    """`wider_face_*.mat` with the cell access of the public evaluation tools, and the 1-based
    `gt_list` of the easy, medium and hard files."""
    mat = loadmat(path)
    level_mats = zip(LEVELS, map(loadmat, level_paths), strict=True)
    levels = {level: level_mat["gt_list"] for level, level_mat in level_mats}
    images = []
    for i, event in enumerate(mat["event_list"]):
        for j, stem in enumerate(mat["file_list"][i][0]):
            rows = mat_rows(mat, i, j)
            kept = {
                level: {int(k) for k in lists[i][0][j][0].ravel()}
                for level, lists in levels.items()
            }
            faces = [
                Face(corners(row[:4]), flags_of(row[4:])
                     | {level: number in kept[level] for level in kept})
                for number, row in enumerate(rows, start=1) if any(row)
            ]
            images.append(Image(f"{event[0][0]}/{stem[0][0]}.jpg", faces))
    return images


def mat_rows(mat, i, j):
    boxes = mat["face_bbx_list"][i][0][j][0]
    columns = [mat[f"{flag}_label_list"][i][0][j][0].ravel() for flag in FLAGS]
    return [
        [*map(int, box), *(int(column[row]) for column in columns)]
        for row, box in enumerate(boxes)
    ]


def read_retinaface(path):
    """RetinaFace's `label.txt`: `# name`, then box, five times x y visibility, and the quality."""
    images = []
    for number, line in enumerate(Path(path).read_text(encoding="ascii").splitlines(), start=1):
        if line.startswith("#"):
            images.append(Image(line[1:].strip(), [], number))
        elif line.strip():
            images[-1].faces.append(retinaface_face([float(text) for text in line.split()]))
    return images


def retinaface_face(numbers):
    box, triples, quality = numbers[:4], numbers[4:19], numbers[19]
    states = [VISIBILITY[state] for state in triples[2::3]]
    points = [
        None if state == "missing" else [x, y]
        for x, y, state in zip(triples[0::3], triples[1::3], states, strict=True)
    ]
    return Face(corners(box), {"quality": quality} if quality >= 0 else {}, points, states)


def read_img2pose_list(path):
    """img2pose's list of JSON files, one an image; boxes are corners already, and -1 in both
    coordinates marks a missing point. The form does not know occlusion."""
    folder, images = Path(path).parent, []
    for name in Path(path).read_text(encoding="ascii").splitlines():
        content = json.loads((folder / name).read_text())
        faces = [
            img2pose_face(box, points)
            for box, points in zip(content["bboxes"], content["landmarks"], strict=True)
        ]
        images.append(Image(content["image_path"], faces))
    return images


def img2pose_face(box, points):
    known = [None if point[:2] == [-1, -1] else point[:2] for point in points]
    states = ["missing" if point is None else "visible" for point in known]
    return Face(box[:4], {}, known, states)
