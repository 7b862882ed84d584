"""The program run in this process on a classifier whose radius is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from engine.cli import main, run
from engine.models.base import Classifier
from tests.fakes import HalfSpace, fitted

SUBJECT = ["--model", "fake", "--input", "flat", "--batch", "100", "--device", "cpu"]


@dataclass
class Shown:
    """What one call left."""

    status: int
    out: str
    err: str


Program = Callable[..., Shown]


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Program:
    """Call with a command line's words; ``classifier`` and ``value`` replace model and input."""

    def call(*words: str, classifier: Classifier | None = None, value: float = 0.0) -> Shown:
        model = classifier or HalfSpace(0.5)
        monkeypatch.setattr(run, "load", lambda _request, _spec: (model, fitted(value)))
        capsys.readouterr()
        status = main(words)
        captured = capsys.readouterr()
        return Shown(status, captured.out, captured.err)

    return call


@pytest.fixture
def certify(program: Program) -> Program:
    """``certiscope certify`` on the fake subject with 2,000 votes."""

    def call(*words: str, **subject: object) -> Shown:
        return program("certify", *SUBJECT, "--n", "2000", *words, **subject)

    return call
