"""PerspNet's dataset over `sixdof pack --layout perspnet`, without a changed line of its trainer.

Put this file into PerspNet's (or TRG's) folder `data`, and train with `--dataset_mode sixdof`. The LMDBs are named by the
options that name lists there:

    python train.py --dataset_mode sixdof --csv_path_train out/train.lmdb --csv_path_test out/test.lmdb ...

A sample is what `data/arkit_dataset.py` gives: img, choose, model, uvmap, nocs, mask and corr_mat, of the same types. Differences, on
purpose: faces at the image's left and upper border are samples too, and at the right border they have their own points; the
1,024 pixels are as random, but drawn in a fraction of the time (`same_draws` makes the loader's own calls of numpy.random, so
that equal seeds give equal pixels); colours are jittered by OpenCV (`jittered`). `SparseSixdofDataset` gives corr_index and corr_weight
(n, 3) in place of the dense corr_mat (n, 1220); corr_mat.scatter_(1, corr_index, corr_weight) makes it on the GPU.

It reads npy/uv_coords_std_202109.npy, npy/tris_2500x3_202110.npy and data/triangles.npy of the repository.
"""

import os
import zlib

import cv2
import lmdb
import msgpack
import numpy as np
from scipy.sparse import csr_matrix

VERTICES = 1220
NO_TRIANGLE = 65535
CONTOUR = [
    20, 853, 783, 580, 659, 660, 765, 661, 616, 579, 489, 888, 966, 807, 730, 1213, 1214, 1215, 1216, 822, *range(906, 914),
    1047, *range(914, 922), 392, 462, 905, 904, 208, 295, 376, 57, 467, 39, 130, 167, 213, 330, 212, 211, 131, 352, 425]
MOUTH = [
    24, 691, 690, 689, 688, 687, 686, 685, 823, 684, 834, 740, 683, 682, 710, 725, 709, 700, 25, 265, 274, 290, 275, 247, 248,
    305, 404, 249, 393, *range(250, 257)]
EYES = [[*range(1101, 1084, -1), *range(1108, 1101, -1)], [*range(1081, 1060, -1), 1084, 1083, 1082]]
RINGS = np.array([*CONTOUR, *MOUTH, *EYES[0], *EYES[1]])
MIDDLES = slice(56, 92), slice(92, 116), slice(116, 140)

# LMDB allows a file to be open once in a process.
_opened = {}


class PackedFaces:
    """The faces of one LMDB, as samples of `size` pixels a side with `points` points."""

    def __init__(self, path, size=192, points=1024, is_train=False, root=".", same_draws=False):
        self.path, self.size, self.points, self.is_train = os.path.realpath(path), size, points, is_train
        self.same_draws = same_draws
        self.corners = np.ascontiguousarray(np.load(os.path.join(root, "data/triangles.npy")).T, np.int64)
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
        left, top, right, bottom = region = self._region(face)
        last = self.size - 1
        transform = cv2.getAffineTransform(
            np.float32([[left, top], [left, bottom], [right, top]]), np.float32([[0, 0], [0, last], [last, 0]]))
        runs = Runs(face)
        skin = runs.skin(face["mask_box"])
        image = self._image(face, region, transform, skin)

        vertices = np.frombuffer(face["vertices"], "<f4").reshape(VERTICES, 3).copy()
        rows, columns = self._chosen(skin, face["mask_box"], region)
        index3 = np.take(self.corners, runs.triangles_at(rows, columns, face["mask_box"]), axis=1)
        weights, nocs = correspondences(face, vertices, index3, rows, columns)

        point = np.stack((columns, rows), axis=1) @ transform.T[:2] + transform.T[2]
        choose = (np.floor(point[:, 1]) * self.size + np.floor(point[:, 0])).astype(np.int64)
        area = self.size * self.size
        if choose.max() > area - 1:
            choose[choose > area - 1] = np.random.randint(0, area)
        if choose.min() < 0:
            choose[choose < 0] = np.random.randint(0, area)
        return {
            "img": cv2.cvtColor(image, cv2.COLOR_RGBA2RGB), "choose": choose, "model": vertices, "uvmap": self._uv_map(vertices),
            "nocs": np.ascontiguousarray(nocs.T), "mask": image[..., 3].astype(np.int64),
            "corr_index": np.ascontiguousarray(index3.T), "corr_weight": np.ascontiguousarray(weights.T)}

    def _image(self, face, region, transform, skin):
        """The region's red, green, blue and skin, (size, size, 4): OpenCV warps four channels in the time of three, or less."""
        piece = cv2.imdecode(np.frombuffer(face["image"], np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
        # The piece has room for any region; of this one a rim of pixels is needed, too.
        x, y, box = *face["origin"], face["mask_box"]
        x0, x1 = span(region[0] - x - 2, region[2] - x + 3, piece.shape[1])
        y0, y1 = span(region[1] - y - 2, region[3] - y + 3, piece.shape[0])
        colours = cv2.cvtColor(piece[y0:y1, x0:x1], cv2.COLOR_BGR2RGBA)
        plane = np.zeros(colours.shape[:2], np.uint8)
        left, top, right, bottom = max(box[0], x + x0), max(box[1], y + y0), min(box[2], x + x1), min(box[3], y + y1)
        if left < right and top < bottom:
            plane[top - y - y0:bottom - y - y0, left - x - x0:right - x - x0] = \
                skin[top - box[1]:bottom - box[1], left - box[0]:right - box[0]]
        cv2.insertChannel(plane, colours, 3)
        return cv2.warpAffine(colours, moved(transform, (x + x0, y + y0)), (self.size,) * 2)

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

    def _chosen(self, skin, box, region):
        """The pixels of the region with a triangle, row after row: as many as points, at random, or repeated."""
        left, top = max(region[0], box[0]), max(region[1], box[1])
        right, bottom = min(region[2] + 1, box[2]), min(region[3] + 1, box[3])
        inside = skin[max(top - box[1], 0):max(bottom - box[1], 0), max(left - box[0], 0):max(right - box[0], 0)]
        found = np.flatnonzero(inside.view(bool))
        if len(found) == 0:
            # All of the skin is beside this region; its loader would take another face.
            inside, (left, top) = skin, box[:2]
            found = np.flatnonzero(skin.view(bool))
        found = found[self._drawn(len(found))] if len(found) > self.points else np.resize(found, self.points)
        rows = found // inside.shape[1]
        return rows + top, found - rows * inside.shape[1] + left

    def _drawn(self, count):
        """`points` of so many, in order, each choice as likely as any other."""
        if self.same_draws or not hasattr(np.random, "get_bit_generator"):  # which numpy has from 1.24 on
            drawn = np.zeros(count, dtype=int)
            drawn[:self.points] = 1
            np.random.shuffle(drawn)
            return drawn.nonzero()[0]
        # numpy.random's own bits, so that its seed holds here, too.
        generator = np.random.Generator(np.random.get_bit_generator())
        return np.sort(generator.choice(count, self.points, replace=False, shuffle=False))

    def _uv_map(self, vertices):
        # In float32, from the first corner to the last, as the rasteriser adds them; a texel of no triangle becomes 0.
        planes = np.empty((3, self.size * self.size), np.float32)
        for plane, colour in zip(planes, np.ascontiguousarray(uv_colours(vertices).T, np.float32)):
            np.clip(self.uv_table @ colour, 0, 2, out=plane)
        planes -= 1
        return planes.reshape(3, self.size, self.size)


class Runs:
    """The triangles seen in a face's box, as runs of pixels."""

    def __init__(self, face):
        triangles, lengths = face["triangles"], face.get("lengths")
        if lengths is None:  # an older program packed those of all pixels
            self.triangles = np.frombuffer(zlib.decompress(triangles, -zlib.MAX_WBITS), "<u2")
            self.ends = np.arange(1, len(self.triangles) + 1)
        else:
            self.triangles = np.frombuffer(triangles, "<u2")
            self.ends = np.cumsum(np.frombuffer(lengths, np.uint8), dtype=np.int64)

    def triangles_at(self, rows, columns, box):
        """Those of some pixels of the image."""
        places = (rows - box[1]) * (box[2] - box[0]) + columns - box[0]
        return self.triangles[np.searchsorted(self.ends, places, side="right")]

    def skin(self, box):
        """1 where there is a triangle, else 0: uint8, the box's height x width."""
        is_seen = self.triangles != NO_TRIANGLE
        is_last = np.ones(len(is_seen), bool)
        np.not_equal(is_seen[1:], is_seen[:-1], out=is_last[:-1])
        counts = np.diff(self.ends[is_last], prepend=0)
        return np.repeat(is_seen[is_last].view(np.uint8), counts).reshape(box[3] - box[1], box[2] - box[0])


def span(first, end, count):
    """The part of `count` pixels that is between two places, or next to them: one at least."""
    first = min(max(first, 0), count - 1)
    return first, max(min(end, count), first + 1)


def jittered(image, order, brightness, contrast, saturation, hue):
    """An RGB image with other colours, as torchvision's ColorJitter draws them (`get_params`), in a tenth of its time.

    Brightness and contrast are torchvision's of a PIL image to the level but where a mean or a grey is rounded otherwise;
    saturation is within a level. A hue is turned in OpenCV's 256 steps, and left alone where torchvision turns it by none,
    which loses colours there.
    """
    for step in order:
        if step == 0:
            image = cv2.LUT(image, scaled_about(0, brightness))
        elif step == 1:
            mean = int(cv2.mean(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))[0] + 0.5)
            image = cv2.LUT(image, scaled_about(mean, contrast))
        elif step == 2:
            grey = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
            image = cv2.addWeighted(image, saturation, grey, 1 - saturation, -0.5)
        elif int(hue * 255) != 0:
            colours = cv2.cvtColor(image, cv2.COLOR_RGB2HSV_FULL)
            colours[..., 0] += np.uint8(int(hue * 255) % 256)
            image = cv2.cvtColor(colours, cv2.COLOR_HSV2RGB_FULL)
    return image


def scaled_about(level, factor):
    """Each level's distance from one, scaled; truncated as PIL does."""
    levels = np.arange(256, dtype=np.float32) - np.float32(level)
    return np.clip(levels * np.float32(factor) + np.float32(level), 0, 255).astype(np.uint8)


# What ToTensor and Normalize make of each level of red, green and blue.
NORMALIZED = ((np.arange(256, dtype=np.float32) / np.float32(255) - np.float32([[0.485], [0.456], [0.406]]))
              / np.float32([[0.229], [0.224], [0.225]])).astype(np.float32)


def normalized(image):
    """An RGB image as the network takes it: float32, (3, height, width)."""
    planes = np.empty((3, *image.shape[:2]), np.float32)
    for plane, levels, table in zip(planes, cv2.split(image), NORMALIZED):
        cv2.LUT(levels, table, dst=plane)
    return planes


def dense(index, weights):
    """The matrix of correspondences, (n, 1220). Of a vertex that is named twice the last weight stays, as in the loader."""
    matrix = np.zeros((len(index), VERTICES), np.float32)
    matrix.reshape(-1)[index + np.arange(0, matrix.size, VERTICES)[:, None]] = weights
    return matrix


def moved(transform, origin):
    """The same map, of a picture whose first pixel is at `origin`."""
    (a, b, c), (d, e, f) = transform.tolist()
    x, y = origin
    return np.array(((a, b, c + a * x + b * y), (d, e, f + d * x + e * y)))


def correspondences(face, vertices, index, rows, columns):
    """The weights of each pixel's three vertices, and 4.5 times the point between them; (3, n) both, in float32 and in the
    rasteriser's order."""
    table = np.empty((5, VERTICES), np.float32)
    project(face, vertices, out=table[:2])
    np.multiply(vertices.T, np.float32(4.5), out=table[2:])
    corners = np.take(table, index, axis=1)
    weights = oblique(corners[:2], np.array((columns, rows), np.float32))
    return weights, (corners[2:] * weights).sum(axis=1)


def project(face, vertices, out):
    """The vertices in the image, in float32 pixels: (2, 1220)."""
    matrix = np.frombuffer(face["R_t"], "<f4").reshape(4, 4).astype(np.float64)
    fx, fy, cx, cy = face["camera"]
    camera = np.array(((-fx, 0, cx), (0, fy, cy), (0, 0, 1))) @ matrix[:, :3].T
    points = camera[:, :3] @ vertices.T + camera[:, 3:]
    np.divide(points[:2], points[2], out=out, casting="same_kind")


def oblique(corners, pixels):
    """Pixels' weights of triangles' corners, in float32 and in the rasteriser's order: (3, ...) of (2, 3, ...) and (2, ...)."""
    # Of the sides p1 - p0 and p2 - p0: their squares, their product, and the products of each with the pixel.
    sides, pixels = corners[:, 1:] - corners[:, :1], pixels - corners[:, 0]
    products = sides * sides
    squares = products[0] + products[1]
    products = sides[:, 0] * sides[:, 1]
    d01 = products[0] + products[1]
    products = sides * pixels[:, None]
    towards = products[0] + products[1]
    determinant = squares[0] * squares[1] - d01 * d01
    determinant[determinant == 0] = np.inf  # whose inverse is 0, as the rasteriser has it
    weights = np.empty((3, *pixels.shape[1:]), np.float32)
    np.multiply(squares * towards[::-1] - d01 * towards, 1 / determinant, out=weights[2:0:-1])
    np.subtract(1 - weights[2], weights[1], out=weights[0])
    return weights


def uv_colours(vertices):
    """The colours of the texture's 1,279 points: the vertices, a rim about them, and the middles of mouth and eyes."""
    own = vertices * 4.5 + 0.5
    rings = np.take(own, RINGS, axis=0)
    middles = [rings[part].mean(axis=0, keepdims=True) for part in MIDDLES]
    return np.concatenate((own, rings[:len(CONTOUR)] * 1.1, *middles))


def uv_table(coordinates, triangles, size):
    """The matrix that makes texels of points, three a texel at most: (size * size, 1279). Twice each weight, which costs no bit, for
    the map is from -1 to 1. It is the same for all faces."""
    points = (coordinates * (size - 1)).astype(np.float32)
    index = np.zeros((size, size, 3), np.int64)
    weights = np.zeros((size, size, 3), np.float32)
    taken = np.zeros((size, size), bool)
    for triangle in triangles:
        corners = points[triangle].T
        x0, y0 = np.maximum(np.ceil(corners.min(axis=1)), 0).astype(int)
        x1, y1 = np.minimum(np.floor(corners.max(axis=1)), size - 1).astype(int)
        if x1 < x0 or y1 < y0:
            continue
        y, x = np.mgrid[y0:y1 + 1, x0:x1 + 1]
        found = oblique(corners[:, :, None, None], np.stack((x, y)).astype(np.float32))
        _, b, a = found
        border = (x < 2) | (x > size - 3) | (y < 2) | (y > size - 3)
        # All depths are equal, so the first triangle stays.
        new = (border | ((a >= 0) & (b >= 0) & (a + b < 1))) & ~taken[y0:y1 + 1, x0:x1 + 1]
        index[y0:y1 + 1, x0:x1 + 1][new] = triangle
        weights[y0:y1 + 1, x0:x1 + 1][new] = found[:, new].T
        taken[y0:y1 + 1, x0:x1 + 1] |= new
    ends = np.append(0, np.cumsum(3 * taken.ravel()))
    return csr_matrix(
        (2 * weights[taken].ravel(), index[taken].ravel(), ends), shape=(size * size, VERTICES + len(CONTOUR) + 3))


try:
    import torch
    import torchvision.transforms as transforms
    from data.base_dataset import BaseDataset
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
            self.jitter = transforms.ColorJitter(0.3, 0.3, 0.2, 0.01) if opt.isTrain else None

        def __len__(self):
            return len(self.faces)

        def arrays(self, index):
            """A sample as arrays."""
            sample = self.faces.sample(self.order[index])
            if self.jitter is not None:
                jitter = self.jitter
                drawn = jitter.get_params(jitter.brightness, jitter.contrast, jitter.saturation, jitter.hue)
                sample["img"] = jittered(sample["img"], *drawn)
            sample["img"] = normalized(sample["img"])
            return sample

        def __getitem__(self, index):
            return {
                name: value if name == "choose" else torch.from_numpy(value)
                for name, value in self.arrays(index).items()}

    class SixdofDataset(SparseSixdofDataset):
        """Samples as PerspNet's own class gives them."""

        def arrays(self, index):
            sample = SparseSixdofDataset.arrays(self, index)
            sample["corr_mat"] = dense(sample.pop("corr_index"), sample.pop("corr_weight"))
            return sample
