"""A label.txt with the cases that a tidy set lacks, made from one that sixdof wrote.

Each trap rewrites one face, in an image of its own in which another face keeps its pose, so that
the image stays in the layout. All of them are legal: none may be an issue of severity error.
"""

from pathlib import Path

MISSING = ["-1.0", "-1.0", "-1.0"]


class Row:
    """One face of label.txt: box, five points of x y visibility, quality."""

    def __init__(self, line):
        fields = line.split()
        self.box, self.quality = fields[:4], fields[19]
        self.points = [fields[start:start + 3] for start in range(4, 19, 3)]

    def __str__(self):
        return " ".join([*self.box, *(text for point in self.points for text in point),
                         self.quality])

    def is_whole(self):
        return all(point[2] == "0.0" for point in self.points) and "0" not in self.box[2:]


def one_point_missing(row):
    row.points[3] = MISSING


def too_few_points(row):
    row.points[1:3] = [MISSING, MISSING]


def no_points_and_no_quality(row):
    row.points, row.quality = [MISSING] * 5, "-1"


def all_points_in_one_place(row):
    for point in row.points:
        point[:2] = row.points[0][:2]


def one_point_occluded(row):
    row.points[4][2] = "1.0"


def fractional_box(row):
    row.box = [f"{float(number) + 0.75:.2f}" for number in row.box]


def box_narrower_than_a_pixel(row):
    row.box[0], row.box[2] = f"{int(float(row.box[0]))}.25", "0.50"


def box_without_height(row):
    row.box[3] = "0"


def coordinate_of_minus_one(row):
    """Moves the whole face left until one point stands at x = -1, which is no sentinel."""
    shift = float(row.points[2][0]) + 1
    row.box[0] = str(int(float(row.box[0]) - shift))
    for point in row.points:
        point[0] = f"{float(point[0]) - shift:.3f}"
    assert row.points[2][0] == "-1.000"


TRAPS = [
    one_point_missing, too_few_points, no_points_and_no_quality, all_points_in_one_place,
    one_point_occluded, fractional_box, box_narrower_than_a_pixel, box_without_height,
    coordinate_of_minus_one,
]


def write_traps(original, trapped):
    """Writes a copy of `original` with every trap; the last image but one loses all points, the
    last one all faces.

    Returns the 1-based line of each trap, by the trap's name.
    """
    images = blocks(Path(original).read_text().splitlines())
    *others, without_points, without_faces = images
    hosts = [image for image in others if sum(map(is_whole, image)) >= 2]
    trapped_rows = {}
    for trap, image in zip(TRAPS, hosts[:len(TRAPS)], strict=True):
        index = next(index for index, line in enumerate(image) if is_whole(line))
        image[index] = changed(image[index], trap)
        trapped_rows[trap.__name__] = image, index
    without_points[1:] = [changed(line, no_points_and_no_quality) for line in without_points[1:]]
    del without_faces[1:]
    trapped.write_text("".join(f"{line}\n" for image in images for line in image))
    return {trap: line_number(images, *row) for trap, row in trapped_rows.items()}


def changed(line, trap):
    row = Row(line)
    trap(row)
    return str(row)


def line_number(images, host, index):
    before = next(place for place, image in enumerate(images) if image is host)
    return sum(map(len, images[:before])) + index + 1


def blocks(lines):
    """The lines of each image, its header first."""
    images = []
    for line in lines:
        if line.startswith("#"):
            images.append([])
        images[-1].append(line)
    return images


def is_whole(line):
    """Whether a line is a face with all its points and a box with area."""
    return not line.startswith("#") and Row(line).is_whole()
