"""What the checks look at: sets that sixdof made, each made once, when first asked for."""

import importlib.util
import os
from functools import cached_property

from . import native_forms
from .face_lists import FaceLists
from .native_forms import LEVELS
from .reference_points import reference_models
from .report import Unavailable
from .tool import read_json_lines
from .traps import write_traps

SYNTHETIC_IMAGES = 40


class Build:
    """The files of one `sixdof build`, beside the independent reading of its annotations."""

    def __init__(self, source, prefix, images, *options):
        self.source, self.prefix = source, prefix
        source.tool.run("build", "wider-face", "--images", images, "--annotations",
                        *source.build_from, "--output", prefix, "--progress", "none", *options)

    def beside(self, ending):
        return self.prefix.with_name(self.prefix.name + ending)

    @cached_property
    def records(self):
        return read_json_lines(self.beside(".jsonl"))


class Source:
    """A WIDER FACE set: annotations in one or more forms, and images.

    `forms` maps the name of a form to the files that `sixdof convert` gets. What is built comes
    from the form with landmarks.
    """

    def __init__(self, tool, work, name, images, forms):
        self.tool, self.work, self.name = tool, work, name
        self.images, self.forms = images, forms
        self.build_from = forms.get("label.txt")
        self._converted = {}

    @cached_property
    def annotations(self):
        """The landmark form, read independently."""
        return native_forms.read_retinaface(self.build_from[0])

    @cached_property
    def build(self):
        """The default build, in img2pose's layout, with records."""
        return self.new_build("default", "--records")

    def new_build(self, name, *options, images=None):
        prefix = self.work / f"{self.name}-{name}"
        return Build(self, prefix, images or self.images, *options)

    def converted(self, *forms, with_images=False):
        """The records that `sixdof convert` makes of one form, or of several merged."""
        return read_json_lines(self.converted_path(*forms, with_images=with_images))

    def converted_path(self, *forms, with_images=False):
        key = "+".join(forms) + ("-with-images" if with_images else "")
        if key not in self._converted:
            output = self.work / f"{self.name}-{key}.jsonl"
            files = [file for form in forms for file in self.forms[form]]
            images = ["--images", self.images] if with_images else []
            self.tool.run("convert", "wider-face", "--annotations", *files, *images,
                          "--output", output)
            self._converted[key] = output
        return self._converted[key]


class Artefacts:
    def __init__(self, tool, root, work, shared):
        self.tool, self.root, self.work, self.shared = tool, root, work, shared

    @cached_property
    def synthetic(self):
        folder = self.work / "synthetic"
        self.tool.run("synth", "wider-face", "--count", SYNTHETIC_IMAGES, "--seed", 7,
                      "--output", folder)
        return Source(self.tool, self.work, "synthetic", folder / "images", {
            "text": [folder / "wider_face_train_bbx_gt.txt"],
            "mat": [folder / "wider_face_train.mat", *level_files(folder, "train")],
            "label.txt": [folder / "retinaface/train/label.txt"],
            "img2pose": [folder / "img2pose/WIDER_train_annotations.txt"],
        })

    @cached_property
    def traps(self):
        """The synthetic images with the faces that break careless readers."""
        label = self.work / "traps/train/label.txt"
        label.parent.mkdir(parents=True)
        source = Source(self.tool, self.work, "trapped", self.synthetic.images,
                        {"label.txt": [label]})
        source.trap_lines = write_traps(self.synthetic.build_from[0], label)
        return source

    @cached_property
    def truth(self):
        """The poses that the synthetic landmarks were projected with."""
        return read_json_lines(self.synthetic.images.parent / "truth.jsonl")

    @cached_property
    def models(self):
        return reference_models(self)

    @cached_property
    def face_lists(self):
        return FaceLists(self, self.models)

    @cached_property
    def photos(self):
        folder = self.real("photos")
        return Source(self.tool, self.work, "photos", folder / "images",
                      {"label.txt": [folder / "label.txt"]})

    @cached_property
    def real_val(self):
        folder = self.real("wider_face/annotations")
        return Source(self.tool, self.work, "val", None, {
            "text": [folder / "wider_face_val_bbx_gt.first1062.txt"],
            "mat": [folder / "wider_face_val.mat", *level_files(folder, "val")],
        })

    @cached_property
    def reference(self):
        """The reference formulas, which are no part of the repository."""
        path = self.shared.parent / "reference/conventions.py"
        if not path.is_file():
            raise Unavailable("../shared/reference/conventions.py is absent")
        spec = importlib.util.spec_from_file_location("reference_conventions", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def real(self, name):
        folder = self.shared / name
        if not folder.is_dir():
            raise Unavailable(f"{os.path.relpath(folder, self.root)} is absent")
        return folder


def level_files(folder, split):
    return [folder / f"wider_{level}_{split}.mat" for level in LEVELS]
