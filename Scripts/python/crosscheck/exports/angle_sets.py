"""Synthetic and real datasets with annotated angles, their records and what is exported of them."""

import json
from functools import cached_property

from .tool import read_json_lines

FOLDERS = {"300w-lp": "300W_LP", "aflw2000": "AFLW2000", "biwi": "hpdb"}
REAL = {"300w-lp": "300w_lp", "aflw2000": "aflw2000"}


class Sets:
    """Datasets, their records and what is exported of them."""

    def __init__(self, artefacts):
        self.artefacts, self.tool = artefacts, artefacts.tool
        self.work = artefacts.work / "angle-sets"
        self.work.mkdir()
        self.made = {}

    def folder(self, name, place="synth"):
        if place == "real":
            return self.artefacts.real(REAL[name])
        made = self.work / f"synth-{name}"
        if not made.exists():
            self.tool.run("synth", name, "--count", 40, "--seed", 11, "--output", made)
        return made / FOLDERS.get(name, "perspnet")

    def records(self, name, place="synth", folder=None):
        folder = folder or self.folder(name, place)
        path = self.work / f"{name}-{folder.parent.name}-{place}.jsonl"
        if not path.exists():
            self.tool.run("convert", name, "--input", folder, "--output", path)
        return path

    def export(self, records, form, *options):
        place = self.work / f"export-{len(self.made)}"
        self.made[place] = form
        self.tool.run("export", records, "--format", form, "--output", place, *options)
        return place, manifest_of(place)

    @cached_property
    def biwi(self):
        return read_json_lines(self.records("biwi"))


def manifest_of(place):
    return json.loads(place.with_name(place.name + ".export.json").read_text())
