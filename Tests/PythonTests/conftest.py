"""Small LMDBs in each layout, which the program makes of the synthetic sample."""

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "Annotations/wider-face"
sys.path.insert(0, str(ROOT / "Scripts/python"))
# Processes that are spawned import the package, too.
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT / "Scripts/python"), os.environ.get("PYTHONPATH")]))


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    import sixdof

    folder = tmp_path_factory.mktemp("built")
    base = ["build", "wider-face", "--images", SAMPLE / "images", "--annotations", SAMPLE / "retinaface/train/label.txt"]
    sixdof.run(*base, "--output", folder / "records", "--layout", "records", "--records")
    sixdof.run(*base, "--output", folder / "three", "--layout", "records", "--shards", 3)
    sixdof.run(*base, "--output", folder / "img2pose")
    return folder
