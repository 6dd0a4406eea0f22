"""`infer --faces annotated --model` against numpy renderings of PerspNet's and TRG's tests, on small networks.

The crops are OpenCV's warpAffine, the poses its solvePnPRansac, and the networks a few lines of numpy: nothing
of OpenVINO's or of the papers' code is a part of this.
"""

import base64
import hashlib
import json
from functools import cache

import cv2
import numpy as np

from inference import onnx_bytes

from .check_schema import all_valid, read_schema
from .inference_runs import Inference
from .report import expect
from .tool import read_json_lines

MEAN, STD = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
VERTICES = 1220
FLIP = np.diag([1.0, -1.0, -1.0])


def checks(artefacts):
    made = cache(lambda: synthesised(artefacts))
    yield "adapters PerspNet", lambda: perspnet(artefacts, *made())
    yield "adapters PerspNet, pixels chosen", lambda: chosen(artefacts, *made())
    yield "adapters TRG", lambda: trg(artefacts, *made())
    yield "adapters evaluate", lambda: evaluated(artefacts, *made())


def synthesised(artefacts):
    Inference(artefacts, "papers").folder
    folder = artefacts.work / "papers"
    artefacts.tool.run("synth", "arkitface", "--count", 12, "--output", folder)
    truth = folder / "annotated.jsonl"
    artefacts.tool.run("convert", "arkitface", "--input", folder / "perspnet", "--native", "all", "--output", truth)
    return folder, truth


class SmallNetwork:
    """What the two have in common: files, input, and running them by the command."""

    SIDE = 64

    def write(self, folder):
        """The manifest's path."""
        folder.mkdir(exist_ok=True)
        model = self.model()
        (folder / "small.onnx").write_bytes(model)
        manifest = {
            **self.manifest(folder),
            "model": known(folder / "small.onnx"),
            "input": {"size": [self.SIDE, self.SIDE], "channels": "rgb", "mean": list(255 * MEAN),
                      "scale": list(1 / (255 * STD))},
        }
        path = folder / "small.json"
        path.write_text(json.dumps(manifest))
        return path

    def predictions(self, artefacts, folder, truth, name):
        output = folder / f"{name}.jsonl"
        artefacts.tool.run("infer", truth, "--images", folder / "perspnet", "--faces", "annotated", "--model",
                           self.write(folder / name), "--output", output, "--progress", "none")
        all_valid(read_schema(artefacts.root), read_json_lines(output))
        return read_json_lines(output)

    def crop(self, folder, record):
        """The square's edges, the input as the papers' loaders make it, and the way back to the image."""
        points = np.array(record["faces"][0]["landmarks"]["points"], dtype=float)[:, :2]
        centre = 0.5 * (points.max(0) + points.min(0))
        size = np.max(points.max(0) - points.min(0))
        left, top = (int(c - 0.75 * size) for c in centre)
        right, bottom = (int(c + 0.75 * size) for c in centre)
        source = np.float32([[left, top], [left, bottom], [right, top]])
        target = np.float32([[0, 0], [0, self.SIDE - 1], [self.SIDE - 1, 0]])
        image = cv2.cvtColor(cv2.imread(str(folder / "perspnet" / record["image"]["path"])), cv2.COLOR_BGR2RGB)
        crop = cv2.warpAffine(image, cv2.getAffineTransform(source, target), (self.SIDE, self.SIDE))
        planes = ((crop / 255 - MEAN) / STD).transpose(2, 0, 1)
        return (left, top, right, bottom), planes, cv2.getAffineTransform(target, source)


def known(path):
    return {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def constants(**arrays):
    return [onnx_bytes.initializer(name, array.shape, np.ascontiguousarray(array, "<f4").tobytes())
            for name, array in arrays.items()]


class SmallPerspNet(SmallNetwork):
    """Shows one face, moved a little by the image; a share of the pixels is told another place."""

    def __init__(self, seed, count, outliers=0.3):
        random = np.random.default_rng(seed)
        self.count = count
        self.uv = random.uniform(0.06, 0.94, (VERTICES, 2)).astype("<f4")
        self.landmarks = random.choice(VERTICES, 68, replace=False).astype("<i8")
        rows, columns = np.mgrid[:self.SIDE, :self.SIDE]
        places = (np.stack([columns, rows], -1).reshape(-1, 2) + 0.5) / self.SIDE
        self.map = np.float32(9 * surface(places).T.reshape(1, 3, self.SIDE, self.SIDE))
        self.moves = random.uniform(-0.004, 0.004, (3, 3, 1, 1)).astype("<f4")
        self.light = random.uniform(-0.05, 0.05, (2, 3, 1, 1)).astype("<f4")
        pose, _ = cv2.Rodrigues(random.uniform(-0.3, 0.3, 3))
        seen = surface(self.uv) @ FLIP @ pose.T + [0.003, 0.002, 0.5]
        seen = 130 * seen[:, :2] / seen[:, 2:] + [31, 32]
        ellipse = 1 - 2 * (((columns - 31) / 13) ** 2 + ((rows - 32) / 16) ** 2 > 1)
        self.mask = np.float32(np.stack([-ellipse, ellipse])[None])
        places = np.stack([columns, rows], -1).reshape(-1, 2).astype(float)
        wrong = random.random(len(places)) < outliers
        places[wrong] = random.uniform(14, 50, (wrong.sum(), 2))
        self.places = np.float32(np.c_[places, np.ones(len(places))])
        self.scores = np.float32(np.vstack([6 * seen.T, -3 * (seen ** 2).sum(1)]))

    def model(self):
        nodes = [
            onnx_bytes.node("Conv", ["image", "moves"], ["moved"]), onnx_bytes.node("Add", ["moved", "map"], ["uv"]),
            onnx_bytes.node("Conv", ["image", "light"], ["lit"]), onnx_bytes.node("Add", ["lit", "mask"], ["seg"]),
            onnx_bytes.node("Gather", ["places", "choose"], ["chosen"]),
            onnx_bytes.node("MatMul", ["chosen", "scores"], ["matrix"]),
        ]
        image = (1, 3, self.SIDE, self.SIDE)
        return onnx_bytes.model(
            "small", nodes, constants(moves=self.moves, map=self.map, light=self.light, mask=self.mask,
                                      places=self.places, scores=self.scores),
            [onnx_bytes.value("image", image), onnx_bytes.value("choose", (1, self.count), onnx_bytes.INT64)],
            [onnx_bytes.value("uv", image), onnx_bytes.value("seg", (1, 2, self.SIDE, self.SIDE)),
             onnx_bytes.value("matrix", (1, self.count, VERTICES))], "sixdof")

    def manifest(self, folder):
        np.save(folder / "uv.npy", np.vstack([self.uv, np.full((59, 2), 0.5, "<f4")]))
        np.save(folder / "landmarks.npy", self.landmarks)
        return {
            "adapter": "perspnet", "inputs": {"image": "image", "choose": "choose"},
            "outputs": {"uv": "uv", "segmentation": "seg", "correspondence": "matrix"},
            "numbers": {"points": [self.count]},
            "tables": {"uv": known(folder / "uv.npy"), "landmarks": known(folder / "landmarks.npy")},
        }

    def correspondences(self, planes, back):
        """Vertices in ARKit's axes, and for each pixel of the mask a point there and its place in the image."""
        def convolved(weights):
            return np.einsum("oi,ihw->ohw", weights[:, :, 0, 0].astype(float), planes)

        vertices = grid_sample(convolved(self.moves) + self.map[0], self.uv) / 9
        scores = convolved(self.light) + self.mask[0]
        pixels = np.flatnonzero(scores.argmax(0))
        matrix = self.places[pixels].astype(float) @ self.scores
        matrix = np.exp(matrix - matrix.max(1, keepdims=True))
        points = matrix / matrix.sum(1, keepdims=True) @ vertices
        places = np.c_[pixels % self.SIDE, pixels // self.SIDE] @ back[:, :2].T + back[:, 2]
        return vertices, points, places


def surface(places):
    """Metres in ARKit's axes: y up, z toward the viewer."""
    x, y = (np.asarray(places, dtype=float) - 0.5).T
    return np.c_[0.16 * x, -0.2 * y, 0.05 * (1 - 4 * (x * x + y * y))]


def grid_sample(planes, places):
    """As PyTorch's, align_corners false: (channels, height, width) at places from 0 to 1."""
    side = planes.shape[1]
    padded = np.pad(planes, ((0, 0), (1, 1), (1, 1)))
    at = places.astype(float) * side - 0.5
    corner = np.floor(at).astype(int)
    share = at - corner
    total = 0
    for dy in (0, 1):
        for dx in (0, 1):
            weight = np.abs(1 - dx - share[:, 0]) * np.abs(1 - dy - share[:, 1])
            total = total + weight * padded[:, corner[:, 1] + dy + 1, corner[:, 0] + dx + 1]
    return total.T


def array(face, name):
    stored = face["native"][name]
    return np.frombuffer(base64.b64decode(stored["data"]), stored["dtype"]).reshape(stored["shape"])


def matrix_of(pose):
    return cv2.Rodrigues(np.array(pose["rotation_vector"], dtype=float))[0]


def angle(a, b):
    return np.degrees(2 * np.arcsin(min(1, np.linalg.norm(a - b) / np.sqrt(8))))


def intrinsics(record):
    k = record["camera"]
    return np.array([[k["fx"], 0, k["cx"]], [0, k["fy"], k["cy"]], [0, 0, 1]])


def project(points, rotation, translation, k):
    seen = points @ rotation.T + translation
    return seen[:, :2] / seen[:, 2:] @ k[:2, :2].T + k[:2, 2]


def fitted(points, places, k, rotation, translation):
    """OpenCV's least squares on what is within eight pixels, until that stays the same."""
    vector, t = cv2.Rodrigues(rotation)[0], np.array(translation, dtype=float)[:, None]
    for _ in range(20):
        errors = np.linalg.norm(project(points, cv2.Rodrigues(vector)[0], t[:, 0], k) - places, axis=1)
        right = errors <= 8
        vector, t = cv2.solvePnPRefineLM(
            points[right], places[right], k, None, vector, t, (cv2.TERM_CRITERIA_EPS, 200, 1e-12))
    return cv2.Rodrigues(vector)[0], t[:, 0], right


def perspnet(artefacts, folder, truth):
    """All pixels of the mask are chosen, so nothing is left to chance but RANSAC's draws."""
    network = SmallPerspNet(21, count=1024)
    found = network.predictions(artefacts, folder, truth, "small-perspnet")
    worst = dict(vertices=0.0, angle=0.0, place=0.0, landmarks=0.0, opencv=0.0)
    for record, annotated in zip(found, read_json_lines(truth), strict=True):
        face = record["faces"][0]
        edges, planes, back = network.crop(folder, annotated)
        expect(tuple(array(face, "region_xyxy")) == edges, f"the square {edges}", array(face, "region_xyxy"))
        vertices, points, places = network.correspondences(planes, back)
        worst["vertices"] = max(worst["vertices"], np.abs(array(face, "verts") - vertices).max())
        k = intrinsics(record)
        # Ours is a local minimum of the cost, and no worse than what OpenCV's own search leads to.
        ours, t = matrix_of(face["pose"]) @ FLIP, np.array(face["pose"]["translation"])
        rotation, translation, right = fitted(points, places, k, ours, t)
        worst["angle"] = max(worst["angle"], angle(ours, rotation))
        worst["place"] = max(worst["place"], np.linalg.norm(t - translation))
        inliers = array(face, "inliers")
        expect(inliers[1] == len(points), f"{len(points)} points", inliers[1])
        expect(abs(inliers[0] - right.sum()) <= 3, f"{right.sum()} right ones", inliers[0])
        _, vector, shift, _ = cv2.solvePnPRansac(points, places, k, None)
        worst["opencv"] = max(worst["opencv"], angle(ours, cv2.Rodrigues(vector)[0]))
        theirs = cost(points, places, k, *fitted(points, places, k, cv2.Rodrigues(vector)[0], shift[:, 0])[:2])
        expect(cost(points, places, k, ours, t) <= 1.002 * theirs, f"a cost of at most {theirs}",
               cost(points, places, k, ours, t))
        expected = project(vertices[network.landmarks], ours, t, k)
        points_found = np.array(face["landmarks"]["points"], dtype=float)[:, :2]
        worst["landmarks"] = max(worst["landmarks"], np.abs(points_found - expected).max())
    for name, most in dict(vertices=5e-5, angle=0.05, place=2e-4, landmarks=0.1, opencv=3).items():
        expect(worst[name] <= most, f"{name} within {most}", worst[name])
    return (f"{len(found)} faces; vertices within {worst['vertices'] * 1e6:.1f} um, from OpenCV's least squares "
            f"{worst['angle']:.1e} degrees and {worst['place'] * 1e6:.1f} um, from its RANSAC {worst['opencv']:.2f} "
            f"degrees, landmarks {worst['landmarks']:.3f} px")


def cost(points, places, k, rotation, translation):
    errors = ((project(points, rotation, translation, k) - places) ** 2).sum(1)
    return np.minimum(errors, 64).sum()


def chosen(artefacts, folder, truth):
    """Fewer pixels than the mask has: which, is a matter of chance, and the pose hardly depends on it."""
    some = SmallPerspNet(21, count=256).predictions(artefacts, folder, truth, "small-perspnet-256")
    every = SmallPerspNet(21, count=1024).predictions(artefacts, folder, truth, "small-perspnet-1024")
    angles = []
    for few, many in zip(some, every, strict=True):
        few, many = few["faces"][0], many["faces"][0]
        expect(array(few, "inliers")[1] == 256, "256 points", array(few, "inliers")[1])
        expect(np.array_equal(array(few, "verts"), array(many, "verts")), "the same vertices", "others")
        angles.append(angle(matrix_of(few["pose"]), matrix_of(many["pose"])))
    expect(max(angles) < 3 and max(angles) > 0, "poses within 3 degrees, not the same", max(angles))
    return f"{len(some)} faces; 256 of some 650 pixels turn the pose by {np.mean(angles):.2f} degrees on average"


class SmallTRG(SmallNetwork):
    """Sums of the means of 16 squares and of all numbers of camera and box."""

    def __init__(self, seed):
        random = np.random.default_rng(seed)
        self.of_image = random.uniform(-0.02, 0.02, (48, 9)).astype("<f4")
        self.of_camera = random.uniform(-1e-4, 1e-4, (12, 9)).astype("<f4")
        self.of_box = random.uniform(-1e-4, 1e-4, (7, 9)).astype("<f4")
        self.frontal = np.float32([[1, 0, 0, 1, 0, 0, 1.09, -0.005, -0.171]])
        self.mesh = random.uniform(-0.1, 0.1, (1, VERTICES, 3)).astype("<f4")
        self.points = random.uniform(-0.9, 0.9, (1, 68, 2)).astype("<f4")

    def model(self):
        square = {"kernel_shape": [16, 16], "strides": [16, 16]}
        nodes = [
            onnx_bytes.node("AveragePool", ["image"], ["squares"], **square),
            onnx_bytes.node("Flatten", ["squares"], ["row"]), onnx_bytes.node("MatMul", ["row", "of_image"], ["a"]),
            onnx_bytes.node("Flatten", ["k"], ["numbers"]), onnx_bytes.node("MatMul", ["numbers", "of_camera"], ["b"]),
            onnx_bytes.node("MatMul", ["box", "of_box"], ["c"]), onnx_bytes.node("Add", ["a", "b"], ["ab"]),
            onnx_bytes.node("Add", ["ab", "c"], ["abc"]), onnx_bytes.node("Add", ["abc", "frontal"], ["pose"]),
            onnx_bytes.node("Add", ["mesh", "zero"], ["vertices"]),
            onnx_bytes.node("Add", ["points", "zero"], ["landmarks"]),
        ]
        return onnx_bytes.model(
            "small", nodes, constants(of_image=self.of_image, of_camera=self.of_camera, of_box=self.of_box,
                                      frontal=self.frontal, mesh=self.mesh, points=self.points, zero=np.zeros(1)),
            [onnx_bytes.value("image", (1, 3, self.SIDE, self.SIDE)), onnx_bytes.value("k", (1, 4, 3)),
             onnx_bytes.value("box", (1, 7))],
            [onnx_bytes.value("pose", (1, 9)), onnx_bytes.value("vertices", (1, VERTICES, 3)),
             onnx_bytes.value("landmarks", (1, 68, 2))], "sixdof")

    def manifest(self, folder):
        return {"adapter": "trg", "inputs": {"image": "image", "camera": "k", "box": "box"},
                "outputs": {"pose": "pose", "vertices": "vertices", "landmarks": "landmarks"}}

    def pose(self, planes, k_crop, bbox_info):
        step = self.SIDE // 4
        squares = planes.reshape(3, 4, step, 4, step).mean(axis=(2, 4)).reshape(48)
        return (squares @ self.of_image + k_crop.reshape(12) @ self.of_camera + bbox_info @ self.of_box
                + self.frontal[0])


def trg(artefacts, folder, truth):
    network = SmallTRG(22)
    found = network.predictions(artefacts, folder, truth, "small-trg")
    worst = dict(numbers=0.0, angle=0.0, place=0.0, landmarks=0.0)
    for record, annotated in zip(found, read_json_lines(truth), strict=True):
        face = record["faces"][0]
        (left, top, right, bottom), planes, _ = network.crop(folder, annotated)
        width, height = record["image"]["width"], record["image"]["height"]
        k, b = intrinsics(record), right - left
        crop = k.copy()
        crop[0, 2] -= left
        crop[1, 2] -= top
        crop[:2] *= network.SIDE / b
        info = np.array([left, top, right, bottom, k[0, 0], height, width])
        expected = network.pose(planes, np.vstack([crop.T, np.zeros(3)]), info)
        said = array(face, "pose")
        worst["numbers"] = max(worst["numbers"], np.abs(said - expected).max())
        a, c = said[:6].reshape(3, 2).T
        x = a / np.linalg.norm(a)
        y = c - (x @ c) * x
        y /= np.linalg.norm(y)
        worst["angle"] = max(worst["angle"], angle(matrix_of(face["pose"]), np.stack([x, y, np.cross(x, y)], 1)))
        s, tx, ty = said[6:]
        centre, size = np.array([left + right, top + bottom]) / 2, 0.2
        t = [tx * size / 2 * s + size * s * (centre[0] - width / 2) / b,
             ty * size / 2 * s + size * s * (centre[1] - height / 2) / b, size * s * k[0, 0] / b]
        worst["place"] = max(worst["place"], np.abs(np.subtract(face["pose"]["translation"], t)).max())
        expect(np.array_equal(array(face, "verts"), network.mesh[0] @ np.float32(FLIP)), "the network's vertices",
               "others")
        points = np.array(face["landmarks"]["points"], dtype=float)[:, :2]
        expected = [left, top] + (network.points[0].astype(float) + 1) / 2 * b
        worst["landmarks"] = max(worst["landmarks"], np.abs(points - expected).max())
    for name, most in dict(numbers=1e-4, angle=1e-6, place=1e-9, landmarks=0.0051).items():
        expect(worst[name] <= most, f"{name} within {most}", worst[name])
    return (f"{len(found)} faces; numbers within {worst['numbers']:.1e}, rotations {worst['angle']:.1e} degrees, "
            f"translations {worst['place']:.1e} m, landmarks {worst['landmarks']:.4f} px")


def evaluated(artefacts, folder, truth):
    """Geodesic error and reconstruction of both by the papers' formulas, through `evaluate`."""
    said = []
    for adapter, network in (("perspnet", SmallPerspNet(21, count=1024)), ("trg", SmallTRG(22))):
        found = network.predictions(artefacts, folder, truth, f"small-{adapter}-evaluated")
        report = json.loads(artefacts.tool.output(
            "evaluate", folder / f"small-{adapter}-evaluated.jsonl", "--truth", truth, "--protocol", adapter,
            "--format", "json"))
        metrics = {metric["name"]: metric for metric in report["groups"][0]["metrics"]}
        distances, adds = [], []
        for record, annotated in zip(found, read_json_lines(truth), strict=True):
            face, true = record["faces"][0], annotated["faces"][0]
            vertices = array(true, "verts").astype(float)
            distances.append(np.linalg.norm(array(face, "verts") - vertices, axis=1).mean() * 1000)
            moved = [vertices @ FLIP @ matrix_of(f["pose"]).T + f["pose"]["translation"] for f in (face, true)]
            adds.append(np.linalg.norm(moved[0] - moved[1], axis=1).mean() * 1000)
        for name, expected in (("reconstruction_mean", np.mean(distances)), ("add", np.mean(adds))):
            value = metrics[name]["correct"]
            value = value["value"] if isinstance(value, dict) else value
            expect(abs(value - expected) <= 1e-6 * expected, f"{adapter} {name} of {expected}", value)
        said.append(f"{adapter} ADD {np.mean(adds):.1f} mm")
    return ", ".join(said)
