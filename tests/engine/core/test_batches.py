import numpy as np
import torch

from engine.core.batches import (
    alike,
    from_arrays,
    is_out_of_memory,
    joined,
    moved,
    parts,
    room,
    rows_of,
    size_in_bytes,
)

PAIR = (torch.zeros(3, 4, 4), torch.arange(7))


def test_one_array_is_a_tensor_and_more_are_a_tuple():
    one = from_arrays([np.zeros((1, 2), dtype=np.float32)])
    assert isinstance(one, torch.Tensor) and one.shape == (1, 2)
    two = from_arrays([np.zeros(2, dtype=np.float32), np.arange(3)])
    assert [part.dtype for part in parts(two)] == [torch.float32, torch.int64]


def test_room_has_the_noised_shape_for_the_first_part_and_the_own_for_the_rest():
    made = room(PAIR, (4, 4, 4), 5, torch.device("cpu"))
    assert [tuple(part.shape) for part in parts(made)] == [(5, 4, 4, 4), (5, 7)]
    assert parts(made)[1].dtype == torch.int64
    assert isinstance(room(PAIR[0], (3, 4, 4), 2, torch.device("cpu")), torch.Tensor)


def test_rows_and_devices_of_all_parts():
    assert [len(part) for part in parts(rows_of(PAIR, 1, 3))] == [2, 2]
    assert all(part.device.type == "meta" for part in parts(moved(PAIR, torch.device("meta"))))
    assert parts(alike(PAIR, lambda part: part + 1))[1][0] == 1
    assert size_in_bytes(PAIR) == 4 * 48 + 8 * 7


def test_batches_are_joined_part_by_part():
    one, two = rows_of(PAIR, 0, 1), rows_of(PAIR, 1, 3)
    again = joined([one, two])
    assert all(torch.equal(a, b[:3]) for a, b in zip(parts(again), PAIR, strict=True))
    assert joined([one]) is one
    assert torch.equal(joined([PAIR[0][:1], PAIR[0][1:]]), PAIR[0])  # type: ignore[arg-type]


def test_memory_is_short_beside_the_device_too():
    for error in (torch.OutOfMemoryError("CUDA"), MemoryError(), RuntimeError("out of memory")):
        assert is_out_of_memory(error)
    assert not is_out_of_memory(RuntimeError("shapes differ"))
