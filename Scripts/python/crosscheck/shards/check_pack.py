"""convert, label and pack, one after the other, make what build makes in one pass."""

from .img2pose_layout import read_samples
from .report import expect, expect_same
from .tool import read_json_lines


def checks(artefacts):
    yield "convert, label, pack = build", lambda: three_steps(artefacts.tool, artefacts.synthetic)


def three_steps(tool, source):
    unlabelled = source.converted_path("label.txt", with_images=True)
    labelled, packed = (source.work / f"{source.name}-steps.{end}" for end in ("jsonl", "lmdb"))
    tool.run("label", unlabelled, "--output", labelled)
    tool.run("pack", labelled, "--images", source.images, "--output", packed)
    expect_same("labelled records", source.build.records, read_json_lines(labelled))
    built = source.build.beside(".lmdb")
    expected, found = read_samples(built), read_samples(packed)
    expect(len(expected) > 0, "samples", 0)
    for index, (left, right) in enumerate(zip(expected, found, strict=True)):
        expect(left.image == right.image, f"sample {index}: image of build", "another")
        for name in ("boxes", "landmarks", "global_poses", "local_poses"):
            expect_same(f"sample {index}: {name}", getattr(left, name), getattr(right, name))
    identical = built.read_bytes() == packed.read_bytes()
    return (f"{len(found)} samples and all records equal; the two files are "
            f"{'identical byte for byte' if identical else 'not identical as bytes'}")
