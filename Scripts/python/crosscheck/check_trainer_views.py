"""`inspect --as`: samples as the training systems' loaders give them, against closed forms of our own and Pillow (TARGETS 1, 2, 4;
FORMATS 8)."""

import json
import pickle
from functools import cache

import cv2
import lmdb
import msgpack
import numpy as np
import scipy.io

from .angle_loaders import biwi_angles, classes, mat_angles, widened
from .check_perspnet import POINTS, SIZE, Loader, Set
from .check_trg import BIWI, FOCAL, MIRROR_PAIRS, F, inside, roi
from .ddfa_sets import warped
from .image_size import image_size
from .img2pose_layout import read_samples
from .img2pose_loader import has_area, trained_faces
from .report import Unavailable, expect, expect_same

COUNT = 6


def checks(artefacts):
    sets = Sets(artefacts)
    faces = cache(lambda: Set(artefacts, "views-perspnet", None))
    yield "inspect --as trg, ARKitFace", lambda: trg_arkitface(sets)
    yield "inspect --as trg, 300W-LP", lambda: trg_landmarks(sets)
    yield "inspect --as trg, BIWI", lambda: trg_biwi(sets)
    yield "inspect --as perspnet", lambda: perspnet(sets, faces())
    yield "inspect --as img2pose", lambda: img2pose(sets)
    yield "inspect --as hopenet", lambda: hopenet(sets)
    yield "inspect --as of what loaders leave out", lambda: left_out(sets)


class Sets:
    """Synthetic sets with their records, made once each."""

    def __init__(self, artefacts):
        self.artefacts, self.tool, self.work = artefacts, artefacts.tool, artefacts.work / "views"
        self.work.mkdir(exist_ok=True)

    @cache
    def made(self, name):
        folder = self.work / name
        self.tool.run("synth", name, "--count", COUNT, "--seed", 3, "--output", folder)
        root = next(folder / part for part in ("perspnet", "300W_LP", "hpdb", "AFLW2000", ".") if (folder / part).is_dir())
        records = folder / "records.jsonl"
        self.tool.run("convert", name, "--input", root, "--images", root, "--output", records)
        return root, records, len(records.read_text().splitlines())

    def view(self, system, records, index, *options):
        """What is printed, and the pixels of the picture without overlays; none where the sample is left out."""
        picture = self.work / "view.png"
        picture.unlink(missing_ok=True)
        printed = json.loads(self.tool.output(
            "inspect", records, "--index", index, "--as", system, "--overlay", picture, "--draw", "none", *options))
        expect_same("system", system, printed["as"])
        expect(picture.exists() == ("left_out" not in printed), "a picture or a reason", sorted(printed))
        if "left_out" in printed:
            return printed, None
        width, height = (int(number) for number in printed["picture"].split(" x "))
        pixels = cv2.imread(str(picture))[:, :, ::-1]
        scale = pixels.shape[0] // height
        expect_same("size of the picture", (scale * height, scale * width), pixels.shape[:2])
        first = pixels[::scale, ::scale]
        expect(np.array_equal(first.repeat(scale, 0).repeat(scale, 1), pixels), "pixels as squares", "others")
        return printed, first


def within(name, expected, found, tolerance):
    difference = float(np.abs(np.asarray(expected, float) - np.asarray(found, float)).max())
    expect(difference <= tolerance, f"{name} within {tolerance:g}", difference)
    return difference


def crop(path, box, found):
    """The crop of the loaders' affine, by an exact bilinear warp."""
    left, top, right, bottom = box
    affine = cv2.getAffineTransform(
        np.float32([[left, top], [left, bottom], [right, top]]), np.float32([[0, 0], [0, SIZE - 1], [SIZE - 1, 0]]))
    image = cv2.imread(str(path))[:, :, ::-1]
    within("the crop's pixels", warped(image, affine, SIZE), found, 1)
    # OpenCV 4 takes places to 1/32 of a pixel, which shows at hard edges alone.
    opencv = cv2.warpAffine(np.ascontiguousarray(image), affine, (SIZE, SIZE)).astype(int)
    others = np.abs(opencv - found)
    expect(others.mean() <= 0.1 and np.mean(others > 2) <= 1e-3, "OpenCV's pixels", (others.mean(), np.mean(others > 2), others.max()))


def trg_arkitface(sets):
    root, records, count = sets.made("arkitface")
    kpt = np.load(root.parent / "tables/kpt_ind.npy")
    worst = 0.0
    for index in range(count):
        printed, pixels = sets.view("trg", records, index, "--images", root, "--source", root)
        path = image_path(root, records, index)
        info = np.load(root / "info" / path.relative_to(root / "image").with_name(path.name.replace("_ar.jpg", "_info.npz")))
        matrix = info["R_t"].astype(float)
        r, t = F @ matrix[:3, :3].T @ F, F @ matrix[3, :3]
        height, width = cv2.imread(str(path)).shape[:2]
        f = FOCAL * width / 2
        seen = info["verts"].astype(float) @ F @ r.T + t
        points = (seen[:, :2] / seen[:, 2:] * f + [width / 2, height / 2])[kpt]
        box = roi(points)
        scale = SIZE / (box[2] - box[0])
        expect_same("bbox_info", box, printed["bbox_info"][:4])
        within("f, h, w", [f, height, width], printed["bbox_info"][4:], 2.4e-5)
        within("K_crop", [[f * scale, 0, 0], [0, f * scale, 0],
                          [(width / 2 - box[0]) * scale, (height / 2 - box[1]) * scale, 1], [0, 0, 0]],
               printed["K_crop"], 3.5e-5)
        within("R_t", np.vstack([np.column_stack([r.T, np.zeros(3)]), [*t, 1]]), printed["R_t"], 1.4e-7)
        within("lmk68_full", points, printed["lmk68_full"], 1.8e-5)
        place = (points - box[:2]) * scale / SIZE * 2 - 1
        worst = max(worst, within("lmk68_crop", np.column_stack([place, np.ones(68)]), printed["lmk68_crop"], 1.2e-7))
        expect_same("flags", (1, 1), (printed["has_rot"], printed["has_3d_vtx"]))
        crop(path, box, pixels)
    return f"{count} crops, points within {worst:.1e}"


def trg_landmarks(sets):
    root, records, count = sets.made("300w-lp")
    flips = 0
    for index in range(count):
        printed, pixels = sets.view("trg", records, index, "--images", root)
        path = image_path(root, records, index)
        height, width = cv2.imread(str(path)).shape[:2]
        folder = path.parent.name
        points = scipy.io.loadmat(
            root / "landmarks" / folder.replace("_Flip", "") / f"{path.stem}_pts.mat")["pts_3d"]
        if "_Flip" in folder:
            points[:, 0] = width - 1 - points[:, 0]
            for one, other in MIRROR_PAIRS:
                points[[one, other]] = points[[other, one]]
            flips += 1
        box = inside(roi(points), width, height)
        expect_same("bbox_info", [*box, 5000, height, width], printed["bbox_info"])
        left, top, right, bottom = box
        place = (points - [left, top]) * (SIZE - 1) / [right - left, bottom - top]
        sure = ((place >= 0) & (place < SIZE)).all(axis=1)
        within("lmk68_crop", np.column_stack([place / SIZE * 2 - 1, sure]), printed["lmk68_crop"], 1e-9)
        within("R_t", np.eye(4), printed["R_t"], 0)
        expect_same("flags", (0, 0), (printed["has_rot"], printed["has_3d_vtx"]))
        crop(path, box, pixels)
    expect(0 < flips < count, "mirrored images and others", flips)
    return f"{count} crops, {flips} of them mirrored"


def trg_biwi(sets):
    root, records, count = sets.made("biwi")
    sets.tool.run("export", records, "--format", "trg", "--images", root, "--source", root, "--allow-lossy",
                  "--output", sets.work / "biwi-trg")
    with open(sets.work / "biwi-trg" / BIWI / "annot_mtcnn_fan.pkl", "rb") as file:
        annotations = pickle.load(file)
    for index, name in enumerate(annotations["img_path"]):
        printed, pixels = sets.view("trg", records, index, "--images", root)
        path = root / name
        height, width = cv2.imread(str(path)).shape[:2]
        box = inside(roi(annotations["pred_kpt"][name][:, :2]), width, height)
        calibration = np.array(path.with_name("rgb.cal").read_text().split()[:25], dtype=float)
        numbers = np.array(path.with_name(path.name.replace("rgb.png", "pose.txt")).read_text().split(), dtype=float)
        turn = calibration[13:22].reshape(3, 3)
        r, t = turn @ numbers[:9].reshape(3, 3), (turn @ numbers[9:12] + calibration[22:25]) / 1000
        expect_same("bbox_info", [*box, calibration[0], height, width], printed["bbox_info"])
        within("R_t", np.vstack([np.column_stack([r.T, np.zeros(3)]), [*t, 1]]), printed["R_t"], 2e-6)
        crop(path, box, pixels)
    return f"{count} crops"


def image_path(root, records, index):
    record = json.loads(records.read_text().splitlines()[index])
    return root / record["image"]["path"]


def perspnet(sets, faces):
    """An LMDB and records give the same; that is the drop-in dataset's, but for the draw of pixels."""
    worst, drawn = 0.0, 0
    dataset = faces.dataset()
    sets.tool.run("convert", "arkitface", "--input", faces.root, "--images", faces.root, "--output", sets.work / "faces.jsonl")
    options = ["--mesh-tables", faces.tables]
    for index, content in enumerate(faces.contents):
        printed, pixels = sets.view("perspnet", faces.work / "train.lmdb", index, *options)
        again, same = sets.view(
            "perspnet", sets.work / "faces.jsonl", index, "--images", faces.root, "--source", faces.root, *options)
        expect_same("from records", printed, again)
        expect(np.array_equal(pixels, same), "the same picture from records", "another")
        path, info = faces.files(content)
        loader = Loader(faces, info["verts"], info["R_t"])
        expect_same("region", loader.region, printed["region"])
        sample = dataset.sample(index)
        crop(path, loader.region, pixels)
        # OpenCV 4 rounds places, so a mask's outline differs on .2 % of the pixels (TARGETS 7).
        within("mask", sample["mask"].sum(), printed["mask_pixels"], 0.002 * SIZE ** 2)
        left, top, right, bottom = loader.region
        skin = loader.mask[top:bottom + 1, left:right + 1]
        expect(abs(int(skin.sum()) - printed["skin_pixels"]) <= 1e-4 * skin.sum() + 1, int(skin.sum()), printed["skin_pixels"])
        x, y = np.array(printed["pixels"]).T
        expect(len(x) == POINTS and loader.mask[y, x].mean() >= 1 - 1e-3, "chosen pixels on the skin", "others")
        if printed["skin_pixels"] > POINTS:
            drawn += 1
            order = y * 10000 + x
            expect((np.diff(order) > 0).all(), "different pixels, row after row", "others")
            middle = np.flatnonzero(loader.mask[top:bottom + 1, left:right + 1].ravel())
            share = np.searchsorted(middle, (y - top) * (right - left + 1) + x - left).mean() / len(middle)
            expect(0.4 < share < 0.6, "drawn evenly", share)
        place = np.floor((np.stack((x, y), 1) - [left, top]) * (SIZE - 1) / [right - left, bottom - top] + 1e-9)
        expect(np.mean(place[:, 1] * SIZE + place[:, 0] == printed["choose"]) > 0.99, "choose", "others")
        index3, weights = loader.corners[y, x], loader.weights[y, x]
        nocs = 4.5 * (info["verts"].astype(float)[index3] * weights[..., None]).sum(axis=1)
        error = np.abs(nocs - printed["nocs"]).max(axis=1)
        expect(np.mean(error <= 2e-6) >= 1 - 2e-3, "nocs within 2e-6", float(error.max()))
        worst = max(worst, float(np.sort(error)[:-2].max()))
    return f"{len(faces.contents)} crops, pixels drawn in {drawn}, nocs within {worst:.1e}"


def img2pose(sets):
    """Faces that are trained on and those that are blacked out, also of samples that were spoilt on purpose."""
    source = sets.artefacts.synthetic
    samples = read_samples(source.build.beside(".lmdb"))[:12]
    values = [[one.image, one.global_poses, one.boxes, one.local_poses, [[list(p) for p in face] for face in one.landmarks]]
              for one in samples]
    for number, value in enumerate(values):
        # A -1 in one coordinate, and a face without any point.
        if number % 3 == 1:
            value[4][0][2][1] = -1.0
        if number % 3 == 2:
            value[4][-1] = [[-1.0, -1.0]] * 5
    path = sets.work / "spoilt.lmdb"
    with lmdb.open(str(path), subdir=False, map_size=1 << 28) as environment, environment.begin(write=True) as transaction:
        for number, value in enumerate(values):
            transaction.put(b"%d" % number, msgpack.packb(value))
        transaction.put(b"__len__", msgpack.packb(len(values)))
        transaction.put(b"__keys__", msgpack.packb([b"%d" % number for number in range(len(values))]))
    kept = blacked = none = 0
    for number, value in enumerate(values):
        size = image_size(value[0])
        expected = trained_faces(value, size, sets.artefacts.models[68])
        printed, pixels = sets.view("img2pose", path, number)
        if not expected or not all(has_area(box) for _, _, box in expected):
            expect("left_out" in printed, "a reason", printed)
            none += 1
            continue
        states = [face["state"] == "trained on" for face in printed["faces"]]
        expect_same("kept", [index for index, _, _ in expected], [i for i, state in enumerate(states) if state])
        for index, pose, box in expected:
            found = printed["faces"][index]
            within("pose", pose, found["pose"], 1e-6)
            within("box", box, found["box"], 0)
            within("landmarks", np.array(value[4][index])[:, :2], found["landmarks"], 0)
        image = cv2.imdecode(np.frombuffer(value[0], np.uint8), cv2.IMREAD_COLOR)[:, :, ::-1].copy()
        for state, (x1, y1, x2, y2) in zip(states, value[2]):
            if not state:
                image[max(y1, 0):max(y2, 0), max(x1, 0):max(x2, 0)] = 0
        expect(np.array_equal(image, pixels), "the image's pixels, faces without landmarks black", "others")
        kept, blacked = kept + sum(states), blacked + len(states) - sum(states)
    expect(blacked > 0 and none > 0, "faces blacked out, and images without any", (blacked, none))
    return f"{kept} faces trained on, {blacked} black, {none} images left out"


def hopenet(sets):
    try:
        from PIL import Image
    except ImportError as error:
        raise Unavailable("Pillow, which Hopenet resizes by, is not installed") from error
    counts = []
    for name, factors in (("300w-lp", (.6 * .3, 2 * .3, .6 * .3, .6 * .3)), ("aflw2000", (2 * .2, 2 * .2, 2 * .2, .6 * .2)),
                          ("biwi", (.6 * .35, .35, .6 * .35, .6 * .35))):
        root, records, count = sets.made(name)
        if name == "biwi":
            sets.tool.run("export", records, "--format", "hopenet", "--images", root, "--allow-lossy",
                          "--output", sets.work / "hopenet-biwi")
        for index in range(count):
            printed, pixels = sets.view("hopenet", records, index, "--images", root)
            path = image_path(root, records, index)
            if "left_out" in printed:
                # An angle of a synthetic face may be beyond the classes.
                pitch, yaw, roll = np.degrees(mat_angles(path.with_suffix(".mat"))[0].astype(float))
                expect(max(map(abs, (pitch, yaw, roll))) >= 99, "an angle of 99 degrees or more", (pitch, yaw, roll))
                continue
            if name == "biwi":
                folder = sets.work / "hopenet-biwi"
                line = (folder / "files.txt").read_text().splitlines()[index]
                sequence, frame = line.split("/")
                words = (folder / sequence / f"dockerface-{frame}_rgb.txt").read_text().split("\n")[0].split(" ")
                box = [float(word) for word in words[1:5]]
                degrees = biwi_angles(folder / f"{line}_pose.txt")
            else:
                angles, points = mat_angles(path.with_suffix(".mat"))
                box = [points[0].min(), points[1].min(), points[0].max(), points[1].max()]
                degrees = np.degrees(angles.astype(float))
            wide = widened(box, factors)
            expect_same(f"box of {name}", wide, printed["box"])
            pitch, yaw, roll = degrees
            within("angles", [yaw, pitch, roll], printed["yaw_pitch_roll"], 1e-6)
            expect_same("classes", classes([yaw, pitch, roll]).tolist(), printed["bins"])
            face = Image.open(path).convert("RGB").crop(wide)
            short = min(face.size)
            size = tuple(240 if side == short else int(240 * side / short) for side in face.size)
            face = face.resize(size, Image.BILINEAR)
            x, y = (int(round((side - 224) / 2)) for side in face.size)
            expect(np.array_equal(np.asarray(face.crop((x, y, x + 224, y + 224))), pixels), "Pillow's pixels", "others")
            counts.append(name)
    return ", ".join(f"{counts.count(name)} of {name}" for name in dict.fromkeys(counts)) + ", pixels equal"


def left_out(sets):
    """Reasons in place of pictures."""
    root, records, _ = sets.made("300w-lp")
    lines = [json.loads(line) for line in records.read_text().splitlines()]
    lines[0]["faces"][0]["pose"] = None
    lines[1]["faces"] = []
    lines[2]["faces"][0]["landmarks"]["points"][5] = None
    path = sets.work / "spoilt.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    reasons = {}
    for system, index in (("hopenet", 1), ("trg", 1), ("trg", 2), ("img2pose", 0), ("img2pose", 1)):
        printed, picture = sets.view(system, path, index, "--images", root)
        expect(picture is None, f"a reason from {system}", printed)
        reasons[system, index] = printed["left_out"]
    expect("face" in reasons["trg", 1] and "68" in reasons["trg", 2] and "pose" in reasons["img2pose", 0], "reasons", reasons)
    said = sets.tool.refusal("inspect", path, "--index", 0, "--as", "trg", exit_code=65)
    expect("--images" in said[-1], "the option that is missing", said)
    said = sets.tool.refusal("inspect", path, "--as", "trg", exit_code=64)
    expect("--index" in " ".join(said), "the option that is missing", said)
    return f"{len(reasons)} reasons"
