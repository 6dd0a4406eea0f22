"""WIDER FACE's average precision in numpy, from its definition: an image's detections in the order of
their file, 1,000 thresholds on scores scaled over the whole set, VOC's area (FORMATS §12.7)."""

import numpy as np

THRESHOLDS = 1 - np.arange(1, 1001) / 1000


def overlaps(detections, faces):
    """IoU of (n, 4) and (m, 4) corners whose last pixels belong to the boxes."""
    least = np.minimum(detections[:, None, 2:], faces[None, :, 2:])
    sides = np.clip(least - np.maximum(detections[:, None, :2], faces[None, :, :2]) + 1, 0, None)
    shared = sides.prod(axis=2)
    area = [np.prod(boxes[:, 2:] - boxes[:, :2] + 1, axis=1) for boxes in (detections, faces)]
    return shared / (area[0][:, None] + area[1][None, :] - shared)


def outcomes(detections, faces, keep):
    """(proposal, hit) of each detection, each 0 or 1."""
    table = overlaps(detections[:, :4], faces)
    best, top = table.argmax(axis=1), table.max(axis=1)
    taken = np.zeros(len(faces), dtype=bool)
    result = np.zeros((len(detections), 2), dtype=int)
    for i, (face, overlap) in enumerate(zip(best, top, strict=True)):
        if overlap < 0.5:
            result[i] = 1, 0
        elif keep[face]:
            result[i] = 1, not taken[face]
            taken[face] = True
    return result


def area(recall, precision):
    recall = np.concatenate([[0.0], recall, [1.0]])
    precision = np.concatenate([[0.0], np.nan_to_num(precision), [0.0]])
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    steps = np.flatnonzero(recall[1:] != recall[:-1])
    return float(np.sum((recall[steps + 1] - recall[steps]) * envelope[steps + 1]))


def published(images, level):
    """`images`: (faces (m, 4), {level: keep (m,)}, detections (n, 5)), all boxes as corners."""
    scores = [detections[:, 4] for _, _, detections in images if len(detections)]
    least = min(1.0, *(column.min() for column in scores))
    greatest = max(0.0, *(column.max() for column in scores))
    totals = np.zeros((len(THRESHOLDS), 2))
    for faces, keep, detections in images:
        if len(detections):
            counts = outcomes(detections, faces, keep[level]).cumsum(axis=0)
            with np.errstate(invalid="ignore"):
                scaled = (detections[:, 4] - least) / (greatest - least)
            passes = scaled[None, :] >= THRESHOLDS[:, None]
            last = len(scaled) - 1 - passes[:, ::-1].argmax(axis=1)
            totals += np.where(passes.any(axis=1)[:, None], counts[last], 0)
    faces = sum(keep[level].sum() for _, keep, _ in images)
    with np.errstate(invalid="ignore"):
        return area(totals[:, 1] / faces, totals[:, 1] / totals[:, 0])


def correct(images, level):
    """Each image's detections by falling score, and a point of the curve at every score."""
    rows = []
    for faces, keep, detections in images:
        if len(detections):
            detections = detections[np.argsort(-detections[:, 4], kind="stable")]
            rows.append(np.column_stack(
                [detections[:, 4], outcomes(detections, faces, keep[level])]))
    rows = np.concatenate(rows)
    rows = rows[np.argsort(-rows[:, 0], kind="stable")]
    ends = np.append(np.flatnonzero(np.diff(rows[:, 0])), len(rows) - 1)
    proposals, hits = rows[:, 1:].cumsum(axis=0)[ends].T
    faces = sum(keep[level].sum() for _, keep, _ in images)
    with np.errstate(invalid="ignore"):
        return area(hits / faces, hits / proposals)
