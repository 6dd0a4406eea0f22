"""The `records` layout, read through the Dataset that is offered to users, without torch."""

import sys
from pathlib import Path

from sixdof_dataset import SixDoFDataset

from .report import expect, expect_same


def checks(artefacts):
    yield "records layout", lambda: one_shard(artefacts.synthetic)
    yield "records layout in shards", lambda: three_shards(artefacts.synthetic)


def one_shard(source):
    build = source.new_build("records", "--layout", "records", "--records")
    return compare(source, build, SixDoFDataset(build.beside(".lmdb")))


def three_shards(source):
    build = source.new_build("records3", "--layout", "records", "--records", "--shards", "3")
    shards = sorted(build.prefix.parent.glob(f"{build.prefix.name}-*-of-00003.lmdb"))
    expect(len(shards) == 3, "3 shards", [shard.name for shard in shards])
    counts = [len(SixDoFDataset(shard)) for shard in shards]
    expect(all(counts), "no empty shard", counts)
    balance = " + ".join(map(str, counts))
    dataset = SixDoFDataset(f"{build.prefix}-*.lmdb")
    return f"{balance}: {compare(source, build, sorted_as(build.records, dataset))}"


def sorted_as(records, dataset):
    """The items of a sharded dataset in the order of the records; shards share them out by size."""
    place = {record["id"]: index for index, record in enumerate(records)}
    return sorted(dataset, key=lambda item: place[item[1]["id"]])


def compare(source, build, items):
    """Every image once, with its file's bytes and its record."""
    expect_same("records", source.build.records, build.records)
    expect(len(build.records) == len(source.annotations), f"{len(source.annotations)} records",
           len(build.records))
    expect(len(items) == len(build.records), f"{len(build.records)} images", len(items))
    for index, (image, record) in enumerate(items):
        expect_same(f"record {index}", build.records[index], record)
        file = Path(source.images, record["image"]["path"])
        expect(image == file.read_bytes(), f"the bytes of {file.name}", f"{len(image)} others")
    expect_same("last item by index", build.records[-1], items[len(items) - 1][1])
    expect("torch" not in sys.modules, "no import of torch", "torch imported")
    return f"{len(items)} images and records equal, read without torch"
