"""Medians of a set at the terminal; what it writes is tested with the set itself."""

from __future__ import annotations

from engine.cli import main


def test_many_rows_are_told_by_the_statement_alone(capsys, monkeypatch) -> None:
    monkeypatch.setattr("engine.cli.medians.SHOWN_ROWS", 1)
    words = "audit --model demo:diabetes --input diabetes --limit 2 --scheme gaussian-row"
    words += " --sigma 0.5 --epsilon 0.1 --n 500 --seed 1 --device cpu"
    assert main(words.split()) == 0
    said = capsys.readouterr().out
    assert "widest interval" in said and "intervals of the medians" not in said
    assert main([*words.split(), "--quiet"]) == 0
    assert capsys.readouterr().out == ""


def test_a_model_of_classes_is_refused(capsys) -> None:
    words = "audit --model demo:digits-0.25 --input digits --limit 2 --epsilon 0.1 --sigma 0.25"
    assert main(words.split()) == 2
    assert "names classes" in capsys.readouterr().err
