"""Makes 1,000 JPEGs of as many sizes out of a few photos.

usage: varied.py FOLDER IMAGE...     with NumPy and Pillow on the path
"""

import pathlib
import random
import sys

from PIL import Image

folder, paths = pathlib.Path(sys.argv[1]), sys.argv[2:]
photos = [Image.open(path).convert("RGB") for path in paths]
sizes = random.Random(1)
for i in range(1000):
    size = (sizes.randint(200, 1300), sizes.randint(200, 1300))
    photos[i % len(photos)].resize(size, Image.Resampling.BILINEAR).save(folder / f"{i:04}.jpg")
