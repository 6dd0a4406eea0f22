"""The LMDB that img2pose trains from, read with lmdb and msgpack alone."""

import math
from dataclasses import dataclass
from pathlib import Path

import lmdb
import msgpack

from .report import expect, expect_same

NO_POSE = [-9] * 6
MISSING = [-1.0, -1.0]


@dataclass
class Sample:
    image: bytes
    global_poses: list
    boxes: list
    local_poses: list
    landmarks: list

    def posed(self):
        """Indices of the faces that have a pose."""
        return [index for index, pose in enumerate(self.local_poses) if pose != NO_POSE]


def read_samples(path):
    """Every sample of one shard, after the shard's own bookkeeping has been confirmed."""
    environment = lmdb.open(str(path), subdir=False, readonly=True, lock=False)
    with environment, environment.begin() as transaction:
        keys = msgpack.loads(transaction.get(b"__keys__"))
        length = msgpack.loads(transaction.get(b"__len__"))
        stored = [bytes(key) for key in transaction.cursor().iternext(values=False)]
        expect(type(length) is int, "__len__ an int", type(length).__name__)
        expect_same("__keys__", [b"%d" % index for index in range(length)], keys)
        expect_same("stored keys", sorted([*keys, b"__keys__", b"__len__"]), stored)
        return [read_sample(key, transaction.get(key)) for key in keys]


def read_sample(key, value):
    content = msgpack.loads(value)
    expect(type(content) is list and len(content) == 5, f"{key} an array of 5", type(content))
    sample = Sample(*content)
    expect(type(sample.image) is bytes, f"{key}: image as bin", type(sample.image).__name__)
    lists = (sample.global_poses, sample.boxes, sample.local_poses, sample.landmarks)
    counts = [len(entry) for entry in lists]
    expect(len(set(counts)) == 1 and counts[0] > 0, f"{key}: four lists of one length", counts)
    for face, values in enumerate(zip(*lists, strict=True)):
        check_types(f"{key}, face {face}", *values)
    return sample


def check_types(place, global_pose, box, local_pose, landmarks):
    """Types matter: numpy would turn a row of mixed ints and floats, or of five numbers instead of
    six, into something img2pose trains on without complaint."""
    for name, pose in (("global pose", global_pose), ("local pose", local_pose)):
        kinds = {type(number) for number in pose}
        if pose != NO_POSE:
            expect(len(pose) == 6 and kinds == {float}, f"{place}: {name} of six floats", pose)
            expect(all(map(math.isfinite, pose)), f"{place}: {name} finite", pose)
        else:
            expect(kinds == {int}, f"{place}: absent {name} of six ints -9", pose)
    expect((global_pose == NO_POSE) == (local_pose == NO_POSE),
           f"{place}: both poses or none", (global_pose, local_pose))
    expect(len(box) == 4 and {type(number) for number in box} == {int},
           f"{place}: box of four ints", box)
    numbers = [number for point in landmarks for number in point]
    expect([len(point) for point in landmarks] in ([2] * 5, [2] * 68)
           and {type(number) for number in numbers} == {float},
           f"{place}: 5 or 68 landmarks of two floats", landmarks)


def expected_contents(images, folder):
    """What the layout has to hold for annotations read independently: for each image that keeps a
    posed face, in order, its bytes, boxes, landmarks and which faces are posed. Also the paths of
    the images left out."""
    kept, left_out = [], []
    for image in images:
        faces = [face for face in map(stored_face, image.faces) if face]
        if any(posed for _, _, posed in faces):
            kept.append((Path(folder, image.path).read_bytes(), faces))
        else:
            left_out.append(image.path)
    return kept, left_out


def stored_face(face):
    """(box, landmarks, posed) as stored, or None for a face that the layout drops.

    A pose needs four points that are not all in one place. A face without one has no landmarks
    either: img2pose would train on the -9s wherever it finds no -1 among the landmarks. Of a face
    with one, None stands for a missing point, which is stored where the pose projects it.
    """
    x1, y1, x2, y2 = box = [math.trunc(number) for number in face.box]
    if x1 >= x2 or y1 >= y2:
        return None
    points = face.points or [None] * 5
    present = [point for point in points if point is not None]
    posed = len(present) >= 4 and any(point != present[0] for point in present)
    if not posed:
        return box, [MISSING] * len(points), posed
    return box, [point and [not_the_sentinel(number) for number in point] for point in points], posed


def not_the_sentinel(number):
    """img2pose takes any -1 for a missing landmark, so a true one moves by one bit."""
    return math.nextafter(-1.0, math.inf) if number == -1 else number
