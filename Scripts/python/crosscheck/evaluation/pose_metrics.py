"""The papers' pose metrics in numpy, from their definitions (FORMATS §12.1 to §12.6).

Rotations are canonical (n, 3, 3), translations (n, 3) in metres, meshes (n, v, 3) in object axes. Each
protocol gives, for each metric, one number a face: `published` as the paper's code has it, `correct`.
"""

import numpy as np
from scipy.spatial.transform import Rotation

F = np.diag([1.0, -1.0, -1.0])


def aflw(r):
    """img2pose's convert_to_aflw: (yaw, pitch, roll) in degrees."""
    pitch, yaw, roll = Rotation.from_matrix(r.transpose(0, 2, 1)).as_euler("xyz", degrees=True).T
    return np.stack([-yaw, pitch, -roll], axis=1)


def hopenet(r):
    """The arc tangents of its BIWI reader, which has the matrix transposed."""
    h = r.transpose(0, 2, 1)
    yaw = -np.arctan2(-h[:, 2, 0], np.hypot(h[:, 2, 1], h[:, 2, 2]))
    pitch = np.arctan2(h[:, 2, 1], h[:, 2, 2])
    roll = -np.arctan2(h[:, 1, 0], h[:, 0, 0])
    return np.degrees(np.stack([yaw, pitch, roll], axis=1))


def sixdrepnet(r):
    m = F @ r.transpose(0, 2, 1) @ F
    yaw = np.arctan2(-m[:, 2, 0], np.hypot(m[:, 0, 0], m[:, 1, 0]))
    return np.degrees(np.stack([yaw, np.arctan2(m[:, 2, 1], m[:, 2, 2]),
                                np.arctan2(m[:, 1, 0], m[:, 0, 0])], axis=1))


def trg(r):
    return Rotation.from_matrix(r).as_euler("yxz", degrees=True)


def perspnet(r):
    return trg(F @ r @ F)


ANGLES = {"img2pose-aflw2000": aflw, "img2pose-biwi": aflw, "hopenet": hopenet,
          "6drepnet": sixdrepnet, "perspnet": perspnet, "trg": trg}


def plain(a, b):
    return np.abs(a - b)


def around(a, b):
    turn = np.abs(a - b) % 360
    return np.minimum(turn, 360 - turn)


def forgiving(a, b):
    return np.min([np.abs(a + offset - b) for offset in (0, 180, -180, 360, -360)], axis=0)


def cosines(a, b):
    return (np.trace(a @ b.transpose(0, 2, 1), axis1=1, axis2=2) - 1) / 2


def clipped(a, b, limit):
    return np.degrees(np.arccos(np.clip(cosines(a, b), -limit, limit)))


def geodesic(a, b):
    """By the arc tangent of sine and cosine, which has no bad places."""
    m = a @ b.transpose(0, 2, 1)
    sine = np.linalg.norm(np.stack([m[:, 2, 1] - m[:, 1, 2], m[:, 0, 2] - m[:, 2, 0],
                                    m[:, 1, 0] - m[:, 0, 1]], axis=1), axis=1) / 2
    return np.degrees(np.arctan2(sine, cosines(a, b)))


def unit(matrices):
    return matrices / np.cbrt(np.linalg.det(matrices))[:, None, None]


def within(angle, distance, degrees, metres):
    return 100.0 * ((angle < degrees) & (distance < metres))


def distances(a, b):
    return np.linalg.norm(a - b, axis=-1)


def area(mesh, triangles):
    a, b, c = (mesh[:, triangles[:, i]] for i in range(3))
    return np.linalg.norm(np.cross(b - a, c - a), axis=2).sum(axis=1) / 2


def metrics(protocol, variant, r, t, truth_r, truth_t, meshes=None, predicted=None, triangles=None,
            annotated=None, fitted_t=None):
    """{name: (n,)} of one variant, in the paper's own units.

    `fitted_t`: the translations of img2pose's own fits, which its notebook on AFLW2000-3D compares with.

    `annotated`: the true (yaw, pitch, roll) of AFLW in degrees as a dataset writes them, which stand for
    the rotations' own where the paper's code reads them.
    """
    is_published = variant == "published"
    difference = around
    if is_published:
        difference = forgiving if protocol == "6drepnet" else plain
    convert = ANGLES[protocol]
    is_read = annotated is not None and protocol not in ("perspnet", "trg")
    errors = difference(convert(r), annotated if is_read else convert(truth_r))
    found = dict(zip(("yaw_mae", "pitch_mae", "roll_mae"), errors.T, strict=True))
    found["mae"] = errors.mean(axis=1)
    if not is_published:
        found["geodesic"] = geodesic(r, truth_r)
    elif protocol == "perspnet":
        found["geodesic"] = clipped(unit(r), unit(truth_r), 1)
    elif protocol == "trg":
        found["geodesic"] = clipped(r, truth_r, 1 - 1e-7)
    if protocol == "img2pose-aflw2000":
        offsets = 10 * np.abs(t - (fitted_t if is_published else truth_t))
        names = ("horizontal_translation_mae", "vertical_translation_mae", "scale_mae")
        found |= dict(zip(names, offsets.T, strict=True))
        found["translation_mae"] = offsets.mean(axis=1)
    if protocol not in ("perspnet", "trg"):
        return found
    offsets = 1000 * np.abs(t - truth_t)
    found |= dict(zip(("tx_mae", "ty_mae", "tz_mae"), offsets.T, strict=True))
    found["t_mae"] = offsets.mean(axis=1)
    moved = [meshes @ rotation.transpose(0, 2, 1) + shift[:, None]
             for rotation, shift in ((r, t), (truth_r, truth_t))]
    found["add"] = 1000 * distances(*moved).mean(axis=1)
    found["reconstruction_mean"] = 1000 * distances(predicted, meshes).mean(axis=1)
    if protocol == "trg":
        found["reconstruction_median"] = found["reconstruction_mean"]
        found["face_size"] = 1e6 * np.abs(area(predicted, triangles) - area(meshes, triangles))
        return found
    distance = distances(t, truth_t)
    found["within_5deg_5cm"] = within(found["geodesic"], distance, 5, .05)
    bounds = (10, .05) if is_published else (5, .10)
    found["within_5deg_10cm"] = within(found["geodesic"], distance, *bounds)
    if is_published:
        scale, truth_scale = (np.cbrt(np.linalg.det(m)) for m in (r, truth_r))
        found["mean_iou"] = np.abs(scale - truth_scale) / truth_scale
    return found


def summary(name, values):
    return float(np.median(values) if name.endswith("median") else np.mean(values))
