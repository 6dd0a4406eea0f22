"""Sets that check_ddfa looks at: .mat files read by SciPy, and what sixdof made of them."""

import pickle
from functools import cached_property

import cv2
import numpy as np
import scipy.io
from scipy.ndimage import map_coordinates
from scipy.spatial.transform import Rotation

from .report import expect
from .tool import read_json_lines

SIDE = 120
CROPS = "train_aug_120x120"
IMAGES = 36


class DDFASets:
    """Images with .mat files, and the records that sixdof makes of them."""

    def __init__(self, artefacts):
        self.artefacts, self.made = artefacts, {}

    def __getitem__(self, name):
        if name not in self.made:
            dataset = "aflw2000" if name == "aflw2000" else "300w-lp"
            folder = self.synthetic if name == "synthetic" else self.artefacts.real(
                {"aflw2000": "aflw2000", "300w-lp": "300w_lp"}[name])
            self.made[name] = DDFASet(self, name, dataset, folder)
        return self.made[name]

    @cached_property
    def tables(self):
        return self.artefacts.real("3ddfa_tables")

    @cached_property
    def model(self):
        """Mean (204,), and bases of shape (204, 40) and expression (204, 10)."""
        return [np.loadtxt(self.tables / f"{name}.txt") for name in
                ["u_base", "w_shp_base", "w_exp_base"]]

    @cached_property
    def synthetic(self):
        folder = self.artefacts.work / "ddfa-synthetic"
        self.artefacts.tool.run("synth", "300w-lp", "--count", IMAGES, "--landmark-tables",
                                self.tables, "--output", folder)
        return folder / "300W_LP"


class DDFASet:
    def __init__(self, sets, name, dataset, folder):
        self.sets, self.name, self.dataset, self.folder = sets, name, dataset, folder
        self.tool, self.made = sets.artefacts.tool, {}
        self.records = sets.artefacts.work / f"ddfa-{name}.jsonl"
        self.tool.run("convert", dataset, "--input", folder, "--images", folder,
                      "--landmark-tables" if dataset == "300w-lp" else "--native",
                      sets.tables if dataset == "300w-lp" else "default",
                      "--output", self.records)

    def export(self, *options, form="3ddfa", records=None):
        """The folder of an export, made once."""
        key = f"{form}{options}{records}"
        if key not in self.made:
            folder = self.sets.artefacts.work / f"ddfa-{self.name}-{len(self.made)}"
            self.tool.run("export", records or self.records, "--format", form, "--images",
                          self.folder, "--landmark-tables", self.sets.tables, "--output", folder,
                          *options)
            self.made[key] = Output(folder)
        return self.made[key]

    def truth(self, source):
        """A .mat file's numbers, in the terms of its authors."""
        image = self.folder / source
        arrays = scipy.io.loadmat(image.with_suffix(".mat"))
        height = cv2.imread(str(image)).shape[0]
        return Truth(arrays, height, self.sets.model)


class Truth:
    """A face of 300W-LP: V = f R3 S + t, in pixels that count from 1, from the lower edge."""

    def __init__(self, arrays, height, model):
        pitch, yaw, roll, *t = arrays["Pose_Para"].ravel()[:6].astype(float)
        self.scale = float(arrays["Pose_Para"].ravel()[6])
        turns = [Rotation.from_rotvec(np.array(axis) * -angle).as_matrix() for axis, angle in
                 [((1, 0, 0), pitch), ((0, 1, 0), yaw), ((0, 0, 1), roll)]]
        self.rotation, self.offset = turns[0] @ turns[1] @ turns[2], np.array(t)
        self.shape = arrays["Shape_Para"].ravel()[:40].astype(float)
        self.expression = arrays["Exp_Para"].ravel()[:10].astype(float)
        mean, shapes, expressions = model
        flat = mean + shapes @ self.shape + expressions @ self.expression
        self.surface = flat.reshape(68, 3).T
        points = self.scale * self.rotation @ self.surface + self.offset[:, None]
        # 0-based pixels of the image.
        self.landmarks = np.stack([points[0] - 1, height - points[1]])
        self.height = height

    def parameters(self, affine):
        """The 62 numbers for a crop, by composing 4 x 4 matrices."""
        camera = np.eye(4)
        camera[:3, :3], camera[:3, 3] = self.scale * self.rotation, self.offset
        to_image = np.diag([1.0, -1, 1, 1])
        to_image[:3, 3] = [-1, self.height, -1]
        to_crop = np.eye(4)
        to_crop[:2, :2], to_crop[:2, 3] = affine[:, :2], affine[:, 2]
        to_crop[2, 2] = np.hypot(*affine[:, 0])
        to_label = np.diag([1.0, -1, 1, 1])
        to_label[:3, 3] = [1, SIDE, 1]
        whole = to_label @ to_crop @ to_image @ camera
        return np.concatenate([whole[:3].ravel(), self.shape, self.expression])

    def square(self):
        """Left, top, right, bottom of 3DDFA_V2's square around landmarks."""
        low, high = self.landmarks.min(axis=1), self.landmarks.max(axis=1)
        centre, side = (low + high) / 2, np.sqrt(2) * (high - low).max()
        return np.concatenate([centre - side / 2, centre + side / 2])


class Output:
    """A training set as sixdof wrote it, read by plain pickle and numpy."""

    def __init__(self, folder, base="param_all_norm"):
        self.folder = folder
        base = base if (folder / f"{base}.npy").exists() else "param_all_norm_v201"
        self.rows = {row["image"]: row for row in read_json_lines(folder / "crops.jsonl")}
        with open(folder / "param_whitening.pkl", "rb") as file:
            self.whitening = pickle.load(file)
        self.lists, self.arrays = {}, {}
        for part, suffix in [("train", ""), ("val", "_val")]:
            text = (folder / f"{CROPS}.list.{part}").read_text(encoding="utf-8")
            self.lists[part] = text.split("\n")[:-1]
            with open(folder / f"{base}{suffix}.pkl", "rb") as file:
                array = pickle.load(file)
            again = np.load(folder / f"{base}{suffix}.npy")
            expect(array.dtype == np.float32 and array.flags.writeable
                   and array.shape == again.shape and array.tobytes() == again.tobytes(),
                   f"{base}{suffix}.pkl to be the .npy, float32", f"{array.dtype} {array.shape}")
            expect(len(array) == len(self.lists[part]), "a row a line", f"{array.shape}")
            self.arrays[part] = array

    def samples(self):
        """Each crop's row, and its parameters with the whitening undone."""
        mean, deviation = (self.whitening[key].astype(float) for key in
                           ["param_mean", "param_std"])
        for part, names in self.lists.items():
            for name, z in zip(names, self.arrays[part], strict=True):
                yield self.rows[name], z[:62].astype(float) * deviation + mean


def warped(image, affine, side):
    """The exact bilinear warp, black outside of the image, rounded."""
    back = np.linalg.inv(affine[:, :2])
    grid = np.stack(np.meshgrid(np.arange(side), np.arange(side))).reshape(2, -1).astype(float)
    x, y = back @ (grid - affine[:, 2:])
    channels = [map_coordinates(image[:, :, i].astype(float), [y, x], order=1,
                                mode="grid-constant").reshape(side, side) for i in range(3)]
    return np.floor(np.stack(channels, axis=2) + 0.5).astype(np.uint8)
