"""What the loaders of Hopenet, 6DRepNet, FSA-Net and DirectMHP compute of their files, in closed form.

numpy, scipy and OpenCV read the files; nothing of the systems' code is here.
"""

import numpy as np
import scipy.io

CLASSES = 66  # of 3° from -99° on


def mat_angles(path):
    """Pitch, yaw, roll of a .mat file in radians, as float32, and its pt2d."""
    content = scipy.io.loadmat(path)
    return content["Pose_Para"][0][:3], content["pt2d"]


def biwi_angles(path):
    """Pitch, yaw, roll in degrees of a pose file whose fields are separated by single spaces."""
    rows = [[float(word) for word in line.rstrip("\n").split(" ") if word]
            for line in path.read_text().split("\n") if line.split(" ")[0]]
    turned = np.array(rows[:3]).T
    return np.degrees([
        np.arctan2(turned[2, 1], turned[2, 2]),
        np.arctan2(turned[2, 0], np.hypot(turned[2, 1], turned[2, 2])),
        -np.arctan2(turned[1, 0], turned[0, 0])])


def classes(degrees):
    """Hopenet's classes of angles."""
    return np.floor((np.asarray(degrees, dtype=float) + 99) / 3).astype(int)


def rotation_target(angles):
    """6DRepNet's matrix of pitch, yaw, roll in radians: Rz(roll) Ry(yaw) Rx(pitch)."""
    (p, y, r) = (float(angle) for angle in angles)
    (cp, sp), (cy, sy), (cr, sr) = ((np.cos(a), np.sin(a)) for a in (p, y, r))
    return np.array([
        [cr * cy, cr * sy * sp - sr * cp, cr * sy * cp + sr * sp],
        [sr * cy, sr * sy * sp + cr * cp, sr * sy * cp - cr * sp],
        [-sy, cy * sp, cy * cp]])


def widened(box, factors):
    """A box after its four sides were moved one by one, each by a share of the box's size at that time."""
    x0, y0, x1, y1 = (float(side) for side in box)
    x0 -= factors[0] * abs(x1 - x0)
    y0 -= factors[1] * abs(y1 - y0)
    x1 += factors[2] * abs(x1 - x0)
    y1 += factors[3] * abs(y1 - y0)
    return [int(x0), int(y0), int(x1), int(y1)]


def fsa_points_box(points, width, height):
    """The slice that FSA-Net's tool for 300W-LP cuts out: x0, y0, x1, y1, the last two left out."""
    by_x, by_y = points[0] > 0, points[1] > 0
    kept = points[:, by_y if by_x.sum() > by_y.sum() else by_x]
    (x0, y0), (x1, y1) = (kept.min(axis=1).astype(int).tolist(), kept.max(axis=1).astype(int).tolist())
    return margins(x0, y0, x1, y1, 0.6, width, height)


def fsa_biwi_box(box, width, height):
    """That of its tool for BIWI."""
    x0, y0, x1, y1 = margins(*(int(side) for side in box), 0.4, width, height)
    return x0, y0, x1 + 1, y1 + 1


def margins(x0, y0, x1, y1, share, width, height):
    across, down = x1 - x0, y1 - y0
    return (max(int(x0 - share * across), 0), max(int(y0 - share * down), 0),
            min(int(x1 + share * across), width - 1), min(int(y1 + share * down), height - 1))
