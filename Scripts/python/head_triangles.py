#!/usr/bin/env python3
"""Prints the triangles of Sources/Rendering/Head/HeadShape.swift: the convex hull of its points' directions
from inside the head, which is their Delaunay triangulation on a sphere. Needs numpy and scipy.

usage: Scripts/python/head_triangles.py
"""
import pathlib
import re

import numpy as np
from scipy.spatial import ConvexHull

SOURCES = pathlib.Path(__file__).resolve().parents[2] / "Sources"
NUMBER = r"(-?\d+(?:\.\d+)?)"
POINT = re.compile(rf"\[{NUMBER}, {NUMBER}, {NUMBER}\]")
# From where the head is star-shaped.
MIDDLE = np.array([0, -30, 35])


def points(text):
    return np.array([[float(number) for number in match] for match in POINT.findall(text)])


def main():
    model = (SOURCES / "Schema/MeanFace.swift").read_text()
    # img2pose's unit is 100 mm.
    landmarks = 100 * points(model.split("bfm68Points")[1])[:68]
    shape = (SOURCES / "Rendering/Head/HeadShape.swift").read_text()
    own = []
    for point in points(shape.split("static let points")[1].split("static let triangles")[0]):
        own.append(point)
        if point[0] != 0:
            own.append(point * [-1, 1, 1])
    # The mouth is closed; opened a little, upper and lower lip have different directions.
    landmarks[61:64, 1] -= 1
    landmarks[65:68, 1] += 1
    landmarks[60, 0] += 1
    landmarks[64, 0] -= 1
    directions = np.vstack([landmarks, own]) - MIDDLE
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    triangles = []
    for a, b, c in ConvexHull(directions).simplices:
        normal = np.cross(directions[b] - directions[a], directions[c] - directions[a])
        triangle = (a, b, c) if normal @ directions[a] > 0 else (a, c, b)
        first = triangle.index(min(triangle))
        triangles.append(triangle[first:] + triangle[:first])
    line = "   "
    for triangle in sorted(triangles):
        text = " [" + ", ".join(map(str, triangle)) + "],"
        if len(line + text) > 96:
            print(line)
            line = "   "
        line += text
    print(line)


main()
