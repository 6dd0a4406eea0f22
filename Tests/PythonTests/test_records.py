"""Records from files and LMDBs."""

import bz2
import gzip
import json
import lzma

import pytest
import sixdof


def plain(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.parametrize("pack", [None, gzip, bz2, lzma])
def test_lines_packed_or_not(built, tmp_path, pack):
    path = built / "records.jsonl"
    expected = plain(path)
    if pack:
        packed = tmp_path / "records.bin"
        packed.write_bytes(pack.compress(path.read_bytes()))
        path = packed
    assert list(sixdof.records(path)) == expected


def test_shards_hold_the_same_records(built):
    expected = plain(built / "records.jsonl")
    assert list(sixdof.records(built / "records.lmdb")) == expected
    three = list(sixdof.records(str(built / "three-*.lmdb")))
    assert sorted(three, key=lambda r: r["id"]) == sorted(expected, key=lambda r: r["id"])
    assert len(list(sixdof.records([built / "records.jsonl", built / "records.lmdb"]))) == 2 * len(expected)


@pytest.mark.parametrize(("line", "message"), [
    ("{", "r.jsonl:2: expected a record in JSON, found: "),
    ("[]", "r.jsonl:2: schema: expected 'sixdof.image/1', found 'list'"),
    ('{"schema": 7}', "r.jsonl:2: schema: expected 'sixdof.image/1', found 7"),
])
def test_a_line_that_is_no_record_is_named(built, tmp_path, line, message):
    good = (built / "records.jsonl").read_text().splitlines()[0]
    path = tmp_path / "r.jsonl"
    path.write_text(f"{good}\n{line}\n")
    found = sixdof.records(path)
    assert next(found) == json.loads(good)
    with pytest.raises(sixdof.SixDoFError) as caught:
        next(found)
    assert message in str(caught.value)
    assert (caught.value.issues[0].file, caught.value.issues[0].line) == (str(path), 2)


def test_a_packed_file_that_is_cut_is_named(built, tmp_path):
    path = tmp_path / "r.jsonl.gz"
    path.write_bytes(gzip.compress((built / "records.jsonl").read_bytes())[:-30])
    with pytest.raises(sixdof.SixDoFError, match=r"r\.jsonl\.gz:\d+: expected packed lines, found"):
        list(sixdof.records(path))


@pytest.mark.parametrize("path", ["nothing.jsonl", "nothing-*.lmdb"])
def test_a_name_without_a_file_is_an_error(path):
    with pytest.raises(sixdof.SixDoFError, match="expected a file or a pattern of files, found none"):
        list(sixdof.records(path))
