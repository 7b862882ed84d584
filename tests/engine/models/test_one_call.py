from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import fx, nn

from engine.models.architectures import by_name
from engine.models.fast import PackedConv, accelerate
from engine.models.one_call import in_one_call

CPU = torch.device("cpu")
KINDS = ["digits_cnn", "cifar_resnet20", "mobilenet_v2"]
needs_onednn = pytest.mark.skipif(
    not torch.backends.mkldnn.is_available(), reason="this torch has no oneDNN"
)


@pytest.mark.walk
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("name", KINDS)
def test_every_bit_is_that_of_one_operation_after_the_other(network, name, dtype):
    shape = by_name(name, {}).input_shape
    fast = accelerate(network(name, 10), shape, CPU, dtype)
    assert fast._whole is not None
    with torch.inference_mode():
        for size in (1, 2, 3, 17, 64):
            x = torch.randn(size, *shape).to(dtype)
            for _ in range(3):  # torch changes a trace by what it was given before, if it may
                assert torch.equal(fast(x), fast.network(x.contiguous(memory_format=LAID_OUT)))


LAID_OUT = torch.channels_last


@needs_onednn
def test_no_layer_is_called_from_python(network, monkeypatch):
    fast = accelerate(network("digits_cnn", 10), (1, 8, 8), CPU, torch.float32)
    monkeypatch.setattr(PackedConv, "forward", lambda *_: pytest.fail("It was called."))
    with torch.inference_mode():
        assert fast(torch.rand(4, 1, 8, 8)).shape == (4, 10)


def test_threads_that_call_at_once_get_what_one_gets(network):
    fast = accelerate(network("digits_cnn", 10), (1, 8, 8), CPU, torch.float32)
    batches = [torch.randn(100, 1, 8, 8) for _ in range(40)]

    def scores(x: torch.Tensor) -> torch.Tensor:
        with torch.inference_mode():
            return fast(x)

    alone = [scores(x) for x in batches]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(scores, batches))
    assert all(map(torch.equal, alone, together))


class OfTwo(nn.Module):
    """Right for two samples alone."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.reshape(2, -1)


class Drawing(nn.Module):
    """No function of its argument."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + torch.rand_like(x)


class Counting(nn.Module):
    """Divides by the size of the batch, which a trace would write down."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x / float(x.shape[0])


class Guarded(nn.Module):
    """Asks whether anything in the batch is unusual: no function of one sample, but of the batch.

    Torch gives Python the answer, which a trace writes down and does not warn of.
    """

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + float(torch.equal(x, x.clamp(-50, 50)))


class Near(nn.Module):
    """The same, by another operation."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + float(torch.allclose(x, x.clamp(-50, 50)))


@pytest.mark.parametrize("kind", [OfTwo, Drawing, Counting, Guarded, Near])
def test_what_a_trace_would_change_is_called_as_it_is(kind):
    assert in_one_call(kind(), torch.rand(8, 3)) is None


class Doubling(nn.Module):
    """Writes into what it is given."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.mul_(2)


def test_what_is_tried_is_not_written_into():
    probe = torch.ones(8, 3)
    assert in_one_call(fx.symbolic_trace(Doubling()), probe) is not None
    assert torch.equal(probe, torch.ones(8, 3))


def test_sizes_of_a_batch_are_asked_for_anew():
    class Flat(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x.view(x.shape[0], -1) * 2

    whole = in_one_call(fx.symbolic_trace(Flat()), torch.rand(8, 3, 2))
    assert whole is not None
    assert whole(torch.ones(5, 3, 2)).shape == (5, 6)


def test_a_torch_without_traces_is_no_obstacle(network, monkeypatch):
    def gone(*_: object, **__: object) -> None:
        raise AttributeError("torch has no traces any more")

    monkeypatch.setattr("engine.models.one_call.torch.jit.trace", gone)
    fast = accelerate(network("digits_cnn", 10), (1, 8, 8), CPU, torch.float32)
    assert fast._whole is None
    with torch.inference_mode():
        assert fast(torch.rand(4, 1, 8, 8)).shape == (4, 10)
