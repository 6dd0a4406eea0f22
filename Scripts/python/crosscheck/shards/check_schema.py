"""Every record against Schemas/image-record-1.schema.json, and broken ones refused by it."""

import copy
import json

from jsonschema import Draft202012Validator

from .report import expect, shortened
from .tool import read_json_lines

REMOVED = object()

# What is done to a good record, by the path of the value: none of these may pass.
DAMAGES = [
    (["schema"], "sixdof.image/2"),
    (["schema"], REMOVED),
    (["id"], REMOVED),
    (["id"], 7),
    (["source", "dataset"], REMOVED),
    (["image", "path"], REMOVED),
    (["image", "width"], 0),
    (["image", "height"], 640.5),
    (["camera", "fx"], "long"),
    (["camera", "provenance"], "guessed"),
    (["faces"], {}),
    (["faces", 0, "bbox_xyxy"], REMOVED),
    (["faces", 0, "bbox_xyxy"], [1, 2, 3]),
    (["faces", 0, "bbox_xyxy"], [1, 2, 3, "4"]),
    (["faces", 0, "landmarks", "layout"], "face-6"),
    (["faces", 0, "landmarks", "points"], [[1.0, 2.0]] * 4),
    (["faces", 0, "landmarks", "points", 0], [1.0]),
    (["faces", 0, "landmarks", "visibility", 0], "hidden"),
    (["faces", 0, "pose", "rotation_vector"], [0.0, 0.0]),
    (["faces", 0, "pose", "translation"], REMOVED),
    (["faces", 0, "pose", "provenance"], "magic"),
    (["faces", 0, "pose", "scale"], "large"),
    (["faces", 0, "fit", "reprojection_rms_px"], -1),
    (["faces", 0, "attributes", "invalid"], 1),
    (["faces", 0, "attributes", "euler_aflw"], [1, 2, 3]),
    (["faces", 0, "attributes", "euler_trg_yxz"], {"pitch": 1, "yaw": 2}),
    (["faces", 0, "bbox_xywh"], [1, 2, 3, 4]),
]


def checks(artefacts):
    def schema():
        return read_schema(artefacts.root)

    def synthetic():
        source = artefacts.synthetic
        yield from source.build.records
        yield from artefacts.truth
        for form in source.forms:
            yield from source.converted(form)
        yield from source.converted("label.txt", with_images=True)
        yield from source.converted(*source.forms)
        yield from labelled(artefacts)
        yield from artefacts.traps.build.records

    def photos():
        yield from artefacts.photos.build.records
        yield from artefacts.photos.converted("label.txt")

    def real_val():
        for form in artefacts.real_val.forms:
            yield from artefacts.real_val.converted(form)

    yield "schema is a schema", lambda: well_formed(schema())
    yield "schema holds, synthetic", lambda: all_valid(schema(), synthetic())
    yield "schema holds, photos", lambda: all_valid(schema(), photos())
    yield "schema holds, WIDER val", lambda: all_valid(schema(), real_val())
    yield "schema refuses", lambda: all_refused(schema(), artefacts.synthetic.build.records)


def read_schema(root):
    return json.loads((root / "Schemas/image-record-1.schema.json").read_text())


def labelled(artefacts):
    """What `sixdof label` makes of converted records."""
    unlabelled = artefacts.synthetic.converted_path("label.txt", with_images=True)
    output = artefacts.work / "schema-labelled.jsonl"
    artefacts.tool.run("label", unlabelled, "--output", output, "--euler", "aflw",
                       "--euler", "trg-yxz")
    return read_json_lines(output)


def well_formed(schema):
    Draft202012Validator.check_schema(schema)
    expect(schema["$schema"].endswith("2020-12/schema"), "draft 2020-12", schema["$schema"])
    return "JSON Schema 2020-12"


def all_valid(schema, records):
    validator, count, faces = Draft202012Validator(schema), 0, 0
    for record in records:
        for error in validator.iter_errors(record):
            expect(False, f"{record.get('id')} to be valid",
                   f"{shortened(error.message)} at {error.json_path}")
        count += 1
        faces += len(record["faces"])
    expect(faces > 0, "faces", faces)
    return f"{count} records, {faces} faces valid"


def all_refused(schema, records):
    """Each damage alone, done to a record that has every field, must make it invalid."""
    validator = Draft202012Validator(schema)
    complete = copy.deepcopy(next(record for record in records
                                  if record["faces"] and record["faces"][0].get("pose")))
    complete["faces"][0].setdefault("attributes", {})["invalid"] = False
    expect(validator.is_valid(complete), "a valid record to damage", complete["id"])
    for path, value in DAMAGES:
        expect(not validator.is_valid(damaged(complete, path, value)),
               f"{'.'.join(map(str, path))} = {'absent' if value is REMOVED else value!r} refused",
               "it accepted")
    return f"{len(DAMAGES)} kinds of damage"


def damaged(record, path, value):
    result = copy.deepcopy(record)
    *parents, last = path
    place = result
    for step in parents:
        place = place[step]
    if value is REMOVED:
        del place[last]
    else:
        place[last] = value
    return result
