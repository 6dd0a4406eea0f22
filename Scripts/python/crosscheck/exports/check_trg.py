"""TRG's dataset root: what its loaders compute of our files, in a closed form of our own, against the records."""

import csv
import hashlib
import json
import os
import pickle
from functools import cache

import cv2
import numpy as np
import scipy.io
from scipy.spatial.transform import Rotation

from .report import expect
from .tool import read_json_lines

F = np.diag([1.0, -1.0, -1.0])
SIZE = 192
FOCAL = 1.57443701
FLIP_HASH = "708c1a973636568afce42344977bf6f5a4731546c7ace8a9a63a71bcbf303de2"
BIWI = "BIWI/download_from_official_site/kinect_head_pose_db/hpdb"
MIRROR_PAIRS = [(0, 16), (1, 15), (2, 14), (3, 13), (4, 12), (5, 11), (6, 10), (7, 9), (17, 26), (18, 25),
                (19, 24), (20, 23), (21, 22), (31, 35), (32, 34), (36, 45), (37, 44), (38, 43), (39, 42),
                (40, 47), (41, 46), (48, 54), (49, 53), (50, 52), (60, 64), (61, 63), (67, 65), (59, 55),
                (58, 56)]
# BIWI's head centre in the frame of the mean face, in metres (FORMATS, section 11.9).
ARKIT_IN_BFM, ARKIT_IN_BIWI = np.array([-0.001, -0.016, 0.002]), np.array([0, -0.010, 0.021])


def checks(artefacts):
    made = cache(lambda: Root(artefacts))
    yield "TRG flip_index.npy of our tables", lambda: flip(artefacts, made().folder, made().tables)
    yield "TRG flip_index.npy of the real tables", lambda: real_flip(artefacts)
    yield "TRG ARKitFace samples", lambda: arkitface(made())
    yield "TRG 300W-LP samples", lambda: landmarks(made())
    yield "TRG pickle and BIWI samples", lambda: biwi(made(), artefacts)
    yield "TRG images and lists", lambda: files(made())
    yield "TRG meshes", lambda: meshes(artefacts)


class Root:
    """One root of synthetic sets of the three datasets, and of a fourth that TRG does not know."""

    def __init__(self, artefacts):
        self.tool, work = artefacts.tool, artefacts.work / "trg"
        work.mkdir()
        self.folder, self.tables = work / "dataset", work / "ark-train/tables"
        self.records, self.images, inputs = {}, {}, []
        for name, dataset, options in [
            ("ark-train", "arkitface", ["--count", 30]),
            ("ark-test", "arkitface", ["--count", 10, "--split", "test", "--seed", 2]),
            ("biwi", "biwi", ["--count", 24]), ("lp", "300w-lp", ["--count", 24]),
        ]:
            self.tool.run("synth", dataset, *options, "--output", work / name)
            root = work / name / ("trg" if dataset == "arkitface" else "")
            self.tool.run("convert", dataset, "--input", root, "--output", work / f"{name}.jsonl")
            inputs.append((name, root))
        inputs.append(("own", work / "lp"))
        self.write_own(work)
        for name, root in inputs:
            self.records[name] = read_json_lines(work / f"{name}.jsonl")
            self.images[name] = root
        self.tool.run(
            "export", *(work / f"{name}.jsonl" for name, _ in inputs), "--format", "trg",
            *(word for _, root in inputs for word in ("--images", root)),
            *(word for name, root in inputs if name != "own" for word in ("--source", root)),
            "--mesh-tables", self.tables, "--output", self.folder)

    @staticmethod
    def write_own(work):
        """300W-LP's upright images as those of a dataset of one's own, with nothing of 300W-LP's files."""
        lines = []
        for record in read_json_lines(work / "lp.jsonl"):
            if "_Flip" in record["image"]["path"]:
                continue
            record["id"] = "own/" + record["image"]["path"].removesuffix(".jpg")
            record["source"] = {"dataset": "own", "split": None, "file": "own.txt", "line": None}
            for face in record["faces"]:
                face.pop("native", None)
                face["attributes"] = {}
            lines.append(json.dumps(record) + "\n")
        (work / "own.jsonl").write_text("".join(lines))


def matrix(pose):
    return Rotation.from_rotvec(pose["rotation_vector"]).as_matrix()


def intrinsics(camera):
    """Focal lengths and principal point, in pixels."""
    return np.array([camera["fx"], camera["fy"]]), np.array([camera["cx"], camera["cy"]])


def points(record):
    return np.array([point[:2] for point in record["faces"][0]["landmarks"]["points"]], dtype=float)


def roi(pixels):
    """The box that both loaders cut out, before it is moved inside (TARGETS, section 1.3)."""
    low, high = pixels.min(axis=0), pixels.max(axis=0)
    (x, y), half = (low + high) / 2, 0.75 * (high - low).max()
    return [int(x - half), int(y - half), int(x + half), int(y + half)]


def inside(box, width, height):
    """Section 1.5: moved inside side by side, the last one wins."""
    left, top, right, bottom = box
    if left < 0:
        left, right = 0, right - left
    if right > width - 1:
        left, right = left - right + width - 1, width - 1
    if top < 0:
        top, bottom = 0, bottom - top
    if bottom > height - 1:
        top, bottom = top - bottom + height - 1, height - 1
    return [left, top, right, bottom]


class Largest:
    """The largest differences met, each against its tolerance."""

    def __init__(self, **tolerances):
        self.tolerances, self.found = tolerances, dict.fromkeys(tolerances, 0.0)

    def add(self, name, expected, found):
        expected, found = np.asarray(expected, dtype=float), np.asarray(found, dtype=float)
        expect(expected.shape == found.shape, f"{name} of shape {expected.shape}", found.shape)
        difference = float(np.abs(expected - found).max())
        expect(difference <= self.tolerances[name], f"{name} within {self.tolerances[name]:g}",
               f"{difference:g}")
        self.found[name] = max(self.found[name], difference)

    def text(self):
        return ", ".join(f"{name} {value:.1e}" for name, value in self.found.items())


def flip(artefacts, root, tables):
    flips = np.load(root / "ARKitFace/flip_index.npy")
    expect(flips.dtype == np.int64 and flips.shape == (1220,), "int64 (1220,)", (flips.dtype, flips.shape))
    expect(np.array_equal(flips[flips], np.arange(1220)), "an involution", "another map")
    places = np.load(tables / "uv_coords_std_202109.npy")[:1220].astype(float)
    mirrored = np.column_stack([1 - places[:, 0], places[:, 1]])
    distances = np.linalg.norm(mirrored[:, None] - places[None], axis=-1)
    expect(np.array_equal(flips, distances.argmin(axis=1)), "the nearest mirrored vertices", "others")
    return f"{int(np.sum(flips == np.arange(1220)))} vertices on the middle, {np.sum(flips != np.arange(1220)) // 2} pairs"


def real_flip(artefacts):
    tables = artefacts.real("arkitface_tables")
    work = artefacts.work / "trg-real"
    artefacts.tool.run("synth", "arkitface", "--count", 1, "--mesh-tables", tables, "--output", work / "set")
    artefacts.tool.run("convert", "arkitface", "--input", work / "set/trg", "--output", work / "r.jsonl")
    artefacts.tool.run("export", work / "r.jsonl", "--format", "trg", "--images", work / "set/trg", "--source",
                       work / "set/trg", "--mesh-tables", tables, "--output", work / "dataset")
    said = flip(artefacts, work / "dataset", tables)
    found = hashlib.sha256(np.load(work / "dataset/ARKitFace/flip_index.npy").astype("<i8").tobytes()).hexdigest()
    expect(found == FLIP_HASH, f"SHA-256 {FLIP_HASH}", found)
    return f"{said}, SHA-256 {found[:12]}…"


def arkitface(root):
    """Section 1.3, from the root's files in float32, against the records' pose, camera and points in float64."""
    largest = Largest(R_t=1.4e-7, K=2.4e-5, K_crop=3.5e-5, vtx_img=5e-5, lmk68_full=5e-5, lmk68_crop=1.2e-7,
                      box=1)
    samples = moved = 0
    kpt = np.load(root.tables / "kpt_ind.npy")
    for name, split in (("ark-train", "train"), ("ark-test", "test")):
        base = root.folder / "ARKitFace"
        with open(base / f"ARKitFace_list/list/ARKitFace_{split}.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        expect(len(rows) == len(root.records[name]), len(root.records[name]), len(rows))
        for row, record in zip(rows, root.records[name]):
            tail = f"{row['subject_id']}/{row['facial_action']}/{row['img_id']}"
            arrays = np.load(base / f"ARKitFace_info_{split}/info/{tail}_info.npz")
            expect(arrays["verts"].dtype == arrays["R_t"].dtype == np.float32, "float32", "others")
            height, width = cv2.imread(str(base / f"ARKitFace_image_{split}/image/{tail}_ar.jpg")).shape[:2]
            # The loader's side, in float32 as it stores it.
            r_t = arrays["R_t"].astype(float)
            r, t = F @ r_t[:3, :3].T @ F, F @ r_t[3, :3]
            k = np.array([[FOCAL * width / 2, 0, width / 2], [0, FOCAL * height / 2, height / 2], [0, 0, 1]])
            seen = (arrays["verts"] @ F @ r.T + t) @ k.T
            pixels = (seen[:, :2] / seen[:, 2:]).astype(np.float32)
            # The record's side.
            pose, camera = record["faces"][0]["pose"], record["camera"]
            truth, (focal, middle) = points(record), intrinsics(camera)
            true_r = matrix(pose)
            largest.add("R_t", np.vstack([true_r.T, pose["translation"]]),
                        np.vstack([r.T, t]).astype(np.float32))
            largest.add("K", [focal[0], focal[1], *middle], [k[0, 0], k[1, 1], k[0, 2], k[1, 2]])
            exact = (arrays["verts"].astype(float) @ F @ true_r.T + pose["translation"])
            exact = exact[:, :2] / exact[:, 2:] * focal + middle
            largest.add("vtx_img", exact, pixels)
            largest.add("lmk68_full", truth, pixels[kpt])
            box, true_box = roi(pixels[kpt].astype(float)), roi(truth)
            samples += 1
            if box != true_box:
                moved += 1
                largest.add("box", true_box, box)
                continue
            scale, true_scale = SIZE / (box[2] - box[0]), SIZE / (true_box[2] - true_box[0])
            largest.add(
                "K_crop",
                [focal[0] * true_scale, focal[1] * true_scale, *((np.array(middle) - true_box[:2]) * true_scale)],
                np.float32([k[0, 0] * scale, k[1, 1] * scale, (k[0, 2] - box[0]) * scale,
                            (k[1, 2] - box[1]) * scale]))
            crop, true_crop = ((one - corner) * factor / SIZE * 2 - 1 for one, corner, factor in (
                (seen[kpt, :2] / seen[kpt, 2:], box[:2], scale), (truth, true_box[:2], true_scale)))
            largest.add("lmk68_crop", true_crop, crop)
    expect(moved <= max(1, samples // 1000), "integer boxes equal", f"{moved} of {samples} others")
    return f"{samples} samples, {moved} boxes off by a pixel; largest differences {largest.text()}"


def listed(root):
    """The lines of files.txt with the record of each."""
    lines = (root.folder / "300W_LP/files.txt").read_text().splitlines()
    records = root.records["lp"] + root.records["own"]
    expect(len(lines) == len(records), len(records), len(lines))
    return list(zip(lines, records))


def landmarks(root):
    """Section 1.5 from the root's files, against the records' points in the numbers that the class takes."""
    largest = Largest(points=1e-9, lmk68_crop=1e-12)
    counts = {"300w-lp": 0, "own": 0}
    for line, record in listed(root):
        folder, stem = line.split("/")[-2:]
        base = root.folder / "300W_LP"
        height, width = cv2.imread(f"{base}/{line}.jpg").shape[:2]
        found = scipy.io.loadmat(f"{base}/landmarks/{folder.replace('_Flip', '')}/{stem}_pts.mat")["pts_3d"]
        expect(found.shape == (68, 2) and found.dtype == np.float64, "float64 (68, 2)", found.dtype)
        truth, dataset = points(record), record["source"]["dataset"]
        if "_Flip" in folder:
            found = found.copy()
            found[:, 0] = width - 1 - found[:, 0]
            for one, other in MIRROR_PAIRS:
                found[[one, other]] = found[[other, one]]
        # 300W-LP's numbers count from 1, which the class overlooks; a mirror turns the pixel round.
        if dataset == "300w-lp":
            truth = truth + [-1 if "_Flip" in folder else 1, 1]
        largest.add("points", truth, found)
        crops = []
        for pixels in (truth, found):
            left, top, right, bottom = inside(roi(pixels), width, height)
            crops.append((pixels - [left, top]) * 191 / [right - left, bottom - top] / SIZE * 2 - 1)
        largest.add("lmk68_crop", *crops)
        has_parameters = os.path.exists(f"{base}/{line}.mat")
        expect(has_parameters == (record["faces"][0].get("pose") is not None), ".mat where there is a pose", line)
        counts[dataset] += 1
    expect(all(counts.values()), "images of both datasets", counts)
    return f"{counts['300w-lp']} of 300W-LP, {counts['own']} of another; largest differences {largest.text()}"


def biwi(root, artefacts):
    """Section 1.6: the pickle as Python reads it, and the class's box and pose from it and the text files."""
    base = root.folder / BIWI
    with open(base / "annot_mtcnn_fan.pkl", "rb") as file:
        annotations = pickle.load(file)
    expect(sorted(annotations) == ["img_path", "mesh", "pred_kpt"], "three members", sorted(annotations))
    expect(annotations["img_path"] == [record["image"]["path"].removeprefix("hpdb/")
                                       for record in root.records["biwi"]], "the records' order", "another")
    expect(set(annotations["pred_kpt"]) == set(annotations["img_path"]), "points for each frame", "others")
    mean_face = artefacts.models[68].astype(float) * 0.1 - ARKIT_IN_BFM + ARKIT_IN_BIWI
    largest = Largest(R_t=8e-7, K=0, pred_kpt=1e-6, vertices=5e-5)
    for path, record in zip(annotations["img_path"], root.records["biwi"]):
        numbers = np.array((base / path.replace("rgb.png", "pose.txt")).read_text().split(), dtype=float)
        lines = (base / path).with_name("rgb.cal").read_text().split()
        calibration = np.array(lines[:25], dtype=float)
        k, turn, shift = calibration[:9].reshape(3, 3), calibration[13:22].reshape(3, 3), calibration[22:25]
        r, t = turn @ numbers[:9].reshape(3, 3), (turn @ numbers[9:12] + shift) / 1000
        pose, camera = record["faces"][0]["pose"], record["camera"]
        # Six digits are a rotation to 1e-6 only; the record's is the nearest one.
        u, _, v = np.linalg.svd(r)
        largest.add("R_t", np.vstack([matrix(pose).T, pose["translation"]]), np.vstack([(u @ v).T, t]))
        focal, middle = intrinsics(camera)
        largest.add("K", [*focal, *middle], [k[0, 0], k[1, 1], k[0, 2], k[1, 2]])
        found = annotations["pred_kpt"][path]
        expect(found.flags.writeable and found.shape == (68, 3), "a writable (68, 3)", found.shape)
        seen = mean_face @ matrix(pose).T + pose["translation"]
        pixels = seen[:, :2] / seen[:, 2:] * focal + middle
        largest.add("pred_kpt", pixels, found[:, :2])
        # The loader takes points to the head's frame and back, at any depth.
        height, width = cv2.imread(str(base / path)).shape[:2]
        depth = found[:, 2] * 0.001 + t[2]
        rays = np.column_stack([(found[:, :2] - k[:2, 2]) / [k[0, 0], k[1, 1]] * depth[:, None], depth])
        back = (rays - t) @ np.linalg.inv(r).T @ r.T + t
        back = back[:, :2] / back[:, 2:] * [k[0, 0], k[1, 1]] + k[:2, 2]
        boxes = [inside(roi(one), width, height) for one in (back, pixels)]
        expect(np.abs(np.subtract(*boxes)).max() <= 1, f"box {boxes[1]}", boxes[0])
    for sequence, mesh in annotations["mesh"].items():
        text = (root.images["biwi"] / f"hpdb/{sequence}.obj").read_text().split("\n")
        own = np.array([line.split()[1:] for line in text if line.startswith("v ")], dtype=float)
        faces = np.array([line.split()[1:] for line in text if line.startswith("f ")], dtype=np.int64) - 1
        largest.add("vertices", own, mesh["vertices"])
        expect(np.array_equal(faces, mesh["faces"]), f"the faces of {sequence}.obj", "others")
    said = json.loads((root.folder / "dataset.json").read_text())["parts"]["BIWI"]["points"]
    expect(said == {"annotated": 0, "reprojected": len(annotations["img_path"])}, "all reprojected", said)
    return f"{len(annotations['img_path'])} frames, {len(annotations['mesh'])} meshes; largest differences {largest.text()}"


def files(root):
    """Images are the sources' bytes in files of their own."""
    pairs = []
    for line, record in listed(root):
        pairs.append((root.images["lp"] / record["image"]["path"], root.folder / f"300W_LP/{line}.jpg"))
    for record in root.records["biwi"]:
        path = record["image"]["path"]
        pairs.append((root.images["biwi"] / path, root.folder / BIWI / path.removeprefix("hpdb/")))
    for name in ("ark-train", "ark-test"):
        for record in root.records[name]:
            path = record["image"]["path"]
            pairs.append((root.images[name] / path, root.folder / "ARKitFace" / path))
    for source, copy in pairs:
        expect(source.read_bytes() == copy.read_bytes(), f"the bytes of {source.name}", "others")
        expect(os.stat(copy).st_nlink == 1, "no hard link", copy.name)
    return f"{len(pairs)} images byte for byte"


def meshes(artefacts):
    """Section 6.4 with OpenCV's rasteriser in place of PerspNet's, and the authors' tables where they are at hand."""
    tables = artefacts.real("arkitface_tables")
    folder = artefacts.work / "trg-mesh"
    artefacts.tool.run("synth", "arkitface", "--count", 12, "--mesh-tables", tables, "--output", folder)
    triangles = np.load(tables / "triangles.npy").astype(int)
    kpt = np.load(tables / "kpt_ind.npy")
    largest, share, masks = 0.0, 1.0, []
    for path in sorted(folder.glob("perspnet/info/*/*/*.npz")):
        vertices = np.load(path)["verts"].astype(float)
        largest = max(largest, np.abs(vertices).max())
        a, b, c = (vertices[triangles[:, i]] for i in range(3))
        share = min(share, float(np.mean(np.cross(b - a, c - a)[:, 2] > 0)))
        masks.append(mask(vertices, np.load(path)["R_t"].astype(float), triangles, kpt))
    expect(largest < 0.111, "coordinates under 0.111 m", largest)
    expect(share >= 0.95, "95 % of the triangles toward the viewer", share)
    expect(0.35 <= np.mean(masks) <= 0.5, "a mean mask of 0.35 to 0.50 of the crop", np.mean(masks))
    return (f"coordinates to {largest:.4f} m, {100 * share:.1f} % of {len(triangles)} triangles face the viewer, "
            f"masks {min(masks):.3f} to {max(masks):.3f} of the crop, mean {np.mean(masks):.3f}")


def mask(vertices, r_t, triangles, kpt):
    """The share of a sample's crop that the projected mesh covers, eyes and mouth left open as the mesh has them."""
    seen = vertices @ r_t[:3, :3] + r_t[3, :3]
    pixels = seen[:, :2] / -seen[:, 2:] * [FOCAL * 400, -FOCAL * 400] + 400
    left, top, right, bottom = roi(pixels[kpt])
    covered = np.zeros((bottom - top + 1, right - left + 1), np.uint8)
    for corners in triangles:
        cv2.fillConvexPoly(covered, np.round((pixels[corners] - [left, top]) * 16).astype(np.int32), 1, shift=4)
    return float(covered.mean())
