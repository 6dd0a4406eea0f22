"""Datasets with known faults: synthetic records, and lines of them changed for the worse."""

import json

# A path that would be code if the page took it for markup.
EVIL = "</script><script>window.pwned = 1</script><img src=x onerror='window.pwned = 2'>.jpg"


class FaultySets:
    def __init__(self, tool, work):
        self.tool, self.work = tool, work
        data = work / "synthetic"
        tool.run("synth", "wider-face", "--count", 60, "--output", data, "--progress", "none")
        self.images = next(data.rglob("images"), data)
        truth = next(data.rglob("label.txt"))
        tool.run("build", "wider-face", "--images", self.images, "--annotations", truth,
                 "--output", work / "set", "--records", "--progress", "none")
        text = (work / "set.jsonl").read_text(encoding="utf-8")
        self.records = [json.loads(line) for line in text.splitlines()]

    def report(self, name, records, *options):
        """The page that `sixdof check` writes of records in which there are faults."""
        path = self.work / f"{name}.jsonl"
        lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        path.write_text("".join(lines), encoding="utf-8")
        page = self.work / f"{name}.html"
        self.tool.run("check", path, "--report", page, *options, exit_code=2)
        return page

    def with_pictures(self):
        """A page of some sixty images, a fault in every third record."""
        records = [fault(record, i // 3) if i % 3 == 0 else record
                   for i, record in enumerate(copies(self.records, len(self.records)))]
        evil = copies(self.records, 1)[0]
        evil["image"]["path"] = EVIL
        evil["id"] = f"wider-face/train/{EVIL}"
        return self.report("faulty", [*records, evil], "--images", self.images)

    def large(self, count):
        """A page with at least that many findings, without images."""
        records = []
        for i, record in enumerate(copies(self.records, count)):
            record["id"] += f"_{i}"
            record["image"]["path"] = record["id"] + ".jpg"
            record["faces"] = record["faces"][:1]
            records.append(fault(record, i))
        return self.report("large", records)


def copies(records, count):
    """So many independent records with faces, over and over from the start."""
    with_faces = [record for record in records if record["faces"]]
    return [json.loads(json.dumps(with_faces[i % len(with_faces)])) for i in range(count)]


def fault(record, number):
    """Makes something wrong with a record's first face: what, goes by turns."""
    face = record["faces"][0]
    left, top, right, bottom = face["bbox_xyxy"]
    kind = number % 4
    if kind == 0:
        face["bbox_xyxy"] = [left, top, left, bottom]
    elif kind == 1:
        face["bbox_xyxy"] = [left + 5000, top, right + 5000, bottom]
    elif kind == 2 and face.get("landmarks"):
        points = face["landmarks"]["points"]
        points[0], points[1], points[3], points[4] = points[1], points[0], points[4], points[3]
    else:
        face["bbox_xyxy"] = [left, top, left + 1, top + 1]
    return record
