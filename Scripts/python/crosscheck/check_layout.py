"""The img2pose layout, value by value, and the way img2pose's own loader reads it."""

import os

import lmdb
import msgpack
import numpy as np

from .img2pose_layout import expected_contents, read_samples
from .report import expect, expect_same


def checks(artefacts):
    yield "img2pose layout, synthetic", lambda: layout(artefacts.synthetic)
    yield "img2pose layout, traps", lambda: layout(artefacts.traps)
    yield "img2pose layout, photos", lambda: layout(artefacts.photos, images=13, faces=53)
    yield "img2pose layout in shards", lambda: shards(artefacts.synthetic)
    yield "img2pose loader, synthetic", lambda: loader(artefacts.synthetic.build)
    yield "img2pose loader, traps", lambda: loader(artefacts.traps.build)
    yield "img2pose loader, photos", lambda: loader(artefacts.photos.build)


def layout(source, images=None, faces=None):
    """Every value of every sample against an independent reading of label.txt and the images."""
    samples = read_samples(source.build.beside(".lmdb"))
    kept, left_out = expected_contents(source.annotations, source.images)
    expect(len(samples) == len(kept), f"{len(kept)} samples", len(samples))
    for index, (sample, (image, expected)) in enumerate(zip(samples, kept, strict=True)):
        expect(sample.image == image, f"sample {index}: the bytes of its image file",
               f"{len(sample.image)} bytes instead of {len(image)}, or others")
        boxes, landmarks, posed = map(list, zip(*expected, strict=True))
        expect_same(f"sample {index}: boxes", boxes, sample.boxes)
        expect_same(f"sample {index}: landmarks", landmarks, sample.landmarks)
        expect_same(f"sample {index}: posed faces",
                    [face for face, has_pose in enumerate(posed) if has_pose], sample.posed())
    count = sum(len(sample.boxes) for sample in samples)
    expect(images is None or len(source.annotations) == images, f"{images} images",
           len(source.annotations))
    expect(faces is None or count == faces, f"{faces} faces", count)
    sentinels = count - sum(len(sample.posed()) for sample in samples)
    return (f"{len(samples)} samples, {count} faces ({sentinels} without pose) equal value for "
            f"value; {len(left_out)} of {len(source.annotations)} images left out, as they should")


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


def loader(build):
    """img2pose's reading sequence (data_loader_lmdb.py), with the image left undecoded."""
    path = str(build.beside(".lmdb"))
    environment = lmdb.open(path, subdir=os.path.isdir(path), readonly=True, lock=False,
                            readahead=False, meminit=False)
    with environment, environment.begin(write=False) as transaction:
        length = msgpack.loads(transaction.get(b"__len__"))
        keys = msgpack.loads(transaction.get(b"__keys__"))
        trained = sum(load(msgpack.loads(transaction.get(keys[index]))) for index in range(length))
    return f"{length} samples read, {trained} faces to train on"


def load(sample):
    """What the loader makes of one sample: arrays, and the faces that it would train on."""
    poses, boxes = np.asarray(sample[3]), np.asarray(sample[2])
    landmarks = [np.asarray(points) for points in sample[4]]
    expect(poses.ndim == 2 and poses.shape[1] == 6, "poses as an (n, 6) array", poses.shape)
    expect(boxes.shape == (len(poses), 4) and boxes.dtype.kind == "i",
           "boxes as an (n, 4) integer array", (boxes.shape, boxes.dtype))
    expect({points.shape for points in landmarks} == {(5, 2)}, "landmarks as (5, 2) arrays",
           {points.shape for points in landmarks})
    trained = [face for face, points in enumerate(landmarks) if -1 not in points]
    expect(np.all(poses[trained, 5] > 0), "faces to train on in front of the camera",
           poses[trained, 5].min(initial=np.inf))
    return len(trained)
