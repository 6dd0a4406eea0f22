"""The files of an installation below a prefix, as paths and bytes: the one list that all packages are made from."""

import gzip
import os
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from . import licences, manual


@dataclass(frozen=True)
class Release:
    version: str
    #: Seconds since 1970, which all files get.
    epoch: int

    @property
    def date(self):
        return time.strftime("%Y-%m-%d", time.gmtime(self.epoch))


def release(root, program):
    """What the program says it is. The changelog's newest heading has to be that version, or 'Unreleased'."""
    said = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout
    version = said.split()[0]
    heading = re.search(r"^## (.+)$", Path(root, "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)[1]
    if heading != "Unreleased" and heading.split()[0] != version:
        raise SystemExit(f"CHANGELOG.md: expected the newest heading to be {version} or Unreleased, found {heading}")
    return Release(version, int(os.environ["SOURCE_DATE_EPOCH"]))


def inference_folder():
    """Where Scripts/setup put the models; it has the same rule."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = Path(os.environ.get("SIXDOF_INFERENCE") or Path(cache, "sixdof/inference"))
    if not (folder / "models").is_dir():
        raise SystemExit(f"{folder}/models: expected the models, found none; run Scripts/setup")
    return folder


def files(root, program, release):
    """What lies below a prefix such as /usr, by path: bytes, and whether it is a program."""
    inference = inference_folder()
    found = {"bin/sixdof": Path(program).read_bytes()}
    for model in sorted((inference / "models").iterdir()):
        found[f"share/sixdof/models/{model.name}"] = model.read_bytes()
    for name, text in manual.pages(program, release.version, release.date).items():
        found[f"share/man/man1/{name}.gz"] = gzip.compress(text.encode(), 9, mtime=0)
    for shell, path in COMPLETIONS.items():
        script = subprocess.run([program, "--generate-completion-script", shell], check=True, capture_output=True).stdout
        found[path] = script
    for name, text in licence_texts(root).items():
        found[f"share/doc/sixdof/licences/{name}"] = text.encode()
    found["share/doc/sixdof/changelog.gz"] = gzip.compress(Path(root, "CHANGELOG.md").read_bytes(), 9, mtime=0)
    return dict(sorted(found.items()))


COMPLETIONS = {
    "bash": "share/bash-completion/completions/sixdof",
    "zsh": "share/zsh/vendor-completions/_sixdof",
    "fish": "share/fish/vendor_completions.d/sixdof.fish",
}


def licence_texts(root):
    swift = subprocess.run(["swift", "-print-target-info"], check=True, capture_output=True, text=True).stdout
    toolchain = re.search(r'"runtimeResourcePath": "(.+)/lib/swift(?:_static)?"', swift)[1]
    return licences.texts(root, inference_folder(), toolchain)
