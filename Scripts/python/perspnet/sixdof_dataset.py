"""PerspNet's dataset over `sixdof pack --layout perspnet`, without a changed line of its trainer.

Put this file into PerspNet's (or TRG's) folder `data`, and train with `--dataset_mode sixdof`. The LMDBs are named by the
options that name lists there:

    python train.py --dataset_mode sixdof --csv_path_train out/train.lmdb --csv_path_test out/test.lmdb ...

A sample is what `data/arkit_dataset.py` gives: img, choose, model, uvmap, nocs, mask and corr_mat, of the same types, drawn with the same
calls of numpy.random. Differences, on purpose: faces at the image's left and upper border are samples too, and at the right
border they have their own points. `SparseSixdofDataset` gives corr_index and corr_weight (n, 3) in place of the dense
corr_mat (n, 1220); corr_mat.scatter_(1, corr_index, corr_weight) makes it on the GPU.

It reads npy/uv_coords_std_202109.npy, npy/tris_2500x3_202110.npy and data/triangles.npy of the repository.
"""

import os
import zlib

import cv2
import lmdb
import msgpack
import numpy as np

VERTICES = 1220
NO_TRIANGLE = 65535
CONTOUR = [
    20, 853, 783, 580, 659, 660, 765, 661, 616, 579, 489, 888, 966, 807, 730, 1213, 1214, 1215, 1216, 822, *range(906, 914),
    1047, *range(914, 922), 392, 462, 905, 904, 208, 295, 376, 57, 467, 39, 130, 167, 213, 330, 212, 211, 131, 352, 425]
MOUTH = [
    24, 691, 690, 689, 688, 687, 686, 685, 823, 684, 834, 740, 683, 682, 710, 725, 709, 700, 25, 265, 274, 290, 275, 247, 248,
    305, 404, 249, 393, *range(250, 257)]
EYES = [[*range(1101, 1084, -1), *range(1108, 1101, -1)], [*range(1081, 1060, -1), 1084, 1083, 1082]]

# LMDB allows a file to be open once in a process.
_opened = {}


class PackedFaces:
    """The faces of one LMDB, as samples of `size` pixels a side with `points` points."""

    def __init__(self, path, size=192, points=1024, is_train=False, root="."):
        self.path, self.size, self.points, self.is_train = os.path.realpath(path), size, points, is_train
        self.triangles = np.load(os.path.join(root, "data/triangles.npy")).astype(np.int64)
        self.uv_table = uv_table(
            np.load(os.path.join(root, "npy/uv_coords_std_202109.npy")),
            np.load(os.path.join(root, "npy/tris_2500x3_202110.npy")), size)
        with self._transaction() as transaction:
            self.count = transaction.stat()["entries"]

    def __len__(self):
        return self.count

    def _transaction(self):
        # DataLoader's workers are forks, and each needs the file opened anew.
        key = os.getpid(), self.path
        if key not in _opened:
            _opened[key] = lmdb.open(self.path, subdir=False, readonly=True, lock=False, readahead=False)
        return _opened[key].begin(buffers=True)

    def content(self, index):
        with self._transaction() as transaction:
            return msgpack.unpackb(transaction.get(b"%010d" % index))

    def sample(self, index):
        """A sample's arrays, but for the image, which is uint8 RGB."""
        face = self.content(index)
        left, top, right, bottom = self._region(face)
        last = self.size - 1
        transform = cv2.getAffineTransform(
            np.float32([[left, top], [left, bottom], [right, top]]), np.float32([[0, 0], [0, last], [last, 0]]))
        origin = face["origin"]
        piece = cv2.imdecode(np.frombuffer(face["image"], np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
        image = cv2.warpAffine(cv2.cvtColor(piece, cv2.COLOR_BGR2RGB), moved(transform, origin), (self.size,) * 2)

        box = face["mask_box"]
        shape = (box[3] - box[1], box[2] - box[0])
        ids = np.frombuffer(zlib.decompress(face["triangles"], -15), "<u2").reshape(shape)
        vertices = np.frombuffer(face["vertices"], "<f4").reshape(VERTICES, 3)
        rows, columns = self._chosen(ids, box, (left, top, right, bottom))
        index3, weights = self._correspondences(face, vertices, ids[rows - box[1], columns - box[0]], rows, columns)

        model = vertices.astype(np.float64) * 4.5
        nocs = (model[index3] * weights[..., None]).sum(axis=1)
        point = np.stack((columns, rows), axis=1) @ transform.T[:2] + transform.T[2]
        choose = (np.floor(point[:, 1]) * self.size + np.floor(point[:, 0])).astype(np.int64)
        area = self.size * self.size
        if choose.max() > area - 1:
            choose[choose > area - 1] = np.random.randint(0, area)
        if choose.min() < 0:
            choose[choose < 0] = np.random.randint(0, area)
        mask = cv2.warpAffine(
            (ids != NO_TRIANGLE).astype(np.uint8), moved(transform, box), (self.size,) * 2)
        return {
            "img": image, "choose": choose, "model": vertices, "uvmap": self._uv_map(vertices),
            "nocs": nocs.astype(np.float32), "mask": (mask > 0).astype(np.int64), "corr_index": index3,
            "corr_weight": weights}

    def _region(self, face):
        x, y, extent = face["centre"]
        half = 0.75
        if self.is_train:
            shift = 0.15 * extent
            dx = np.random.uniform(-shift, shift)
            dy = np.random.uniform(-shift, shift)
            x, y = x + dx, y + dy
            half *= np.random.uniform(0.95, 1.05)
        return int(x - half * extent), int(y - half * extent), int(x + half * extent), int(y + half * extent)

    def _chosen(self, ids, box, region):
        """The pixels of the region with a triangle, row after row: as many as points, at random, or repeated."""
        left, top = max(region[0], box[0]), max(region[1], box[1])
        right, bottom = min(region[2] + 1, box[2]), min(region[3] + 1, box[3])
        inside = ids[max(top - box[1], 0):max(bottom - box[1], 0), max(left - box[0], 0):max(right - box[0], 0)]
        found = np.flatnonzero(inside != NO_TRIANGLE)
        if len(found) == 0:
            # All of the skin is beside this region; its loader would take another face.
            inside, (left, top) = ids, box[:2]
            found = np.flatnonzero(ids != NO_TRIANGLE)
        if len(found) > self.points:
            drawn = np.zeros(len(found), dtype=int)
            drawn[:self.points] = 1
            np.random.shuffle(drawn)
            found = found[drawn.nonzero()]
        else:
            found = np.pad(found, (0, self.points - len(found)), "wrap")
        return found // inside.shape[1] + top, found % inside.shape[1] + left

    def _correspondences(self, face, vertices, ids, rows, columns):
        """The three vertices about each pixel with their weights, in float32 and in the rasteriser's order."""
        index = self.triangles[ids]
        corners = project(face, vertices)[index]
        origin, first, second = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
        pixel = np.stack((columns, rows), axis=1).astype(np.float32) - origin
        weights = oblique(second, first, pixel)
        return index, weights

    def _uv_map(self, vertices):
        colours = np.ascontiguousarray(uv_colours(vertices).astype(np.float32).T)
        # In float32, from the first corner to the last, as the rasteriser adds them; a texel of no triangle becomes 0.
        found = np.zeros((3, self.size * self.size), np.float32)
        for index, weights in zip(*self.uv_table):
            corner = np.take(colours, index, axis=1, mode="clip")
            corner *= weights
            found += corner
        np.clip(found, 0, 1, out=found)
        found *= 2
        found -= 1
        return found.reshape(3, self.size, self.size)


def moved(transform, origin):
    """The same map, of a picture whose first pixel is at `origin`."""
    result = transform.copy()
    result[:, 2] += transform[:, :2] @ np.asarray(origin[:2], np.float64)
    return result


def project(face, vertices):
    """The vertices in the image, in float32 pixels: (1220, 2)."""
    matrix = np.frombuffer(face["R_t"], "<f4").reshape(4, 4).astype(np.float64)
    fx, fy, cx, cy = face["camera"]
    point = vertices.astype(np.float64) @ matrix[:3, :3] + matrix[3, :3]
    depth = -point[:, 2]
    return np.stack((fx * point[:, 0] / depth + cx, cy - fy * point[:, 1] / depth), axis=1).astype(np.float32)


def oblique(v0, v1, v2):
    """A pixel's weights of a triangle's corners, for v0 = p2 - p0, v1 = p1 - p0, v2 = pixel - p0, all float32."""
    def dot(a, b):
        return a[..., 0] * b[..., 0] + a[..., 1] * b[..., 1]

    d00, d01, d11, d02, d12 = dot(v0, v0), dot(v0, v1), dot(v1, v1), dot(v0, v2), dot(v1, v2)
    determinant = d00 * d11 - d01 * d01
    flat = determinant == 0
    inverse = np.where(flat, np.float32(0), np.float32(1) / np.where(flat, np.float32(1), determinant))
    a, b = (d11 * d02 - d01 * d12) * inverse, (d00 * d12 - d01 * d02) * inverse
    return np.stack((1 - a - b, b, a), axis=-1)


def uv_colours(vertices):
    """The colours of the texture's 1,279 points: the vertices, a rim about them, and the middles of mouth and eyes."""
    own = vertices * 4.5 + 0.5
    middles = [own[ring].mean(axis=0, keepdims=True) for ring in (MOUTH, *EYES)]
    return np.vstack([own, own[CONTOUR] * 1.1, *middles])


def uv_table(coordinates, triangles, size):
    """Points and weights of which each texel is made, a corner after the other: (3, size * size) twice. It is the same
    for all faces."""
    points = (coordinates * (size - 1)).astype(np.float32)
    index = np.zeros((size, size, 3), np.int64)
    weights = np.zeros((size, size, 3), np.float32)
    taken = np.zeros((size, size), bool)
    for triangle in triangles:
        corners = points[triangle]
        x0, y0 = np.maximum(np.ceil(corners.min(axis=0)), 0).astype(int)
        x1, y1 = np.minimum(np.floor(corners.max(axis=0)), size - 1).astype(int)
        if x1 < x0 or y1 < y0:
            continue
        y, x = np.mgrid[y0:y1 + 1, x0:x1 + 1]
        pixels = np.stack((x, y), axis=-1).astype(np.float32) - corners[0]
        found = oblique(corners[2] - corners[0], corners[1] - corners[0], pixels)
        a, b = found[..., 2], found[..., 1]
        border = (x < 2) | (x > size - 3) | (y < 2) | (y > size - 3)
        # All depths are equal, so the first triangle stays.
        new = (border | ((a >= 0) & (b >= 0) & (a + b < 1))) & ~taken[y0:y1 + 1, x0:x1 + 1]
        index[y0:y1 + 1, x0:x1 + 1][new] = triangle
        weights[y0:y1 + 1, x0:x1 + 1][new] = found[new]
        taken[y0:y1 + 1, x0:x1 + 1] |= new
    flat = (size * size, 3)
    return np.ascontiguousarray(index.reshape(flat).T), np.ascontiguousarray(weights.reshape(flat).T)


try:
    import torch
    import torchvision.transforms as transforms
    from data.base_dataset import BaseDataset
    from PIL import Image
except ImportError:
    # Without PerspNet and torch there are the arrays alone.
    pass
else:
    class SparseSixdofDataset(BaseDataset):
        """Samples whose correspondences are three vertices and three weights a point."""

        def __init__(self, opt):
            BaseDataset.__init__(self, opt)
            path = opt.csv_path_train if opt.isTrain else opt.csv_path_test
            self.faces = PackedFaces(path, opt.img_size, opt.n_pts, opt.isTrain)
            self.order = np.random.permutation(len(self.faces)) if opt.isTrain else np.arange(len(self.faces))
            jitter = [transforms.ColorJitter(0.3, 0.3, 0.2, 0.01)] if opt.isTrain else []
            self.transform = transforms.Compose(jitter + [
                transforms.ToTensor(), transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])

        def __len__(self):
            return len(self.faces)

        def __getitem__(self, index):
            sample = self.faces.sample(self.order[index])
            sample["img"] = self.transform(Image.fromarray(sample["img"]))
            return {
                name: value if name in ("img", "choose") else torch.from_numpy(np.array(value))
                for name, value in sample.items()}

    class SixdofDataset(SparseSixdofDataset):
        """Samples as PerspNet's own class gives them."""

        def __getitem__(self, index):
            sample = SparseSixdofDataset.__getitem__(self, index)
            matrix = torch.zeros(len(sample["choose"]), VERTICES)
            index3, weights = sample.pop("corr_index"), sample.pop("corr_weight")
            # Not scatter_add_: of a vertex that is named twice the last weight stays, as there.
            sample["corr_mat"] = matrix.scatter_(1, index3, weights)
            return sample
