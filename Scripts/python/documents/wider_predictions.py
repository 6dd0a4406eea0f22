"""WIDER FACE's form of detections, a file an image, made of records: the true boxes with falling scores."""

import json
import sys
from pathlib import Path

records, folder = map(Path, sys.argv[1:])
for line in records.read_text(encoding="utf-8").splitlines():
    record = json.loads(line)
    path = Path(record["image"]["path"])
    boxes = [(x1, y1, x2 - x1, y2 - y1) for x1, y1, x2, y2 in (face["bbox_xyxy"] for face in record["faces"])]
    rows = [f"{x} {y} {w} {h} {1 / (number + 1):.3f}" for number, (x, y, w, h) in enumerate(boxes)]
    file = folder / path.parent / (path.stem + ".txt")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join([path.stem, str(len(rows)), *rows]) + "\n", encoding="utf-8")
