"""`infer` with RFB-320, img2pose and Dense-Head-Pose-Estimation against numpy and OpenCV, on small networks.

What comes before and after each network is rendered from the published projects' own code, of which nothing is
called here; the networks are a few lines of numpy.
"""

import cv2
import numpy as np
from scipy.spatial.transform import Rotation

from .camera import METRES_PER_UNIT, image_camera, projection
from .check_schema import all_valid, read_schema
from .img2pose_converter import global_pose, markley
from .inference_runs import Inference, overlap
from .reference_points import reference_models
from .report import expect
from .small_networks import BATCHED, Output, SmallNetwork

#: The scores of the small networks are all over their range.
THRESHOLD = 0.6


def checks(artefacts):
    yield "adapters rfb_320", lambda: rfb(artefacts)
    yield "adapters img2pose", lambda: img2pose(artefacts)
    for kind in ("onnx", "tflite"):
        yield f"adapters dense_head_pose {kind}", lambda kind=kind: dense_head_pose(artefacts, kind)
    yield "adapters tflite broken", lambda: broken(artefacts)


class Runs:
    """Records of the real photos that are read at full size and upright, with their pixels."""

    def __init__(self, artefacts, name, *options):
        self.artefacts, self.inference = artefacts, Inference(artefacts, name)
        self.options = options

    def __iter__(self):
        schema = read_schema(self.artefacts.root)
        for name in Inference.SETS:
            records = self.inference.records(name, *self.options)
            all_valid(schema, records)
            for record in records:
                size = record["image"]["width"], record["image"]["height"]
                if max(size) < 2560 and "orientation" not in record["image"]:
                    yield record, self.inference.image(name, record)


def nms(boxes, scores, is_too_much):
    """Places of those that stay, by descending score."""
    kept = []
    for i in np.argsort(-np.asarray(scores), kind="stable"):
        if not any(is_too_much(overlap(boxes[k], boxes[i])) for k in kept):
            kept.append(i)
    return kept


class Gaps:
    """The largest difference of each kind; a face that only one side has fails at once."""

    def __init__(self):
        self.count, self.worst = 0, {}

    def faces(self, record, expected):
        found = record["faces"]
        expect(len(found) == len(expected), f"{len(expected)} faces in {record['id']}", len(found))
        self.count += len(found)
        return zip(found, expected, strict=True)

    def add(self, kind, found, expected):
        gap = np.abs(np.subtract(found, expected)).max()
        self.worst[kind] = max(self.worst.get(kind, 0.0), float(gap))

    def described(self, fewest, **limits):
        expect(self.count >= fewest, f"{fewest} faces or more", self.count)
        for kind, limit in limits.items():
            expect(self.worst[kind] <= limit, f"{kind} within {limit}", self.worst[kind])
        return f"{self.count} faces; " + ", ".join(f"{kind} within {gap:.1e}" for kind, gap in self.worst.items())


# RFB-320: generate_priors and convert_locations_to_boxes, hard_nms.

STRIDES, SIZES, VARIANCES, OVERLAP = [16, 32], [[20, 30], [48]], [0.1, 0.2], 0.3


def priors(width, height):
    rows = []
    for stride, sizes in zip(STRIDES, SIZES, strict=True):
        columns, lines = -(-width // stride), -(-height // stride)
        for y in range(lines):
            for x in range(columns):
                rows += [[(x + 0.5) / columns, (y + 0.5) / lines, size / width, size / height] for size in sizes]
    return np.clip(rows, 0, 1)


def rfb(artefacts):
    random, size = np.random.default_rng(21), (128, 96)
    table = priors(*size)
    count = len(table)
    network = SmallNetwork(
        "rfb-320", {"size": size, "channels": "rgb", "mean": 3 * [127], "scale": 3 * [1 / 128]}, [
            Output(random, "scores", (count, 2), 36, 2, random.uniform(-2, 2, 2 * count), (("Sigmoid", {}), BATCHED)),
            Output(random, "locations", (count, 4), 36, 1, random.uniform(-2, 2, 4 * count), (BATCHED,)),
        ], {"overlap": OVERLAP, "strides": STRIDES, "min_boxes": SIZES, "variances": VARIANCES}, 32)
    manifest = network.write(artefacts.work / "adapters-rfb")
    gaps = Gaps()
    for record, image in Runs(artefacts, "rfb", "--detector", manifest, "--threshold", THRESHOLD):
        means = network.means(cv2.resize(image, size))
        scores = 1 / (1 + np.exp(-network.outputs[0].sums(means)[:, 1]))
        said = network.outputs[1].sums(means)
        centres = said[:, :2] * VARIANCES[0] * table[:, 2:] + table[:, :2]
        halves = np.exp(said[:, 2:] * VARIANCES[1]) * table[:, 2:] / 2
        boxes = np.clip(np.hstack([centres - halves, centres + halves]), 0, 1) * np.tile(image.shape[1::-1], 2)
        # Of some nothing is left inside the image.
        chosen = (scores > THRESHOLD) & (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
        boxes, scores = boxes[chosen], scores[chosen]
        kept = nms(boxes, scores, lambda share: share >= OVERLAP)
        for face, i in gaps.faces(record, kept):
            gaps.add("boxes", face["bbox_xyxy"], boxes[i])
            gaps.add("scores", face["attributes"]["score"], scores[i])
    return gaps.described(100, boxes=0.02, scores=2e-4)


# img2pose: GeneralizedRCNNTransform, postprocess_detections, transform_pose_global_project_bbox.

MEAN, STDDEV = [-0.02, 0.05, 0.01, 0.02, 0.1, 2.2], [0.3, 0.6, 0.5, 0.05, 0.06, 0.3]
LONGEST, SHORTEST = 420, 260


def img2pose(artefacts):
    random, count = np.random.default_rng(22), 30
    corners = random.uniform([-20, -20], [350, 230], (count, 2))
    boxes = np.hstack([corners, corners + random.uniform(20, 90, (count, 2))])
    imagenet = {"mean": [123.675, 116.28, 103.53], "scale": [1 / 58.395, 1 / 57.12, 1 / 57.375]}
    network = SmallNetwork("img2pose", {"size": [LONGEST, SHORTEST], "channels": "rgb", **imagenet}, [
        Output(random, "proposals", (count, 4), 3, 2, boxes, (("Flatten", {}),)),
        Output(random, "scores", (count, 1), 3, 0.05, random.uniform(0.3, 1, count), (("Squeeze", {}),)),
        Output(random, "dofs", (count, 6), 3, 0.5, random.uniform(-1, 1, 6 * count), (("Flatten", {}),)),
    ], {"mean": MEAN, "stddev": STDDEV}, None)
    manifest = network.write(artefacts.work / "adapters-img2pose")
    points = reference_models(artefacts)[68].astype(float)
    gaps = Gaps()
    for record, image in Runs(artefacts, "img2pose", "--model", manifest, "--threshold", THRESHOLD):
        full = np.array(image.shape[1::-1])
        scale = float(min(np.float32(SHORTEST) / np.float32(full.min()), np.float32(LONGEST) / np.float32(full.max())))
        size = np.floor(full * scale).astype(int)
        means = network.means(cv2.resize(image, tuple(int(side) for side in size)))
        proposals, scores, dofs = (output.sums(means) for output in network.outputs)
        faces = img2pose_faces(proposals, scores[:, 0], dofs, size, points)
        camera = record["camera"]
        expect([camera["fx"], camera["cx"], camera["cy"]] == [full.sum(), *(full // 2)],
               "img2pose's camera", camera)
        kept = nms([face["box"] for face in faces], [face["score"] for face in faces], lambda share: share > 0.5)
        for face, i in gaps.faces(record, kept):
            expected, said = faces[i], face["native"]["img2pose"]
            expect(said["image_size"] == size.tolist(), size, said["image_size"])
            gaps.add("proposals", said["proposal_xyxy"], expected["proposal"])
            gaps.add("local poses", said["local_pose"], expected["local"])
            gaps.add("boxes", face["bbox_xyxy"], expected["box"] * np.tile(full / size, 2))
            pose = face["pose"]
            turn = Rotation.from_rotvec(pose["rotation_vector"]) * Rotation.from_rotvec(expected["pose"][:3]).inv()
            gaps.add("degrees", np.degrees(turn.magnitude()), 0)
            gaps.add("translations", np.divide(pose["translation"], METRES_PER_UNIT) / expected["pose"][5],
                     expected["pose"][3:] / expected["pose"][5])
    # A box is of whole numbers, and one of them may be truncated the other way by the last bit.
    return gaps.described(
        100, **{"proposals": 1e-2, "local poses": 1e-4, "boxes": 0.02, "degrees": 1e-2, "translations": 1e-4})


def img2pose_faces(proposals, scores, dofs, size, points):
    width, height = (int(side) for side in size)
    # Of whole numbers in its code, so that a crop's centre is truncated when it is put in.
    camera, faces = image_camera(width, height).astype(int), []
    for proposal, score, dof in zip(proposals, scores, dofs, strict=True):
        box = np.clip(proposal, 0, [width, height, width, height])
        if score <= THRESHOLD or (box[2:] - box[:2]).min() < 1e-2:
            continue
        local = dof * STDDEV + MEAN
        pose = global_pose(local, box, camera, markley)
        drawn = img2pose_box(projection(pose, points, camera), pose[2], width, height)
        if drawn[0] < drawn[2] and drawn[1] < drawn[3]:
            faces.append({"box": drawn, "score": score, "pose": pose, "proposal": box, "local": local})
    return faces


def img2pose_box(points, roll, width, height):
    """expand_bbox_rectangle with its default factors of 1.1 and 0.3."""
    low, high = points.min(axis=0), points.max(axis=0)
    half = (np.trunc((high - low) * 1.1)) / 2
    left, top = (low + high) / 2 - half
    right, bottom = (low + high) / 2 + half
    across, up = 0.3 * (high - low)
    if abs(roll) > 2.5:
        bottom += up
    elif roll > 1:
        right += across
    elif roll < -1:
        left -= across
    else:
        top -= up
    return np.array([max(int(left), 0), max(int(top), 0), min(int(right), width), min(int(bottom), height)], float)


# Dense-Head-Pose-Estimation: _preprocessing, _decode_landmarks, draw_projection.

SIDE = 120


def dense_network(points, kind):
    random = np.random.default_rng(23)
    layout = {"layout": "nhwc"} if kind == "tflite" else {}
    places = 60 + 50 * points[:, :2]
    return SmallNetwork("dense-head-pose", {"size": [SIDE, SIDE], "channels": "rgb", "range": [-1, 1], **layout}, [
        Output(random, "camera", (3, 4), 27, 0.1, np.eye(3, 4), (BATCHED,)),
        Output(random, "landmarks", (68, 2), 27, 1, places, (BATCHED,)),
    ], {}, 40)


def dense_head_pose(artefacts, kind):
    points = reference_models(artefacts)[68].astype(float)
    network = dense_network(points, kind)
    manifest = network.write(artefacts.work / "adapters-dense", kind)
    gaps = Gaps()
    for record, image in Runs(artefacts, f"dense-{kind}", "--model", manifest):
        for face in record["faces"]:
            said = face["native"]["dense_head_pose"]
            box = np.array(face["bbox_xyxy"])
            side = max(box[2:] - box[:2]) * 2.7 / 2
            corner = (box[:2] + box[2:]) / 2 - side / 2
            # The box is stored to 0.01 px.
            gaps.add("regions", said["region_xyxy"], [*corner, *(corner + side)])
            left, top, right, _ = said["region_xyxy"]
            scale = SIDE / (right - left)
            matrix = np.array([[scale, 0, -left * scale], [0, scale, -top * scale]])
            crop = cv2.warpAffine(image, matrix, (SIDE, SIDE))
            means = network.means(crop)
            camera, places = (output.sums(means) for output in network.outputs)
            gaps.add("cameras", said["camera"], camera[:, :3])
            landmarks = np.array([[p[0], p[1]] for p in face["landmarks"]["points"]])
            gaps.add("landmarks", landmarks, places / scale + [left, top])
            gaps.count += 1
            pose_gaps(gaps, face["pose"], record["camera"], np.array(said["camera"]), landmarks, points)
    return gaps.described(20, **{"regions": 0.02, "cameras": 1e-3, "landmarks": 0.02, "degrees": 1e-6, "pixels": 0.01})


def pose_gaps(gaps, pose, camera, matrix, landmarks, points):
    """Rows of points times the matrix's nearest rotation, y up; and the place and scale that fit best."""
    u, _, v = np.linalg.svd(matrix / np.linalg.norm(matrix, axis=0))
    flip = np.diag([1, -1, -1])
    expected = flip @ (u @ v).T @ flip
    turn = Rotation.from_rotvec(pose["rotation_vector"]) * Rotation.from_matrix(expected).inv()
    gaps.add("degrees", np.degrees(turn.magnitude()), 0)
    shown = (points @ expected.T)[:, :2]
    rows = np.zeros((136, 3))
    rows[:, 0], rows[::2, 1], rows[1::2, 2] = shown.ravel(), 1, 1
    scale, x, y = np.linalg.lstsq(rows, landmarks.ravel(), rcond=None)[0]
    tx, ty, tz = pose["translation"]
    gaps.add("pixels", [camera["fx"] * tx / tz + camera["cx"], camera["fy"] * ty / tz + camera["cy"],
                        camera["fx"] * METRES_PER_UNIT / tz], [x, y, scale])


def broken(artefacts):
    points = reference_models(artefacts)[68].astype(float)
    network = dense_network(points, "tflite")
    content = network.tflite()
    inference = Inference(artefacts, "broken")
    inference.folder
    said = {}
    for name, other in {"cut": content[:len(content) // 2], "text": b"not a network", "empty": b"",
                        "onnx": dense_network(points, "onnx").onnx()}.items():
        manifest = network.write(artefacts.work / f"adapters-{name}", "tflite", other)
        lines = artefacts.tool.refusal("infer", inference.images("aflw2000"), "--model", manifest, "--output",
                                       artefacts.work / f"broken-{name}.jsonl", "--progress", "none")
        expect(len(lines) == 1 and lines[0].startswith("error: small.tflite: "),
               "one line that names the file", lines)
        said[name] = lines[0]
    return f"{len(said)} files refused in a line each"
