"""A label.txt with the cases that a tidy set lacks, made from one that sixdof wrote.

Each trap rewrites one face that has all its points, in one image each. The readers and the layout
have to cope with all of them without an issue of severity error.
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
    one_point_missing, too_few_points, no_points_and_no_quality, one_point_occluded,
    fractional_box, box_narrower_than_a_pixel, box_without_height, coordinate_of_minus_one,
]


def write_traps(original, trapped):
    """Writes a copy of `original` with every trap, and an image header without rows."""
    lines = Path(original).read_text().splitlines()
    remaining, used = list(TRAPS), True
    for index, line in enumerate(lines):
        if line.startswith("#"):
            used = False
        elif remaining and not used and Row(line).is_whole():
            row, used = Row(line), True
            remaining.pop(0)(row)
            lines[index] = str(row)
    assert not remaining, f"no face left for {[trap.__name__ for trap in remaining]}"
    trapped.write_text("\n".join(without_rows_of_last_image(lines)) + "\n")


def without_rows_of_last_image(lines):
    last_header = max(index for index, line in enumerate(lines) if line.startswith("#"))
    return lines[:last_header + 1]
