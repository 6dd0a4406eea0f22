"""What img2pose's loader (data_loader_lmdb.py) makes of a sample, rendered from what FORMATS §8 and issue notes
say of it: which faces it trains on, with which poses and boxes. Images are not decoded.
"""

import numpy as np

from .camera import image_camera, projection
from .img2pose_converter import RULES, global_pose


def trained_faces(sample, size, model, rule="procrustes"):
    """The faces that are not blacked out: index, pose in the whole image and the box drawn about it.

    `size` is the image's (width, height), `model` the 68 reference points.
    """
    camera, faces = image_camera(*size), []
    for index, points in enumerate(sample[4]):
        if -1 in np.asarray(points):
            continue
        local, box = np.asarray(sample[3][index], dtype=float), np.asarray(sample[2][index])
        pose = global_pose(local, box, camera, RULES[rule])
        faces.append((index, pose, drawn_box(pose, size, model)))
    return faces


def drawn_box(pose, size, model):
    """The box about the projected points, a tenth larger, with a forehead on the side that the third
    component of the rotation vector tells, truncated and cut at the image's rim."""
    points = projection(pose, model.astype(float), image_camera(*size))
    least, greatest = points.min(axis=0), points.max(axis=0)
    extent, centre = greatest - least, 0.5 * least + 0.5 * greatest
    half = (extent * 1.1).astype(int) * 0.5
    low, high = centre - half, centre + half
    if abs(pose[2]) > 2.5:
        high[1] += 0.3 * extent[1]
    elif pose[2] > 1:
        high[0] += 0.3 * extent[0]
    elif pose[2] < -1:
        low[0] -= 0.3 * extent[0]
    else:
        low[1] -= 0.3 * extent[1]
    low, high = low.astype(np.int32), high.astype(np.int32)
    return [*np.maximum(low, 0), *np.minimum(high, size)]


def has_area(box):
    """img2pose's model stops on a target box that has none."""
    return box[2] > box[0] and box[3] > box[1]
