"""check: its numbers worked out again in numpy, on a synthetic set with faults of every size."""

import json

import numpy as np

from .report import expect, expect_same
from .tool import read_json_lines

MARGIN, OUTSIDE_SHARE = 0.2, 0.2
LARGEST, SMALLEST = 12.0, 1.5
OVERLAP = 0.8
SCORE, LEAST_RESIDUAL = 8.0, 0.15


def checks(artefacts):
    made = {}

    def bound(function):
        def run():
            if not made:
                made["set"] = faulty_set(artefacts)
            return function(artefacts, *made["set"])
        return run

    yield "checks: residual outliers", bound(outliers)
    yield "checks: boxes and landmarks", bound(boxes_and_landmarks)
    yield "checks: box sizes against landmarks", bound(box_sizes)
    yield "checks: duplicates", bound(duplicates)
    yield "checks: SARIF and JSON hold the same findings", bound(forms)


def faulty_set(artefacts):
    """Labelled records whose landmarks and boxes are off by all amounts, and what check finds in them."""
    work, random = artefacts.work, np.random.default_rng(5)
    artefacts.tool.run("synth", "wider-face", "--count", 150, "--size", "320x240", "--noise", 0,
                       "--output", work / "checks-set")
    artefacts.tool.run("convert", "wider-face", "--annotations",
                       work / "checks-set/retinaface/train/label.txt", "--images",
                       work / "checks-set/images", "--output", work / "checks-clean.jsonl")
    records = read_json_lines(work / "checks-clean.jsonl")
    for record in records:
        for face in list(record["faces"]):
            damage(face, random)
            if random.random() < 0.1:
                record["faces"].append(json.loads(json.dumps(face)))
                box = np.array(record["faces"][-1]["bbox_xyxy"], dtype=float)
                box[[0, 2]] += random.uniform(0, 0.3) * (box[2] - box[0])
                record["faces"][-1]["bbox_xyxy"] = box.tolist()
    faulty, labelled = work / "checks-faulty.jsonl", work / "checks-labelled.jsonl"
    faulty.write_text("".join(json.dumps(record) + "\n" for record in records))
    artefacts.tool.run("label", faulty, "--output", labelled)
    found = json.loads(artefacts.tool.output("check", labelled, "--format", "json", "--fail-on", "warning",
                                              exit_code=2))
    return labelled, read_json_lines(labelled), found


def damage(face, random):
    landmarks = face.get("landmarks")
    if not landmarks or any(point is None for point in landmarks["points"]):
        return
    points = np.array(landmarks["points"], dtype=float)
    eyes = np.linalg.norm(points[1] - points[0]) + 1
    points += random.normal(size=(5, 2)) * eyes * (0.4 if random.random() < 0.03 else 0.03)
    box = np.array(face["bbox_xyxy"], dtype=float).reshape(2, 2)
    if random.random() < 0.3:
        box = box.mean(axis=0) + (box - box.mean(axis=0)) * np.exp(random.uniform(-2, 2))
    if random.random() < 0.3:
        points += random.uniform(-1, 1, size=2) * (box[1] - box[0])
    landmarks["points"], face["bbox_xyxy"] = points.tolist(), box.ravel().tolist()


def faces(records):
    """Each face with its record's line from 1 and its index."""
    for line, record in enumerate(records, start=1):
        for index, face in enumerate(record["faces"]):
            yield line, index, face


def places(found, check):
    return {(one["line"], one["face"]): one["measure"] for one in found["findings"]
            if one["check"] == check and one["face"] is not None}


def points_of(face):
    landmarks = face.get("landmarks")
    present = [] if not landmarks else [p for p in landmarks["points"] if p is not None]
    return np.array(present, dtype=float).reshape(-1, 2)


def compare(expected, unsure, found, what):
    """Sets of places; those whose number is within rounding of the limit may be in either."""
    missing = [place for place in expected if place not in found and place not in unsure]
    more = [place for place in found if place not in expected and place not in unsure]
    expect(not missing and not more, f"the same {what}", f"missing {missing[:5]}, more {more[:5]}")
    expect(expected, f"some {what}", "none")
    return f"{len(found)} {what}"


def outliers(artefacts, labelled, records, found):
    residuals = {(line, i): face["fit"]["relative_rms"] for line, i, face in faces(records)
                 if face.get("fit")}
    values = np.array(list(residuals.values()))
    median = np.median(values)
    deviation = 1.4826 * np.median(np.abs(values - median))
    limit = max(median + SCORE * deviation, LEAST_RESIDUAL)
    expected = {place for place, value in residuals.items() if value > limit}
    unsure = {place for place, value in residuals.items() if abs(value / limit - 1) < 0.02}
    told = places(found, "residual-outlier")
    for place in expected & told.keys():
        score = (residuals[place] - median) / deviation
        expect(abs(told[place] / score - 1) < 0.02, f"z-score {score:.3f}", told[place])
    return compare(expected, unsure, told, "outliers")


def boxes_and_landmarks(artefacts, labelled, records, found):
    expected, unsure = set(), set()
    for line, i, face in faces(records):
        points, box = points_of(face), np.array(face["bbox_xyxy"]).reshape(2, 2)
        size = box[1] - box[0]
        if not len(points) or (size <= 0).any():
            continue
        beyond = np.maximum(box[0] - points, points - box[1]) / size
        outside = (beyond > MARGIN).any(axis=1)
        width = 320 - 1
        flipped = np.column_stack([width - points[:, 0], points[:, 1]])
        mirrored = (np.maximum(box[0] - flipped, flipped - box[1]) / size > MARGIN).any(axis=1)
        if outside.all() and not mirrored.any():
            continue
        if outside.any() and outside.mean() >= OUTSIDE_SHARE:
            expected.add((line, i))
    return compare(expected, unsure, places(found, "landmarks-outside-box"), "faces")


def box_sizes(artefacts, labelled, records, found):
    large, small = set(), set()
    for line, i, face in faces(records):
        points, box = points_of(face), np.array(face["bbox_xyxy"])
        size = np.sqrt(max(box[2] - box[0], 0) * max(box[3] - box[1], 0))
        if len(points) < 5 or size == 0:
            continue
        centred = points - points.mean(axis=0)
        least = min(np.linalg.norm(points[0] - points[3]), np.linalg.norm(points[1] - points[4]))
        values = np.linalg.svd(centred, compute_uv=False)
        if least < 0.05 * size or values[1] / values[0] < 0.1:
            continue
        ratio = size / np.sqrt((centred ** 2).sum(axis=1).mean())
        if ratio > LARGEST:
            large.add((line, i))
        elif ratio < SMALLEST:
            small.add((line, i))
    return "; ".join([
        compare(large, set(), places(found, "box-larger-than-landmarks"), "larger boxes"),
        compare(small, set(), places(found, "box-smaller-than-landmarks"), "smaller boxes"),
    ])


def duplicates(artefacts, labelled, records, found):
    expected = set()
    for line, record in enumerate(records, start=1):
        boxes = np.array([face["bbox_xyxy"] for face in record["faces"]]).reshape(-1, 4)
        for i in range(len(boxes)):
            for j in range(i):
                if overlap(boxes[i], boxes[j]) >= OVERLAP:
                    expected.add((line, i))
    return compare(expected, set(), places(found, "duplicate-box"), "repeated faces")


def overlap(one, other):
    size = np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2])
    if (size <= 0).any():
        return 0
    shared = size.prod()
    return shared / ((one[2:] - one[:2]).prod() + (other[2:] - other[:2]).prod() - shared)


def forms(artefacts, labelled, records, found):
    text = artefacts.tool.output("check", labelled, "--format", "sarif", "--fail-on", "warning", exit_code=2)
    run = json.loads(text)["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        expect_same("rule of a result", rules[result["ruleIndex"]]["id"], result["ruleId"])
    told = [[result["ruleId"], result["level"], result["message"]["text"],
             result["locations"][0]["physicalLocation"].get("region", {}).get("startLine")]
            for result in run["results"]]
    same = [[finding["check"], finding["severity"], finding["detail"], finding["line"]]
            for finding in found["findings"]]
    expect_same("findings", same, told)
    totals = {entry["id"]: entry["count"] for entry in found["checks"]}
    for check in totals:
        count = sum(finding["check"] == check for finding in found["findings"])
        expect_same(check, count, totals[check])
    return f"{len(told)} findings of {len(totals)} checks"
