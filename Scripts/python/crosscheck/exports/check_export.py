"""Native forms come back from records: text byte for byte, .mat files array for array."""

import scipy.io

from .report import expect, expect_same

# A dataset's name, its folder or file among the real samples, export's form and the file it makes.
TEXTS = [
    ("photos/label.txt", "retinaface", "label.txt"),
    ("photos/wider_face_train_bbx_gt.txt", "wider-face", None),
    ("wider_face/annotations/wider_face_val_bbx_gt.first1062.txt", "wider-face", None),
]
TREES = [("aflw2000", "aflw2000"), ("300w-lp", "300w_lp")]


def checks(artefacts):
    for name, form, made in TEXTS:
        yield (f"export {name}",
               lambda name=name, form=form, made=made: text(artefacts, name, form, made))
    for dataset, folder in TREES:
        yield (f"export real {dataset}",
               lambda dataset=dataset, folder=folder: tree(artefacts, dataset, folder))


def exported(artefacts, form, arguments, export_arguments=()):
    """The folder that records of the arguments are written to."""
    place = artefacts.work / f"export-{form}-{len(list(artefacts.work.iterdir()))}"
    records = place.with_suffix(".jsonl")
    artefacts.tool.run("convert", *arguments, "--output", records)
    artefacts.tool.run("export", records, "--format", form, *export_arguments, "--output", place)
    return place


def text(artefacts, name, form, made):
    folder, _, file = name.partition("/")
    source = artefacts.real(folder) / file
    place = exported(artefacts, form, ["wider-face", "--annotations", source])
    file = place / made if made else next(place.glob("*.txt"))
    expect(file.read_bytes() == source.read_bytes(), "the source's bytes", "others")
    return f"{source.stat().st_size:,} bytes equal"


def tree(artefacts, dataset, folder):
    source = artefacts.real(folder)
    place = exported(artefacts, dataset, [dataset, "--input", source],
                     ["--images", source, "--source", source])
    count = 0
    for file in sorted(path for path in source.rglob("*") if path.is_file()):
        other = place / file.relative_to(source)
        if file.suffix != ".mat":
            expect(other.read_bytes() == file.read_bytes(), f"the bytes of {file.name}", "others")
            continue
        theirs, ours = arrays(file), arrays(other)
        expect_same(f"{file.name}: names", list(theirs), list(ours))
        for name, array in theirs.items():
            expect_same(f"{file.name} {name}", [array.dtype.str, array.shape],
                        [ours[name].dtype.str, ours[name].shape])
            expect(array.tobytes() == ours[name].tobytes(), f"the bits of {name}", "others")
            count += array.size
    expect(count > 0, "arrays", "none")
    return f"{count:,} numbers equal bit for bit, images byte for byte"


def arrays(file):
    found = scipy.io.loadmat(file, mat_dtype=True)
    return {name: array for name, array in found.items() if not name.startswith("__")}
