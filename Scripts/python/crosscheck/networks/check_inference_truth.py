"""`infer` against what is labelled: the photos' faces, and AFLW2000's landmarks and poses."""

import json

import cv2
import numpy as np

from . import native_forms
from .inference_runs import Inference, overlap, rotation
from .report import expect
from .tool import read_json_lines


def checks(artefacts):
    inference = Inference(artefacts, "truth")
    yield "inference finds labelled faces", lambda: labelled_faces(inference)
    yield "inference second look", lambda: small_faces(inference)
    yield "inference landmarks of AFLW2000", lambda: true_landmarks(inference)
    yield "inference poses of AFLW2000", lambda: poses(inference)


def labelled_faces(inference):
    labels = native_forms.read_retinaface(inference.artefacts.photos.build_from[0])
    faces = {record["image"]["path"]: record["faces"] for record in inference.records("photos")}
    count, extra = 0, 0
    for image in labels:
        boxes = [face.box for face in image.faces]
        for labelled in boxes:
            if min(labelled[2] - labelled[0], labelled[3] - labelled[1]) >= 24:
                found = any(overlap(labelled, face["bbox_xyxy"]) >= 0.5 for face in faces[image.path])
                expect(found, f"a face at {labelled} of {image.path}", "none")
                count += 1
        extra += len(faces[image.path]) - len(boxes)
    for record in inference.records("aflw2000"):
        expect(record["faces"], f"a face in {record['id']}", "none")
    return f"all {count} labelled faces of 24 px and more, {extra} others"


def truth(inference):
    """AFLW2000's records by image path, and five of their 68 points."""
    output = inference.artefacts.work / "inference-truth.jsonl"
    if not output.exists():
        inference.artefacts.tool.run(
            "convert", "aflw2000", "--input", inference.images("aflw2000"), "--output", output)
    records = {record["image"]["path"]: record for record in read_json_lines(output)}
    return records, {path: five(record) for path, record in records.items()}


def five(record):
    points = np.array(record["faces"][0]["landmarks"]["points"])
    return np.stack([points[36:42].mean(0), points[42:48].mean(0), points[30], points[48], points[54]])


def predicted(inference, records):
    """The prediction for each labelled face: the one that overlaps its 68 points most."""
    for prediction in inference.records("aflw2000"):
        path = prediction["image"]["path"]
        points = np.array(records[path]["faces"][0]["landmarks"]["points"])
        around = [*points.min(0), *points.max(0)]
        yield path, around, max(prediction["faces"], key=lambda face: overlap(around, face["bbox_xyxy"]))


def true_landmarks(inference):
    """In fractions of the root of the area around the 68 points, which is what the papers divide by."""
    records, points = truth(inference)
    errors = []
    for path, around, face in predicted(inference, records):
        found = np.array(face["landmarks"]["points"])
        size = np.sqrt((around[2] - around[0]) * (around[3] - around[1]))
        errors.append(np.linalg.norm(found - points[path], axis=1).mean() / size)
    expect(np.mean(errors) <= 0.025, "a mean error of at most 2.5 %", f"{np.mean(errors):.1%}")
    return f"{len(errors)} faces; mean error {np.mean(errors):.1%}, largest {max(errors):.1%} of the box"


def poses(inference):
    """Five true points, beside which the networks are put, fit to 6 degrees."""
    records, points = truth(inference)
    annotated = {path: rotation(record["faces"][0]) for path, record in records.items()}
    networks = [angle(rotation(face), annotated[path]) for path, _, face in predicted(inference, records)]
    expect(np.mean(networks) <= 5, "a mean error of at most 5 degrees", f"{np.mean(networks):.1f}")
    work = inference.artefacts.work
    for path, record in records.items():
        record["faces"][0]["landmarks"] = {"layout": "face-5", "points": points[path].tolist()}
        record["faces"][0].pop("native", None)
    (work / "inference-five.jsonl").write_text(
        "".join(json.dumps(record) + "\n" for record in records.values()))
    inference.artefacts.tool.run("label", work / "inference-five.jsonl", "--relabel", "--output",
                                 work / "inference-relabelled.jsonl")
    fitted = [angle(rotation(record["faces"][0]), annotated[record["image"]["path"]])
              for record in read_json_lines(work / "inference-relabelled.jsonl")]
    return "; ".join(f"{name}: median {np.median(angles):.1f}, mean {np.mean(angles):.1f} degrees"
                     for name, angles in [("predicted points", networks), ("true points", fitted)])


def angle(a, b):
    return np.degrees((a * b.inv()).magnitude())


def small_faces(inference):
    """A street with faces of 26 to 31 px, in one corner of an image twice as wide, where the first look
    sees them at 10 px."""
    photos = inference.images("photos")
    street = cv2.imread(str(next(photos.rglob("1_Groups_street.jpg"))))
    image = np.full((2 * street.shape[0], 2 * street.shape[1], 3), 127, np.uint8)
    image[:street.shape[0], :street.shape[1]] = street
    path = inference.artefacts.work / "inference-small.png"
    cv2.imwrite(str(path), image)
    found = {}
    for looks in ("never", "auto"):
        output = inference.artefacts.work / f"inference-small-{looks}.jsonl"
        inference.artefacts.tool.run("infer", path, "--output", output, "--small-faces", looks)
        found[looks] = read_json_lines(output)[0]["faces"]
    labels = native_forms.read_retinaface(inference.artefacts.photos.build_from[0])
    street = next(image for image in labels if image.path.endswith("1_Groups_street.jpg"))
    missed = [face.box for face in street.faces
              if all(overlap(face.box, other["bbox_xyxy"]) < 0.5 for other in found["auto"])]
    expect(not missed, "all faces of the street with a second look", f"{len(missed)} missed")
    return f"{len(found['never'])} faces at one look, {len(found['auto'])} with a second"
