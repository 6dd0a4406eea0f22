"""Datasets, in one process and in workers, whole and shared out."""

import json
import multiprocessing
import pickle

import lmdb
import msgpack
import numpy
import pytest
import sixdof
from conftest import SAMPLE


def test_images_and_records(built):
    dataset = sixdof.RecordsDataset(built / "records.lmdb")
    expected = [json.loads(line) for line in (built / "records.jsonl").read_text().splitlines()]
    assert len(dataset) == len(expected)
    for (image, record), wanted in zip(dataset, expected):
        assert record == wanted
        assert image == (SAMPLE / "images" / wanted["image"]["path"]).read_bytes()
    assert dataset[-1].record == expected[-1]
    with pytest.raises(IndexError):
        dataset[len(dataset)]
    with pytest.raises(IndexError):
        dataset[-len(dataset) - 1]


def test_a_sample_is_the_same_each_time(built):
    dataset = sixdof.RecordsDataset(built / "records.lmdb")
    for index in range(len(dataset)):
        first, second, third = (dataset.sample(index) for _ in range(3))
        assert first.image == second.image and first.record == second.record
        # What goes to another process has both, whether the record was asked for or not.
        for sample in (third, second):
            packed = pickle.dumps(sample)
            assert len(packed) < len(sample.image) + len(json.dumps(sample.record)) + 1000
            assert list(pickle.loads(packed)) == [first.image, first.record]


def find_all(dataset):
    for index in range(len(dataset)):
        dataset.sample(index)


def test_forks_share_where_images_begin(built):
    dataset = sixdof.RecordsDataset(built / "records.lmdb")
    # Only the first is looked at, to know the layout, and not its image.
    starts = dataset._files[0].image_starts
    assert not any(starts)
    fork = multiprocessing.get_context("fork").Process(target=find_all, args=(dataset,))
    fork.start()
    fork.join()
    assert fork.exitcode == 0 and all(starts)
    assert identifiers(dataset, range(len(dataset))) == [sample.record["id"] for sample in pickle.loads(pickle.dumps(dataset))]


def test_shards_follow_one_another(built):
    parts = sorted(built.glob("three-*.lmdb"))
    dataset = sixdof.RecordsDataset(str(built / "three-*.lmdb"))
    ids = [sample.record["id"] for part in parts for sample in sixdof.RecordsDataset(part)]
    assert [sample.record["id"] for sample in dataset] == ids
    assert len(set(ids)) == len(ids) == len(dataset)


def test_img2poses_arrays_are_those_of_the_file(built):
    path = built / "img2pose.lmdb"
    # LMDB allows a file to be open once in a process.
    with lmdb.open(str(path), subdir=False, readonly=True, lock=False) as file, file.begin() as transaction:
        count = msgpack.loads(transaction.get(b"__len__"))
        values = [msgpack.loads(transaction.get(b"%d" % index)) for index in range(count)]
    dataset = sixdof.Img2PoseDataset(path)
    assert len(dataset) == count
    for index, (image, global_poses, boxes, local_poses, landmarks) in enumerate(values):
        sample = dataset.sample(index)
        assert sample.image == image
        numpy.testing.assert_array_equal(sample.global_poses, numpy.array(global_poses, dtype=float).reshape(-1, 6))
        numpy.testing.assert_array_equal(sample.local_poses, numpy.array(local_poses, dtype=float).reshape(-1, 6))
        numpy.testing.assert_array_equal(sample.boxes, boxes)
        assert [points.tolist() for points in sample.landmarks] == landmarks
        assert sample.trains.tolist() == [all(-1 not in point for point in points) for points in landmarks]


def test_the_wrong_class_is_told(built):
    with pytest.raises(sixdof.SixDoFError, match="expected an LMDB of --layout records, found one of --layout img2pose, "
                                                "the default; sixdof.Img2PoseDataset reads it"):
        sixdof.RecordsDataset(built / "img2pose.lmdb")
    with pytest.raises(sixdof.SixDoFError, match="found one of --layout records; sixdof.RecordsDataset reads it"):
        sixdof.Img2PoseDataset(built / "records.lmdb")


def test_another_lmdb_is_told(tmp_path):
    path = tmp_path / "other.lmdb"
    for key, message in [(None, "expected samples, found none"), (b"a", "expected an LMDB that sixdof wrote, found another")]:
        with lmdb.open(str(path), subdir=False) as file, file.begin(write=True) as transaction:
            if key:
                transaction.put(key, b"b")
        with pytest.raises(sixdof.SixDoFError, match=message):
            sixdof.RecordsDataset(path)
    (tmp_path / "text.lmdb").write_text("text")
    with pytest.raises(sixdof.SixDoFError, match="text.lmdb: expected an LMDB, found"):
        sixdof.RecordsDataset(tmp_path / "text.lmdb")


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.7, 0.9])
def test_a_file_that_is_cut_is_told(built, tmp_path, share):
    content = (built / "records.lmdb").read_bytes()
    path = tmp_path / "cut.lmdb"
    path.write_bytes(content[:int(share * len(content))])
    with pytest.raises(sixdof.SixDoFError, match=r"cut\.lmdb: "):
        [sample.record for sample in sixdof.RecordsDataset(path)]


def test_changed_bytes_never_crash(built, tmp_path):
    import random

    content = (built / "records.lmdb").read_bytes()
    draw, path = random.Random(7), tmp_path / "changed.lmdb"
    for _ in range(400):
        changed = bytearray(content)
        for _ in range(draw.choice([1, 4])):
            # Most of the file is images; its pages of keys lie at the ends.
            place = draw.choice([draw.randrange(9000), draw.randrange(len(content) - 9000, len(content)), draw.randrange(len(content))])
            changed[place] = draw.randrange(256)
        path.write_bytes(changed)
        try:
            for sample in sixdof.RecordsDataset(path):
                assert isinstance(sample.image, bytes)
        except sixdof.SixDoFError as error:
            assert "changed.lmdb: " in str(error)


def test_a_sample_of_another_form_is_told(built, tmp_path):
    path = tmp_path / "damaged.lmdb"
    path.write_bytes((built / "records.lmdb").read_bytes())
    with lmdb.open(str(path), subdir=False) as file, file.begin(write=True) as transaction:
        transaction.put(b"%010d" % 1, bytes(transaction.get(b"%010d" % 1))[:-1])
        transaction.delete(b"%010d" % 2)
        transaction.put(b"zzz", b"")
    dataset = sixdof.RecordsDataset(path)
    assert dataset[0].record["id"]
    with pytest.raises(sixdof.SixDoFError, match="damaged.lmdb: sample 1: expected a record and its image"):
        dataset[1]
    with pytest.raises(sixdof.SixDoFError, match="expected sample 2, found none"):
        dataset[2]


def test_text_in_a_record_that_looks_like_an_image_is_not_one(tmp_path):
    # The key of an image and a head within the record; records and images of all sizes.
    tricky = b"\xa5image\xc6\x00\x00\x00\x01" * 3
    samples = [({"id": "a", "native": {"bytes": tricky, "rest": b"r" * rest}}, image)
               for image in (b"", b"a" * 200, b"b" * 70_000, b"\xa5image\xc4\x00") for rest in (0, 4_050, 4_080, 300_000)]
    path = tmp_path / "tricky.lmdb"
    with lmdb.open(str(path), subdir=False, map_size=1 << 24) as file, file.begin(write=True) as transaction:
        for index, (record, image) in enumerate(samples):
            transaction.put(b"%010d" % index, msgpack.packb({"record": record, "image": image}))
    dataset = sixdof.RecordsDataset(path)
    assert [(sample.record, sample.image) for sample in dataset] == samples


def identifiers(dataset, indices):
    return [dataset[i].record["id"] for i in indices]


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_workers_read_the_same(built, method):
    dataset = sixdof.RecordsDataset(str(built / "three-*.lmdb"))
    expected = identifiers(dataset, range(len(dataset)))  # opened before the fork
    half = len(dataset) // 2
    with multiprocessing.get_context(method).Pool(2) as pool:
        parts = pool.starmap(identifiers, [(dataset, range(half)), (dataset, range(half, len(dataset)))])
    assert parts[0] + parts[1] == expected
    assert identifiers(dataset, [0]) == expected[:1]


def test_threads_read_the_same(built):
    from concurrent.futures import ThreadPoolExecutor

    dataset = sixdof.RecordsDataset(built / "records.lmdb")
    expected = identifiers(dataset, range(len(dataset)))
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda _: identifiers(dataset, range(len(dataset))), range(16)):
            assert found == expected


def shorten(image, record):
    return len(image), record["id"]


def test_a_transform_gets_both_and_is_carried_along(built):
    dataset = pickle.loads(pickle.dumps(sixdof.RecordsDataset(built / "records.lmdb", transform=shorten)))
    image, record = sixdof.RecordsDataset(built / "records.lmdb")[3]
    assert dataset[3] == (len(image), record["id"])


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("world_size", [1, 2, 3])
def test_a_stream_is_shared_out_once(built, shuffle, world_size):
    dataset = sixdof.RecordsDataset(built / "records.lmdb")
    seen = []
    for rank in range(world_size):
        stream = dataset.stream(shuffle=shuffle, seed=5, rank=rank, world_size=world_size)
        parts = [stream.order(worker, 2) for worker in range(2)]
        assert sorted(parts[0] + parts[1]) == sorted(stream.order())
        assert len(stream) == len(stream.order()) == len(dataset) // world_size
        seen += stream.order()
    assert len(set(seen)) == len(seen) == len(dataset) // world_size * world_size


def test_the_seed_and_the_epoch_decide_the_order(built):
    dataset = sixdof.RecordsDataset(built / "records.lmdb")
    stream = dataset.stream(shuffle=True, seed=1)
    first = stream.order()
    assert first == dataset.stream(shuffle=True, seed=1).order() != list(range(len(dataset)))
    assert first != dataset.stream(shuffle=True, seed=2).order()
    ids = [sample.record["id"] for sample in stream]
    assert ids == identifiers(dataset, first)
    # The next epoch comes by itself, and any can be chosen.
    assert stream.epoch == 1 and stream.order() != first
    stream.set_epoch(0)
    assert stream.order() == first


def test_a_stream_goes_on_where_it_was(built):
    dataset = sixdof.RecordsDataset(built / "records.lmdb")
    whole = [sample.record["id"] for sample in dataset.stream(shuffle=True, seed=1)]
    stream = dataset.stream(shuffle=True, seed=1)
    items = iter(stream)
    head = [next(items).record["id"] for _ in range(4)]
    state = pickle.loads(pickle.dumps(stream.state_dict()))
    other = dataset.stream(shuffle=True, seed=1)
    other.load_state_dict(state)
    assert head + [sample.record["id"] for sample in other] == whole
    # Behind two batches of three that were trained on.
    third = dataset.stream(shuffle=True, seed=1)
    third.resume(epoch=0, batches=2, batch_size=3)
    assert [sample.record["id"] for sample in third] == whole[6:]
    with pytest.raises(sixdof.SixDoFError, match="state: seed: expected 2, found 1"):
        dataset.stream(shuffle=True, seed=2).load_state_dict(state)


@pytest.mark.parametrize(("rank", "world_size"), [(2, 2), (-1, 2), (0, None)])
def test_ranks_that_are_none_are_refused(built, rank, world_size):
    with pytest.raises(ValueError, match="rank"):
        sixdof.RecordsDataset(built / "records.lmdb").stream(rank=rank, world_size=world_size)


def test_torchruns_ranks_are_taken(built, monkeypatch):
    monkeypatch.setenv("RANK", "1")
    monkeypatch.setenv("WORLD_SIZE", "4")
    stream = sixdof.RecordsDataset(built / "records.lmdb").stream()
    assert (stream.rank, stream.world_size) == (1, 4)


def test_the_old_name_is_the_same_class():
    import sixdof_dataset

    assert sixdof_dataset.SixDoFDataset is sixdof.RecordsDataset
    assert sixdof_dataset.decoded is sixdof.decoded
