"""The manifest and the issues of a build: counted, located, and true of the files beside them."""

import hashlib
import json

import lmdb
import numpy as np
import xxhash

from .img2pose_layout import read_samples, stored_face
from .report import expect, expect_same
from .tool import read_json_lines


def checks(artefacts):
    yield "manifest, synthetic", lambda: counts(artefacts.synthetic)
    yield "manifest, traps", lambda: counts(artefacts.traps)
    yield "manifest, photos", lambda: counts(artefacts.photos)
    yield "manifest's digests", lambda: digests(artefacts.synthetic)
    yield "hashes of samples", lambda: sample_hashes(artefacts.synthetic)
    yield "hashes of files", lambda: file_hashes(artefacts.synthetic)
    yield "issues of the traps", lambda: issues(artefacts.traps)


def counts(source):
    """What was read, written and left out, counted again from the annotations and the LMDB."""
    manifest = json.loads(source.build.beside(".manifest.json").read_text())
    samples = read_samples(source.build.beside(".lmdb"))
    expect_same("counts", expected_counts(source, samples), {
        name: count for name, count in manifest["counts"].items() if name in COUNTED})
    expect_same("left_out", expected_left_out(source), manifest["left_out"])
    return (f"{manifest['counts']['images_read']} images = {len(samples)} samples + "
            f"{sum(expected_left_out(source).values()) - empty_boxes(source)} left out; "
            f"{empty_boxes(source)} faces left out")


COUNTED = ("images_read", "faces", "samples", "sample_faces", "sample_faces_with_pose")


def expected_counts(source, samples):
    return {
        "images_read": len(source.annotations),
        "faces": sum(len(image.faces) for image in source.annotations),
        "samples": len(samples),
        "sample_faces": sum(len(sample.boxes) for sample in samples),
        "sample_faces_with_pose": sum(len(sample.posed()) for sample in samples),
    }


def expected_left_out(source):
    stored = [[face for face in map(stored_face, image.faces) if face]
              for image in source.annotations]
    return {
        "images-without-a-face": sum(not faces for faces in stored),
        "images-without-a-pose": sum(
            bool(faces) and not any(posed for _, _, posed in faces) for faces in stored),
        "faces-with-an-empty-box": empty_boxes(source),
        "images-outside-the-protocol": 0,
        "poses-with-missing-points": 0,
        "poses-outside-the-image": 0,
        "poses-without-landmarks": 0,
        "poses-without-a-camera": 0,
        "poses-without-a-translation": 0,
        "poses-behind-the-camera": 0,
    }


def empty_boxes(source):
    return sum(not stored_face(face) for image in source.annotations for face in image.faces)


def digests(source):
    """SHA-256 of the annotation files always, of the outputs with --checksum."""
    build = source.new_build("checksum", "--checksum", "--shards", "2")
    manifest = json.loads(build.beside(".manifest.json").read_text())
    files = {path.name: path for path in source.build_from}
    files |= {path.name: path for path in build.prefix.parent.glob(f"{build.prefix.name}-*.lmdb")}
    listed = [*manifest["annotations"], *manifest["shards"]]
    expect_same("files", sorted(files), sorted(entry["file"] for entry in listed))
    for entry in listed:
        expect_same(f"{entry['file']}: sha256",
                    hashlib.sha256(files[entry["file"]].read_bytes()).hexdigest(), entry["sha256"])
    return f"SHA-256 of {len(listed)} files equal"


def sample_hashes(source):
    """PREFIX.hashes.npy: (high, low) of each value's XXH3 of 128 bits, shard after shard, key after key."""
    count = 0
    for name, key, *options in (("hashed", b"%d", "--shards", "3"),
                                ("hashed-records", b"%010d", "--layout", "records")):
        build = source.new_build(name, *options)
        rows = np.load(build.beside(".hashes.npy"))
        expect((rows.dtype, rows.shape[1:]) == (np.dtype("<u8"), (2,)), "rows of two uint64",
               (rows.dtype, rows.shape))
        values = []
        for shard in json.loads(build.beside(".manifest.json").read_text())["shards"]:
            path = build.prefix.with_name(shard["file"])
            expect_same(f"{path.name}: bytes", path.stat().st_size, shard["bytes"])
            with lmdb.open(str(path), subdir=False, readonly=True, lock=False) as environment, \
                    environment.begin() as transaction:
                expect_same(f"{path.name}: entries", transaction.stat()["entries"],
                            shard["entries"])
                values += [transaction.get(key % index) for index in range(shard["samples"])]
        expected = [xxhash.xxh3_128_intdigest(value) for value in values]
        expect_same(f"{name}: hashes", expected,
                    [int(high) << 64 | int(low) for high, low in rows])
        count += len(values)
    return f"{count} samples of both layouts, by xxhash {xxhash.VERSION}"


def file_hashes(source):
    """The manifest's hashes of the files beside the shards, and of itself."""
    build = source.build
    text = build.beside(".manifest.json").read_bytes()
    manifest = json.loads(text)
    for entry in manifest["files"]:
        content = build.prefix.with_name(entry["file"]).read_bytes()
        expect_same(f"{entry['file']}: bytes and hash",
                    (len(content), xxhash.xxh3_128_hexdigest(content)),
                    (entry["bytes"], entry["xxh3_128"]))
    before, _, seal = text.rpartition(b'  "xxh3_128": "')
    expect_same("the manifest's last member", xxhash.xxh3_128_hexdigest(before),
                seal.removesuffix(b'"\n}\n').decode())
    return f"{len(manifest['files'])} files and the manifest itself"


def issues(source):
    """Each trap that cannot be used whole is a warning at its own line of the file given."""
    found = read_json_lines(source.build.beside(".issues.jsonl"))
    expected = {
        ("unusable-landmarks", "too_few_points"), ("unusable-landmarks", "all_points_in_one_place"),
        ("degenerate-box", "box_without_height"), ("box-outside-image", "coordinate_of_minus_one"),
    }
    lines = source.trap_lines
    expect_same("codes and lines", sorted((code, lines[trap]) for code, trap in expected),
                sorted((issue["code"], issue["line"]) for issue in found))
    expect({issue["severity"] for issue in found} == {"warning"}, "warnings only", found)
    names = {issue["file"] for issue in found}
    expect(len(names) == 1, "one name for the one annotation file", sorted(names))
    return f"{len(found)} warnings, each at its line"
