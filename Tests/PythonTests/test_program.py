"""Running the program from Python."""

import json
import os
import pickle
import pty
import subprocess
import sys

import pytest
import sixdof
from conftest import SAMPLE

LABELS = SAMPLE / "retinaface/train/label.txt"


def test_a_run_gives_what_was_said(tmp_path):
    result = sixdof.run("convert", "wider-face", "--annotations", LABELS, "--output", tmp_path / "a.jsonl")
    assert result.returncode == 0 and result.issues == []
    assert "records" in result.stderr


def test_issues_come_with_their_places(tmp_path):
    lines = LABELS.read_text().splitlines()
    lines[1] = "12 x"
    (tmp_path / "label.txt").write_text("\n".join(lines))
    result = sixdof.run("convert", "wider-face", "--annotations", "label.txt", "--output", "a.jsonl", cwd=tmp_path)
    assert result.returncode == 2
    (issue,) = result.issues
    assert (issue.file, issue.line, issue.severity, issue.code) == ("label.txt", 2, "error", "malformed-line")
    assert str(issue).startswith("label.txt:2: face 1: expected ")


@pytest.mark.parametrize(("arguments", "code", "file"), [
    (["convert", "wider-face", "--annotations", "none.txt", "--output", "a.jsonl"], 65, "none.txt"),
    (["convert", "wider-face"], 64, None),
    (["biuld"], 64, None),
])
def test_errors_are_exceptions_with_the_programs_words(tmp_path, arguments, code, file):
    with pytest.raises(sixdof.SixDoFError) as caught:
        sixdof.run(*arguments, cwd=tmp_path)
    assert caught.value.returncode == code
    assert caught.value.issues[0].file == file
    assert not str(caught.value).lower().startswith("error")
    assert "\nUsage" not in str(caught.value)
    # Workers send errors to their parent.
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.returncode, again.issues) == (str(caught.value), code, caught.value.issues)


def test_a_program_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setenv("SIXDOF", "/nothing/sixdof")
    with pytest.raises(sixdof.SixDoFError, match="SIXDOF: expected a program, found '/nothing/sixdof'"):
        sixdof.paths()


def test_standard_input_and_output(built):
    text = (built / "records.jsonl").read_text()
    assert sixdof.run("sample", "-", "--count", 2, "--output", "-", input=text).stdout.count("\n") == 2


def test_statistics(built):
    found = sixdof.stats(built / "records.jsonl")
    assert found["counts"]["faces"] == sum(len(record["faces"]) for record in sixdof.records(built / "records.jsonl"))
    assert list(found["statistics"]["components"]) == ["rx", "ry", "rz", "tx", "ty", "tz"]
    assert sixdof.stats(built / "records.jsonl", "--profile", "img2pose") != found


def test_python_m_is_the_program(tmp_path):
    run = subprocess.run([sys.executable, "-m", "sixdof", "formats", "--json"], check=True, capture_output=True, cwd=tmp_path)
    assert json.loads(run.stdout)
    assert subprocess.run([sys.executable, "-m", "sixdof", "biuld"], capture_output=True).returncode == 64


def test_the_version_is_the_programs():
    assert sixdof.__version__ == sixdof.run("--version").stdout.split()[0]


def test_nothing_heavy_is_imported():
    program = "import sys, sixdof; assert not {'lmdb', 'msgpack', 'numpy', 'torch'} & set(sys.modules), sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True)


def on_a_terminal(environment):
    """What the program says to a person of a file that is not there."""
    ours, theirs = pty.openpty()
    program = subprocess.Popen([sixdof.paths().program, "label", "none.jsonl", "--output", "a.jsonl"], stdout=theirs,
                               stderr=theirs, stdin=subprocess.DEVNULL,
                               env={**os.environ, "TERM": "xterm", **environment})
    os.close(theirs)
    said = b""
    try:
        while part := os.read(ours, 4096):
            said += part
    except OSError:
        # The other end is closed.
        pass
    finally:
        os.close(ours)
    assert program.wait() == 65
    return said.decode()


@pytest.mark.parametrize(("environment", "begins"), [
    ({"NO_COLOR": ""}, "\x1b[1;31merror\x1b[0m: none.jsonl"),
    ({"NO_COLOR": "1"}, "error: none.jsonl"),
    ({"TERM": "dumb", "NO_COLOR": ""}, "error: none.jsonl"),
])
def test_severities_have_colours_for_people(environment, begins):
    assert begins in on_a_terminal(environment)
