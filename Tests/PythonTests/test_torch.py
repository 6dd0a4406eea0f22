"""With PyTorch's own DataLoader, where torch is installed."""

import pytest
import sixdof

torch = pytest.importorskip("torch", reason="torch is not installed")


def names(batch):
    return [sample.record["id"] for sample in batch]


@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.parametrize("workers", [0, 2, 3])
def test_each_item_comes_once(built, workers, method):
    from torch.utils.data import DataLoader

    dataset = sixdof.RecordsDataset(str(built / "three-*.lmdb"))
    expected = [sample.record["id"] for sample in dataset]
    context = method if workers else None
    loader = DataLoader(dataset, batch_size=4, num_workers=workers, collate_fn=names, multiprocessing_context=context)
    assert [name for batch in loader for name in batch] == expected
    stream = dataset.stream(shuffle=True, seed=3)
    loader = DataLoader(stream, batch_size=2, num_workers=workers, collate_fn=names, multiprocessing_context=context)
    whole = [name for batch in loader for name in batch]
    assert sorted(whole) == sorted(expected)
    # Goes on behind three batches.
    stream.resume(epoch=0, batches=3, batch_size=2)
    rest = [name for batch in loader for name in batch]
    assert sorted(whole[:6] + rest) == sorted(expected)


def test_decoded_pixels(built):
    image, record = sixdof.RecordsDataset(built / "records.lmdb", transform=sixdof.decoded)[0]
    assert image.dtype == torch.uint8
    assert image.shape == (3, record["image"]["height"], record["image"]["width"])
