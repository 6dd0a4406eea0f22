"""The real WIDER FACE val annotations, text and mat, against scipy's reading of the mat."""

from . import native_forms
from .check_forms import by_path, compare_records, record_content
from .native_forms import LEVELS
from .report import expect_same


def checks(artefacts):
    yield "WIDER val text", lambda: text(artefacts.real_val)
    yield "WIDER val mat", lambda: mat(artefacts.real_val)
    yield "WIDER val text against mat", lambda: overlap(artefacts.real_val)
    yield "WIDER val published counts", lambda: counts(artefacts.real_val)


def text(source):
    images = native_forms.read_wider_text(source.forms["text"][0])
    faces = compare_records(images, source.converted("text"))
    expect_same("images", 1062, len(images))
    return f"{len(images)} records, {faces} faces equal box for box and flag for flag"


def mat(source):
    main, *levels = source.forms["mat"]
    images = native_forms.read_wider_mat(main, levels)
    faces = compare_records(images, source.converted("mat"))
    expect_same("images", 3226, len(images))
    return f"{len(images)} records, {faces} faces, levels included, equal to scipy.io.loadmat's"


def overlap(source):
    """sixdof's records of the text are its records of the mat, without the levels."""
    texts, mats = (by_path(source.converted(form)) for form in ("text", "mat"))
    for path, faces in texts.items():
        for face in mats[path]:
            for level in LEVELS:
                del face["attributes"][level]
        expect_same(path, faces, mats[path])
    return f"{len(texts)} images, {sum(map(len, texts.values()))} faces equal"


def counts(source):
    """What FORMATS §1 counts in the whole mat."""
    records = source.converted("mat")
    faces = [record_content(face)["attributes"] for record in records for face in record["faces"]]
    empty = [record for record in records if not record["faces"]]
    found = {
        "images": len(records), "boxes": len(faces) + len(empty), "face-free": len(empty),
        "degenerate": sum("degenerate" in face for face in faces),
        "invalid": sum(face["invalid"] for face in faces),
    } | {level: sum(face[level] for face in faces) for level in LEVELS}
    expect_same("counts", {
        "images": 3226, "boxes": 39708, "face-free": 4, "degenerate": 7, "invalid": 585,
        "easy": 7211, "medium": 13319, "hard": 31958,
    }, found)
    return ", ".join(f"{name} {number:,}" for name, number in found.items())
