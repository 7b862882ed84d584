"""Flags of ``audit --cluster``: what cannot be is one sentence, before anything is loaded."""

from __future__ import annotations

import importlib.util

import pytest

from engine.cli import main

WORDS = ["audit", "--model", "demo:digits-0.25", "--input", "digits", "--sigma", "0.25"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--workers", "2"], "--workers is for --cluster; give --cluster local for this machine."),
        (["--cluster", "local", "--workers", "0"], "--workers must be 1 or more (it was 0)."),
        (["--cluster", "local"], "--cluster needs Ray, which is not installed here; pip install"),
    ],
)
def test_bad_values_are_one_sentence(
    words: list[str],
    sentence: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        "engine.cluster.find_spec", lambda name: None if name == "ray" else find(name)
    )
    assert main([*WORDS, *words]) == 2
    shown = capsys.readouterr()
    assert sentence in shown.err and shown.err.count("\n") == 1
