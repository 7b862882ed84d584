"""Batches side by side: the answers of one by one, in order, and the caller's threads restored."""

from __future__ import annotations

import threading
import time

import pytest
import torch
from torch import nn

from engine.core.records import ModelIdentity
from engine.models.architectures.digits_cnn import CLASS_NAMES, DigitsCNN
from engine.models.normalize import NAMED, Normalization
from engine.models.torch_classifier import TorchClassifier
from engine.sampling.classifying import Begun, Classifying, handed_out
from tests.fakes import SHAPE, HalfSpace

CPU = torch.device("cpu")


class Slow(HalfSpace):
    """Answers once as many threads ask as are awaited."""

    def __init__(self, awaited: int) -> None:
        super().__init__(0.4)
        self.meeting = threading.Barrier(awaited)

    @property
    def concurrent(self) -> bool:
        return True

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        self.meeting.wait(timeout=30)
        if len(batch) == 1:
            raise RuntimeError("of one sample")
        return super().scores(batch)


def assert_answered(batches: list[torch.Tensor], under_way: list[Begun]) -> None:
    """As by one thread, each in its place; one of a single sample fails."""
    for batch, answered in zip(batches, under_way, strict=True):
        if len(batch) == 1:
            with pytest.raises(RuntimeError, match="of one sample"):
                answered()
            continue
        assert torch.equal(answered().classes, HalfSpace(0.4).classify(batch))
        assert answered().seconds > 0


@pytest.mark.usefixtures("two_threads")
def test_threads_answer_at_once_and_in_order() -> None:
    torch.manual_seed(0)
    batches = [torch.randn(size, *SHAPE) for size in (5, 7, 1, 6)]
    several = Classifying(Slow(2), CPU)
    assert several.threads == 2 and torch.get_num_threads() == 1
    assert several.most(10.0) == 2 < several.most(0.01) < several.most(0.0)
    under_way = [several.begin(batch) for batch in batches]
    assert_answered(batches, under_way)
    several.close()
    several.close()
    assert torch.get_num_threads() == 2


@pytest.mark.usefixtures("two_threads")
def test_what_nobody_waits_for_is_not_begun() -> None:
    model = Slow(3)  # two threads wait for this one
    several = Classifying(model, CPU)
    under_way = [several.begin(torch.randn(2, *SHAPE)) for _ in range(6)]
    while model.meeting.n_waiting < 2:
        time.sleep(0.001)
    under_way.clear()
    model.meeting.wait(timeout=30)
    several.close()  # a third batch would wait for ever
    assert not model.meeting.broken


@pytest.mark.usefixtures("two_threads")
def test_the_calling_thread_takes_what_no_other_has_begun() -> None:
    begun, gate = threading.Event(), threading.Event()

    class Gated(HalfSpace):
        @property
        def concurrent(self) -> bool:
            return True

        def scores(self, batch: torch.Tensor) -> torch.Tensor:
            if threading.current_thread() is not threading.main_thread():
                begun.set()
                gate.wait(timeout=30)
            if len(batch) == 1:
                raise RuntimeError("of one sample")
            return super().scores(batch)

    helped = Classifying(Gated(0.4), CPU, helped=True)
    batches = [torch.randn(size, *SHAPE) for size in (5, 7, 1, 6)]
    under_way = [helped.begin(batch) for batch in batches]
    begun.wait(timeout=30)
    assert helped.threads == 2
    assert [one.take() for one in under_way] == [False, True, True, True]
    assert [one.over for one in under_way] == [False, True, True, True]
    gate.set()
    assert_answered(batches, under_way)
    helped.close()
    assert torch.get_num_threads() == 2


@pytest.mark.usefixtures("two_threads")
def test_only_a_network_that_was_traced_is_asked_by_several() -> None:
    class Remembers(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = DigitsCNN()

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            self.held = x if bool((x > 0).any()) else -x  # it cannot be traced
            return self.inner(self.held)

    mean, std = NAMED["none"]
    for network, threads in ((DigitsCNN(), 2), (Remembers(), 0), (nn.Flatten(), 0)):
        identity = ModelIdentity(
            name="n",
            source="n",
            format="state_dict",
            sha256="0" * 64,
            architecture="any",
            class_names=CLASS_NAMES,
            input_shape=(1, 8, 8),
        )
        model = TorchClassifier(network, Normalization("none", mean, std, "given"), identity)
        model.prepare(CPU, "fp32")
        several = Classifying(model, CPU)
        assert several.threads == threads
        several.close()


@pytest.mark.usefixtures("two_threads")
def test_no_other_thread_has_fewer_for_it_nor_who_is_handed_something() -> None:
    at_once, seen = Classifying(Slow(1), CPU), list[int]()

    def note() -> None:
        seen.append(torch.get_num_threads())

    def begun() -> None:
        thread = threading.Thread(target=note)
        thread.start()
        thread.join()

    at_once.begin(torch.zeros(4, *SHAPE))().classes.tolist()
    note()
    begun()
    for _ in handed_out(range(2), lambda: at_once):
        note()
        begun()
    note()
    at_once.close()
    note()
    begun()
    assert seen == [1, 2, 2, 2, 2, 2, 1, 2, 2]


class Tells(Slow):
    """Notes how many threads its operations use."""

    def __init__(self, threads: int) -> None:
        super().__init__(threads)
        self.used = list[int]()

    def classify(self, batch: torch.Tensor) -> torch.Tensor:
        self.used.append(torch.get_num_threads())
        return super().classify(batch)


@pytest.mark.usefixtures("two_threads")
def test_each_thread_that_classifies_uses_one_for_its_operations() -> None:
    model = Tells(2)
    at_once = Classifying(model, CPU)
    for answer in [at_once.begin(torch.zeros(4, *SHAPE)) for _ in range(6)]:
        answer()
    at_once.close()
    assert model.used == [1] * 6


@pytest.mark.usefixtures("two_threads")
def test_what_another_thread_drops_leaves_nobody_with_one_thread() -> None:
    at_once = Classifying(Slow(1), CPU)
    found = handed_out(range(2), lambda: at_once)
    next(found)
    seen = list[int]()

    def drop() -> None:
        found.close()
        at_once.close()
        seen.append(torch.get_num_threads())

    thread = threading.Thread(target=drop)
    thread.start()
    thread.join()
    assert [*seen, torch.get_num_threads()] == [2, 2]
