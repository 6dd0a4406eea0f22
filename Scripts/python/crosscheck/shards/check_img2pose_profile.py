"""`--profile img2pose` against a Python rendering of img2pose's label algorithm with OpenCV.

On five noisy points EPnP's null space has two dimensions, and rounding decides its basis: OpenCV
itself, given them in another order, is within 1e-4 of itself on less than half of the faces. sixdof
rounds as OpenCV does, so its poses have to be equal there too.
"""

from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from . import img2pose_converter
from .check_statistics import compare_files
from .image_size import image_size
from .img2pose_converter import NO_POSE, RULES
from .img2pose_layout import read_samples
from .report import expect, expect_same

TOLERANCE = 1e-4  # radians, or of the distance
SHARE_WITHIN_TOLERANCE = 0.999
MOMENT_TOLERANCE = 0.02
ALGEBRA_TOLERANCE = 1e-9


def checks(artefacts):
    shared = Shared(artefacts)
    yield "img2pose profile, 68 points", lambda: determined(
        shared, shared.lists.sixty_eight, least=1000)
    yield "img2pose profile, exact five points", lambda: determined(
        shared, shared.lists.exact, least=1000)
    yield "img2pose profile, drawn faces", lambda: determined(
        shared, shared.lists.drawn, least=500)
    yield "img2pose profile, noisy five points", lambda: determined(
        shared, shared.lists.five, least=2000)
    yield "img2pose profile, photos", lambda: photos(shared)
    yield "img2pose profile, awkward faces", lambda: determined(
        shared, awkward(shared.lists), least=1)
    yield "img2pose profile, procrustes", lambda: determined(
        shared, shared.lists.sixty_eight, least=1000, rule="procrustes")
    for name in ("sixty_eight", "five"):
        yield f"img2pose profile in steps, {name.replace('_', '-')}", lambda name=name: in_steps(
            shared, getattr(shared.lists, name))


class Shared:
    """What several checks need: the lists, and builds made once."""

    def __init__(self, artefacts):
        self.artefacts = artefacts
        self.builds = {}

    @property
    def models(self):
        return self.artefacts.models

    @property
    def lists(self):
        return self.artefacts.face_lists

    def build(self, faces, rule="markley"):
        """The profile's own rule needs no option."""
        key = faces.name, rule
        if key not in self.builds:
            options = [] if rule == "markley" else ["--rotation-rule", rule]
            self.builds[key] = faces.build(f"profile-{rule}", "--profile", "img2pose", *options)
        return self.builds[key]


def determined(shared, faces, *, rule="markley", **limits):
    comparison = compared(shared, faces.contents, faces.images, shared.build(faces, rule), rule)
    return comparison.nearly_equal(**limits)


def photos(shared):
    """Real faces, of 5 points."""
    source = shared.artefacts.photos
    build = source.new_build("profile", "--profile", "img2pose")
    contents = [
        {"image_path": image.path, "bboxes": [face.box for face in image.faces],
         "landmarks": [[point or [-1.0, -1.0] for point in face.points] for face in image.faces]}
        for image in source.annotations]
    comparison = compared(shared, contents, source.images, build.prefix, "markley")
    return comparison.nearly_equal(least=50)


def in_steps(shared, faces):
    """convert, label and pack write the file that build writes, and the same statistics."""
    labelled = faces.labelled("profile-labelled", "--profile", "img2pose")
    prefix = faces.work / f"{faces.name}-profile-packed"
    shared.artefacts.tool.run("pack", labelled, "--images", faces.images, "--output",
                              f"{prefix}.lmdb", "--profile", "img2pose")
    for ending in (".lmdb", "_pose_mean.npy", "_pose_stddev.npy"):
        built, packed = (Path(f"{path}{ending}").read_bytes()
                         for path in (shared.build(faces), prefix))
        expect(built == packed, f"*{ending} of build, {len(built)} bytes", "others")
    return f"LMDB of {len(read_samples(Path(f'{prefix}.lmdb')))} samples and .npy are build's"


def awkward(lists):
    """Every case that img2pose's converter treats in a way of its own."""
    paths = [record["image"]["path"] for record in lists.truth]
    whole = lists.sixty_eight.contents
    box, points = next((content["bboxes"][0], content["landmarks"][0]) for content in whole)
    five = lists.exact.contents[0]["landmarks"][0]
    five_box = lists.exact.contents[0]["bboxes"][0]
    x, y = (int(number) for number in five_box[:2])

    def shifted(dx, dy, box=five_box, points=five):
        return ([box[0] + dx, box[1] + dy, box[2] + dx, box[3] + dy],
                [[px + dx, py + dy] for px, py in points])

    def with_point(index, point, points=five):
        return [point if number == index else old for number, old in enumerate(points)]

    missing = [-1.0, -1.0]
    # One point at x = -1 and no other number that is: the converter takes it for a missing one.
    minus_one = with_point(2, [-1.0, five[2][1]])
    cases = [
        shifted(0.25, 0.75), shifted(-x - 0.5, 0), shifted(-x - 7.5, -y - 9.875),
        ([number // 1 for number in five_box], five),  # floats that are whole
        ([int(number) for number in five_box], five),
        ([*five_box, 0.75], five),  # a score
        ([30.2, 40.0, 30.9, 90.0], five),  # no width after truncation
        ([-0.9, 40.0, 0.9, 90.0], five),  # the same across zero
        ([30.0, 40.7, 80.0, 40.9], five), ([80.0, 40.0, 30.0, 90.0], five),
        (five_box, minus_one), (five_box, with_point(0, [five[0][0], -1.0])),
        (five_box, with_point(3, missing)), (five_box, [missing] * 5),
        (box, points), (box, with_point(30, missing, points)), (box, [missing] * 68),
        (five_box, [[round(number) for number in point] for point in five]),
    ]
    # Each with a sound face, so that the image stays, and each alone.
    contents = [(paths[0], [], []), (paths[1], [five_box], [[missing] * 5])]
    for number, (case_box, case_points) in enumerate(cases):
        contents.append((paths[2 + 2 * number], [case_box, five_box], [case_points, five]))
        contents.append((paths[3 + 2 * number], [case_box], [case_points]))
    return lists.made("awkward", contents)


def compared(shared, contents, images, prefix, rule):
    """Samples, boxes, landmarks and sentinels one by one; poses are left to the caller."""
    samples = read_samples(Path(f"{prefix}.lmdb"))
    files = [Path(images, content["image_path"]).read_bytes() for content in contents]
    expected = [
        img2pose_converter.labels(image_size(file), content["bboxes"], content["landmarks"],
                                  shared.models, rule)
        for file, content in zip(files, contents, strict=True)]
    kept = [(file, labels) for file, labels in zip(files, expected, strict=True) if labels.is_kept]
    expect_same("samples", len(kept), len(samples))
    result = Comparison(prefix, rule, shared.models, len(contents),
                        img2pose_converter.moments(expected))
    for number, (sample, (file, labels)) in enumerate(zip(samples, kept, strict=True)):
        place = f"sample {number}"
        expect(sample.image == file, f"{place}: the bytes of its image", f"{len(sample.image)}")
        expect_same(f"{place}: boxes", labels.boxes, sample.boxes)
        expect_same(f"{place}: faces without a pose",
                    [pose is None for pose in labels.local_poses],
                    [pose == NO_POSE for pose in sample.local_poses])
        for face, (theirs, ours) in enumerate(
                zip(labels.landmarks, sample.landmarks, strict=True)):
            expect_same(f"{place}, face {face}: landmarks", stored(theirs), ours)
        result.add(image_size(file), sample, labels)
    return result


def stored(points):
    """As the converter stores points. sixdof has five for a face without any, whatever the list
    has; the loader knows such a face by its first -1."""
    if all(point == [-1, -1] for point in points):
        return [[-1.0, -1.0]] * 5
    return points


class Comparison:
    """How far the poses of one build are from the rendering's."""

    def __init__(self, prefix, rule, models, images, moments):
        self.prefix, self.rule, self.models, self.images = prefix, rule, models, images
        self.samples = self.sentinels = 0
        self.ours, self.theirs, self.global_errors = [], [], []
        self.expected_moments = moments

    def add(self, size, sample, labels):
        self.samples += 1
        self.sentinels += len(sample.boxes) - len(sample.posed())
        camera = img2pose_converter.image_camera(*size)
        for face in sample.posed():
            local, stored_global = map(np.array, (sample.local_poses[face],
                                                  sample.global_poses[face]))
            converted = img2pose_converter.global_pose(local, sample.boxes[face], camera,
                                                       RULES[self.rule])
            # The conversion is algebra: equal for each face, whatever EPnP made of it.
            self.global_errors.append(max(map(float, differences(converted, stored_global))))
            expect(self.global_errors[-1] <= ALGEBRA_TOLERANCE,
                   f"sample {self.samples - 1}, face {face}: {converted.tolist()}",
                   stored_global.tolist())
            self.ours.append([*local, *stored_global])
            self.theirs.append([*labels.local_poses[face], *labels.global_poses[face]])

    def nearly_equal(self, least):
        """Local and global poses are within the tolerance on nearly all faces."""
        ours, theirs = self.poses(least)
        errors = np.max([*differences(ours[:, :6], theirs[:, :6]),
                         *differences(ours[:, 6:], theirs[:, 6:])], axis=0)
        share = np.mean(errors <= TOLERANCE)
        summary = (f"{share:.2%} within {TOLERANCE:g} (radians, and of the distance; local and "
                   f"global); {np.median(errors):.1e} in the median, {max(errors):.1e} at most")
        expect(share >= SHARE_WITHIN_TOLERANCE, f"{SHARE_WITHIN_TOLERANCE:.1%}", summary)
        return f"{self.described()}; {summary}; moments within {self.moments():.1e}"

    def poses(self, fewest):
        expect(len(self.ours) >= fewest, f"{fewest} posed faces", len(self.ours))
        return np.array(self.ours), np.array(self.theirs)

    def moments(self):
        """The largest difference of a mean or standard deviation of local poses.

        Rotations count in radians. Translations count in the unit of 0.1 m up to a standard
        deviation of 1, and beyond that in fractions of it: img2pose trains on (pose - mean) /
        stddev, so this is what a difference does to its targets.
        """
        compare_files(Path(self.prefix), np.array(self.ours)[:, :6])
        spread = np.maximum(1, self.expected_moments[1])
        found = [np.load(f"{self.prefix}_pose_{name}.npy") for name in ("mean", "stddev")]
        offsets = [np.abs(a - b) / spread
                   for a, b in zip(found, self.expected_moments, strict=True)]
        expect(np.max(offsets) <= MOMENT_TOLERANCE, f"moments within {MOMENT_TOLERANCE}",
               [list(map(float, offset)) for offset in offsets])
        return float(np.max(offsets))

    def described(self):
        return (f"{self.samples} of {self.images} images, {len(self.ours)} poses and "
                f"{self.sentinels} sentinels where they should be, conversion to "
                f"{max(self.global_errors):.0e}")


def differences(first, second):
    """The angles in radians between poses, and distances over the second's own."""
    turn = Rotation.from_rotvec(first[..., :3]) * Rotation.from_rotvec(second[..., :3]).inv()
    shift = np.linalg.norm(first[..., 3:] - second[..., 3:], axis=-1)
    return turn.magnitude(), shift / np.linalg.norm(second[..., 3:], axis=-1)
