"""The img2pose layout, value by value, and the way img2pose's own loader reads it."""

import os

import lmdb
import msgpack
import numpy as np

from .camera import image_camera, projection
from .image_size import image_size
from .img2pose_layout import NO_POSE, expected_contents, read_samples
from .img2pose_loader import has_area, trained_faces
from .report import expect, expect_same

PROJECTION_TOLERANCE = 1e-8  # pixels
MEAN_TOLERANCE = 1e-9


def checks(artefacts):
    yield "img2pose layout, synthetic", lambda: layout(artefacts, artefacts.synthetic)
    yield "img2pose layout, traps", lambda: layout(artefacts, artefacts.traps)
    yield "img2pose layout, photos", lambda: layout(
        artefacts, artefacts.photos, images=13, faces=53)
    yield "img2pose layout in shards", lambda: shards(artefacts.synthetic)
    yield "img2pose loader, synthetic", lambda: loader(
        artefacts, artefacts.synthetic.build.beside(".lmdb"))
    yield "img2pose loader, traps", lambda: loader(
        artefacts, artefacts.traps.build.beside(".lmdb"))
    yield "img2pose loader, photos", lambda: loader(
        artefacts, artefacts.photos.build.beside(".lmdb"))
    for points in (5, 68):
        yield f"img2pose loader, partial faces of {points}", lambda points=points: partial(
            artefacts, points)


def layout(artefacts, source, images=None, faces=None):
    """Every value of every sample against an independent reading of label.txt and the images."""
    samples = read_samples(source.build.beside(".lmdb"))
    kept, left_out = expected_contents(source.annotations, source.images)
    expect(len(samples) == len(kept), f"{len(kept)} samples", len(samples))
    completed = 0
    for index, (sample, (image, expected)) in enumerate(zip(samples, kept, strict=True)):
        expect(sample.image == image, f"sample {index}: the bytes of its image file",
               f"{len(sample.image)} bytes instead of {len(image)}, or others")
        boxes, landmarks, posed = map(list, zip(*expected, strict=True))
        expect_same(f"sample {index}: boxes", boxes, sample.boxes)
        expect_same(f"sample {index}: posed faces",
                    [face for face, has_pose in enumerate(posed) if has_pose], sample.posed())
        for face, points in enumerate(landmarks):
            completed += same_landmarks(f"sample {index}, face {face}", points, sample, face,
                                        image_camera(*image_size(image)), artefacts.models)
    count = sum(len(sample.boxes) for sample in samples)
    expect(images is None or len(source.annotations) == images, f"{images} images",
           len(source.annotations))
    expect(faces is None or count == faces, f"{faces} faces", count)
    sentinels = count - sum(len(sample.posed()) for sample in samples)
    return (f"{len(samples)} samples, {count} faces ({sentinels} without pose) equal value for "
            f"value; {completed} missing points where the pose projects them; {len(left_out)} of "
            f"{len(source.annotations)} images left out, as they should")


def same_landmarks(place, expected, sample, face, camera, models):
    """Points that the annotation has are equal; the others are the model's by the face's pose.

    Returns how many are of the latter kind.
    """
    stored, missing = sample.landmarks[face], [point is None for point in expected]
    expect_same(f"{place}: landmarks", [point for point in expected if point is not None],
                [point for point, is_missing in zip(stored, missing, strict=True)
                 if not is_missing])
    if not any(missing):
        return 0
    pose = np.array(sample.global_poses[face])
    seen = projection(pose, models[len(expected)].astype(float), camera)[missing]
    error = np.abs(seen - np.array(stored)[missing]).max()
    expect(error < PROJECTION_TOLERANCE, f"{place}: missing points where the pose projects them",
           f"{error} pixels off")
    return sum(missing)


def shards(source):
    """Three shards together hold the samples of the single file, each in the input's order."""
    build = source.new_build("three", "--shards", "3")
    paths = [build.beside(f"-{index:05}-of-00003.lmdb") for index in range(3)]
    parts = [read_samples(path) for path in paths]
    whole = read_samples(source.build.beside(".lmdb"))
    expect(all(parts), "three shards with samples", [len(part) for part in parts])
    places = [[place_of(sample, whole) for sample in part] for part in parts]
    expect_same("samples of the single file, each once, ", list(range(len(whole))),
                sorted(sum(places, [])))
    expect(all(order == sorted(order) for order in places), "the input's order in each", places)
    sizes = [sum(len(sample.image) for sample in part) for part in parts]
    largest = max(len(sample.image) for sample in whole)
    expect(max(sizes) - min(sizes) <= 2 * largest, "shards of about equal size", sizes)
    return (f"{' + '.join(str(len(part)) for part in parts)} = {len(whole)} samples, each once; "
            f"image bytes {min(sizes):,} to {max(sizes):,}")


def place_of(sample, samples):
    """Where a sample stands; past the end where it does not."""
    return samples.index(sample) if sample in samples else len(samples)


def loader(artefacts, build, points={5}, rule="procrustes", least=1):
    """img2pose's reading sequence and its rule for which faces are trained on (data_loader_lmdb.py), with
    the image left undecoded."""
    path = str(build)
    environment = lmdb.open(path, subdir=os.path.isdir(path), readonly=True, lock=False,
                            readahead=False, meminit=False)
    trained = []
    with environment, environment.begin(write=False) as transaction:
        length = msgpack.loads(transaction.get(b"__len__"))
        keys = msgpack.loads(transaction.get(b"__keys__"))
        for index in range(length):
            sample = msgpack.loads(transaction.get(keys[index]))
            trained += load(f"sample {index}", sample, points, artefacts.models[68], rule)
    expect(len(trained) >= least, f"{least} faces to train on", len(trained))
    mean = np.load(path.removesuffix(".lmdb") + "_pose_mean.npy")
    error = np.abs(mean - np.mean(trained, axis=0)).max()
    expect(error < MEAN_TOLERANCE, "the mean of the faces that are trained on", f"{error} off")
    return f"{length} samples read, {len(trained)} faces to train on, all that have a pose"


def load(place, sample, counts, model, rule):
    """What the loader makes of one sample: arrays, and the local poses that it would train on."""
    poses, boxes = np.asarray(sample[3]), np.asarray(sample[2])
    landmarks = [np.asarray(points) for points in sample[4]]
    expect(poses.ndim == 2 and poses.shape[1] == 6, "poses as an (n, 6) array", poses.shape)
    expect(boxes.shape == (len(poses), 4) and boxes.dtype.kind == "i",
           "boxes as an (n, 4) integer array", (boxes.shape, boxes.dtype))
    expect({points.shape[0] for points in landmarks} <= counts, f"landmarks of {counts} points",
           {points.shape for points in landmarks})
    faces = trained_faces(sample, image_size(sample[0]), model, rule)
    posed = [index for index, pose in enumerate(sample[3]) if pose != NO_POSE]
    expect_same(f"{place}: faces trained on", posed, [index for index, _, _ in faces])
    expect(faces, f"{place}: a face to train on, or the model stops", "none")
    for index, pose, box in faces:
        expect(has_area(box), f"{place}, face {index}: a box with area, or the model stops", box)
        expect(pose[5] > 0, f"{place}, face {index}: in front of the camera", pose)
    return [poses[index] for index, _, _ in faces]


def partial(artefacts, points):
    """Faces with points missing, at -1, at the rim and beyond it, and none at all."""
    lists = artefacts.face_lists
    source = lists.sixty_eight if points == 68 else lists.exact
    contents, random = [], np.random.default_rng(60 + points)
    for entry in source.contents:
        width, _ = image_size((lists.folder / entry["image_path"]).read_bytes())
        boxes, landmarks = [], []
        for number, (box, face) in enumerate(zip(entry["bboxes"], entry["landmarks"], strict=True)):
            face = [list(point) for point in face]
            if number % 4 == 1:
                for index in random.choice(points, size=random.integers(1, points), replace=False):
                    face[index] = [-1.0, -1.0]
            elif number % 4 == 2:
                face[int(random.integers(points))][int(random.integers(2))] = -1.0
            elif number % 4 == 3:
                # Across the right rim of the image, some wholly beyond it.
                shift = width - box[0] - random.uniform(-0.3, 0.6) * (box[2] - box[0])
                box = [box[0] + shift, box[1], box[2] + shift, box[3]]
                face = [[x + shift, y] for x, y in face]
            boxes.append(box)
            landmarks.append(face)
        contents.append((entry["image_path"], boxes, landmarks))
    made = lists.made(f"partial-{points}", contents)
    return loader(artefacts, f"{made.build('loader')}.lmdb", points={points, 5}, least=200)
