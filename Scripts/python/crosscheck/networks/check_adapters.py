"""`infer --model` against a numpy rendering of 3DDFA_V2's steps, on a small network with random weights.

OpenVINO is no part of this, and nor is 3DDFA's code: the network is three lines of numpy here, the crop OpenCV's.
"""

import hashlib
import json

import cv2
import numpy as np

from inference import onnx_bytes

from .check_schema import all_valid, read_schema
from .inference_runs import Inference
from .report import expect

SIDE, SQUARE, COUNT = 120, 40, 62
#: Metres to a unit of the BFM.
UNIT = 1e-6


class SmallNetwork:
    """Means of nine squares a channel, then 62 sums of them: the interface of 3DDFA_V2's."""

    def __init__(self, seed):
        random = np.random.default_rng(seed)
        self.weights = random.uniform(-0.1, 0.1, (27, COUNT)).astype("<f4")
        self.bias = random.uniform(-0.5, 0.5, (1, COUNT)).astype("<f4")
        camera = [4e-4, 0, 0, 60, 0, 4e-4, 0, 58, 0, 0, 4e-4, -70]
        spread = [9e-5, 5e-5, 1e-4, 3, 7e-5, 9e-5, 9e-5, 4, 1e-4, 9e-5, 8e-5, 9]
        self.mean = np.float32(camera + 50 * [0])
        self.std = np.float32(spread + 50 * [1e5])

    def bytes(self):
        square = {"kernel_shape": [SQUARE, SQUARE], "strides": [SQUARE, SQUARE]}
        nodes = [
            onnx_bytes.node("AveragePool", ["input"], ["squares"], **square),
            onnx_bytes.node("Flatten", ["squares"], ["row"]),
            onnx_bytes.node("MatMul", ["row", "weights"], ["sums"]),
            onnx_bytes.node("Add", ["sums", "bias"], ["output"]),
        ]
        constants = [onnx_bytes.initializer(name, array.shape, array.tobytes())
                     for name, array in [("weights", self.weights), ("bias", self.bias)]]
        return onnx_bytes.model("small", nodes, constants, [onnx_bytes.value("input", (1, 3, SIDE, SIDE))],
                                [onnx_bytes.value("output", (1, COUNT))], "sixdof")

    def write(self, folder):
        """The manifest's path."""
        folder.mkdir(exist_ok=True)
        model = self.bytes()
        (folder / "small.onnx").write_bytes(model)
        manifest = {
            "adapter": "3ddfa-v2",
            "model": {"file": "small.onnx", "sha256": hashlib.sha256(model).hexdigest()},
            "input": {"size": [SIDE, SIDE], "channels": "bgr", "mean": [127.5] * 3, "scale": [1 / 128] * 3},
            "outputs": {"parameters": "output"},
            "numbers": {"mean": self.mean.tolist(), "std": self.std.tolist()},
        }
        path = folder / "small.json"
        path.write_text(json.dumps(manifest))
        return path

    def parameters(self, image, region):
        """Unwhitened, of a region of an RGB image."""
        left, top, right, bottom = (int(round(edge)) for edge in region)
        height, width = image.shape[:2]
        # Black all around, then cut.
        margin = 4 + max(0, -left, -top, right - width, bottom - height)
        wide = cv2.copyMakeBorder(image, margin, margin, margin, margin, cv2.BORDER_CONSTANT)
        crop = wide[top + margin:bottom + margin, left + margin:right + margin, ::-1]
        planes = cv2.resize(np.ascontiguousarray(crop), (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
        planes = (planes.astype(np.float64).transpose(2, 0, 1) - 127.5) / 128
        squares = planes.reshape(3, 3, SQUARE, 3, SQUARE).mean(axis=(2, 4))
        return ((squares.reshape(1, 27) @ self.weights + self.bias)[0]) * self.std + self.mean


def checks(artefacts):
    yield "adapters 3ddfa_v2", lambda: tddfa(artefacts)


def tddfa(artefacts):
    inference = Inference(artefacts, "adapters")
    network = SmallNetwork(11)
    manifest = network.write(artefacts.work / "adapters")
    count, worst_parameter, worst_angle, worst_place = 0, 0.0, 0.0, 0.0
    for name in inference.SETS:
        all_valid(read_schema(artefacts.root), inference.records(name, "--model", manifest))
        for record in inference.records(name, "--model", manifest):
            # Larger photographs are shrunk by the decoder; turned ones are searched upright.
            if max(record["image"]["width"], record["image"]["height"]) >= 2560 or "orientation" in record["image"]:
                continue
            image = inference.image(name, record)
            for face in record["faces"]:
                said = face["native"]["3ddfa_v2"]
                # The box is stored to 0.01 px, so its truncated side may differ where it is all but whole.
                expected_region = region_of(face["bbox_xyxy"])
                gap = np.abs(np.subtract(said["region_xyxy"], expected_region)).max()
                expect(gap <= 0.52, f"a region near {expected_region} in {record['id']}", said["region_xyxy"])
                expected = network.parameters(image, said["region_xyxy"])
                error = np.abs(said["parameters"] - expected) / network.std
                worst_parameter = max(worst_parameter, error.max())
                angle, place = pose_gap(face["pose"], record, said)
                worst_angle, worst_place = max(worst_angle, angle), max(worst_place, place)
                count += 1
    expect(count > 20, "more than 20 faces", count)
    expect(worst_parameter <= 1e-3, "parameters within 0.001 of their deviation", worst_parameter)
    expect(worst_angle <= 1e-5, "rotations within 0.00001 degrees", worst_angle)
    expect(worst_place <= 1e-6, "places of the origin and scales within 1e-6", worst_place)
    return (f"{count} faces; parameters within {worst_parameter:.1e} of their deviation, rotations "
            f"{worst_angle:.1e} degrees, places {worst_place:.1e}")


def region_of(box):
    left, top, right, bottom = box
    mean = (right - left + bottom - top) / 2
    side = int(mean * 1.58)
    x, y = (left + right) / 2 - side / 2, (top + bottom) / 2 + 0.14 * mean - side / 2
    return [x, y, x + side, y + side]


def pose_gap(pose, record, said):
    """By how much a pose differs from the parameters': degrees, and pixels or parts of the scale."""
    left, top, right, _ = said["region_xyxy"]
    camera = np.array(said["parameters"][:12]).reshape(3, 4)
    lengths = np.linalg.norm(camera[:2, :3], axis=1)
    rows = camera[:2, :3] / lengths[:, None]
    u, _, v = np.linalg.svd(np.vstack([rows, np.cross(rows[0], rows[1])]))
    flip = np.diag([1, -1, -1])
    expected = flip @ (u @ v) @ flip
    found, _ = cv2.Rodrigues(np.array(pose["rotation_vector"], dtype=float))
    # The sine of half the angle, which keeps its digits where the cosine's go.
    angle = np.degrees(2 * np.arcsin(min(1, np.linalg.norm(found - expected) / np.sqrt(8))))
    pixel = (right - left) / SIDE
    origin = [(camera[0, 3] - 1) * pixel + left, (SIDE - camera[1, 3]) * pixel + top]
    k = record["camera"]
    x, y, z = pose["translation"]
    place = np.abs(np.subtract([k["fx"] * x / z + k["cx"], k["fy"] * y / z + k["cy"]], origin)).max()
    scale = k["fx"] * UNIT / z / (lengths.mean() * pixel) - 1
    return angle, max(place, abs(scale))
