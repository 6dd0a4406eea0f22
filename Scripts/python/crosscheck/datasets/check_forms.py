"""The four forms of the same synthetic set: each as read here, and all alike."""

from . import native_forms
from .native_forms import FLAGS, LEVELS
from .report import expect, expect_same

ORDER = ("text", "mat", "label.txt", "img2pose")


def checks(artefacts):
    readers = {
        "text": lambda files: native_forms.read_wider_text(files[0]),
        "mat": lambda files: native_forms.read_wider_mat(files[0], files[1:]),
        "label.txt": lambda files: native_forms.read_retinaface(files[0]),
        "img2pose": lambda files: native_forms.read_img2pose_list(files[0]),
    }
    for form, reader in readers.items():
        yield f"records of {form}", lambda form=form, reader=reader: one_form(
            artefacts.synthetic, form, reader)
    yield "records of label.txt, traps", lambda: one_form(artefacts.traps, "label.txt",
                                                          readers["label.txt"])
    yield "the four forms agree", lambda: all_alike(artefacts.synthetic)
    yield "the four forms merged", lambda: merged(artefacts.synthetic)


def one_form(source, form, reader):
    images, records = reader(source.forms[form]), source.converted(form)
    faces = compare_records(images, records)
    return f"{len(records)} records, {faces} faces equal to {reader_name(form)}'s reading"


def reader_name(form):
    return "scipy.io.loadmat" if form == "mat" else "a plain Python parser"


def compare_records(images, records):
    """Every field that the native reading holds, in the order of the file; counts the faces."""
    expect(len(images) > 0 and len(records) == len(images), f"{len(images)} records", len(records))
    for image, record in zip(images, records, strict=True):
        expect_same("image.path", image.path, record["image"]["path"])
        expect_same(f"{image.path}: id", identifier(record), record["id"])
        if image.line is not None:
            expect_same(f"{image.path}: source.line", image.line, record["source"]["line"])
        expected = [native_content(face) for face in image.faces]
        found = [record_content(face) for face in record["faces"]]
        expect_same(f"{image.path}: faces", expected, found)
    return sum(len(image.faces) for image in images)


def identifier(record):
    """DESIGN's rule: dataset, split where known, path without its extension."""
    source, path = record["source"], record["image"]["path"]
    parts = [source["dataset"], source.get("split"), path.rsplit(".", 1)[0]]
    return "/".join(part for part in parts if part)


def native_content(face):
    content = {"box": face.box, "attributes": face.attributes}
    if face.points and any(point is not None for point in face.points):
        content |= {"points": face.points, "visibility": face.visibility}
    return content


def record_content(face):
    """The same view of a record's face; what is null or false by default is left out."""
    attributes = {name: value for name, value in (face.get("attributes") or {}).items()
                  if value is not None and (name, value) != ("degenerate", False)}
    content = {"box": face["bbox_xyxy"], "attributes": attributes}
    landmarks = face.get("landmarks")
    if landmarks and any(point is not None for point in landmarks["points"]):
        expect_same("landmarks.layout", "face-5", landmarks["layout"])
        content |= {"points": landmarks["points"], "visibility": landmarks["visibility"]}
    return content


def all_alike(source):
    """Each pair of forms agrees in every field that both hold."""
    held = {"text": {*FLAGS}, "mat": {*FLAGS, *LEVELS}, "label.txt": {"quality"}, "img2pose": set()}
    contents = {form: by_path(source.converted(form)) for form in ORDER}
    compared = 0
    for index, first in enumerate(ORDER):
        for second in ORDER[index + 1:]:
            common = (held[first] & held[second]) | {"degenerate"}
            occlusion = "img2pose" not in (first, second)
            views = [
                {path: [shared_view(face, common, occlusion) for face in faces]
                 for path, faces in contents[form].items()} for form in (first, second)
            ]
            if not {first, second} <= {"label.txt", "img2pose"}:
                views = [without_landmarks(view) for view in views]
            expect_same(f"{first} and {second}: ", *views)
            compared += 1
    return f"{compared} pairs, {len(contents['text'])} images equal in every field both hold"


def by_path(records):
    contents = {record["image"]["path"]: [record_content(face) for face in record["faces"]]
                for record in records}
    expect(len(contents) == len(records), "one record an image", f"{len(records)} records")
    return contents


def shared_view(face, attributes, occlusion):
    """A face reduced to what two forms share; a list for img2pose has no word for occluded."""
    view = dict(face)
    view["attributes"] = {name: value for name, value in face["attributes"].items()
                          if name in attributes}
    if not occlusion and "visibility" in view:
        view["visibility"] = [state == "missing" for state in view["visibility"]]
    return view


def without_landmarks(images):
    return {
        path: [{"box": face["box"], "attributes": face["attributes"]} for face in faces]
        for path, faces in images.items()
    }


def merged(source):
    """All files given at once make one record an image, with the fields of all."""
    together = by_path(source.converted(*ORDER))
    separate = {form: by_path(source.converted(form)) for form in ORDER}
    for path, faces in together.items():
        for index, face in enumerate(faces):
            parts = [separate[form][path][index] for form in ORDER]
            attributes = {name: value for part in parts
                          for name, value in part["attributes"].items()}
            expected = separate["label.txt"][path][index] | {"attributes": attributes}
            expect_same(f"{path}: face {index}", expected, face)
    expect_same("merged images", sorted(separate["text"]), sorted(together))
    fields = max((len(face["attributes"]) for faces in together.values() for face in faces),
                 default=0)
    return f"{len(together)} records, up to {fields} attributes a face, landmarks included"
