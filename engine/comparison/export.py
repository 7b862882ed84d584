"""The comparison as files: JSON is the record itself, CSV one row per candidate and input."""

from __future__ import annotations

from pathlib import Path

from engine.comparison.records import Candidate, Outcome, TradeOff
from engine.core.files import write_atomically
from engine.report.csv import csv_text
from engine.schemes.attacker import Attacker

_HEADER = [
    "model",
    "name",
    "noise",
    "input",
    "label",
    "predicted_class",
    "class_name",
    "correct",
    "certified",
    "pixels",
    "epsilon",
    "norm",
    "withstands",
    "n0",
    "n",
    "alpha",
    "bound",
    "seed",
]


def tradeoff_csv(result: TradeOff, attackers: list[Attacker]) -> str:
    """Every outcome before every attacker, at full precision."""
    settings = [result.n0, result.n, result.alpha, result.bound, result.seed]
    rows = [
        [*_outcome(one, outcome), *_answer(result, index, outcome, attacker), *settings]
        for index, one in enumerate(result.candidates)
        for outcome in result.outcomes[index]
        for attacker in attackers
    ]
    return csv_text(_HEADER, rows)


def write_tradeoff(result: TradeOff, path: Path, attackers: list[Attacker]) -> Path:
    """Write a comparison as its suffix says: CSV, else JSON.

    Raises:
        UserError: the file cannot be written.
    """
    is_csv = path.suffix.lower() == ".csv"
    text = tradeoff_csv(result, attackers) if is_csv else result.model_dump_json(indent=2) + "\n"
    write_atomically(path, text.encode())
    return path


def _outcome(one: Candidate, outcome: Outcome) -> list[object]:
    region = outcome.region
    return [
        one.spelled,
        one.name,
        one.noise_in_words,
        outcome.input,
        "" if outcome.label is None else outcome.label,
        "" if outcome.predicted_class is None else outcome.predicted_class,
        outcome.class_name or "",
        int(outcome.correct),
        region.headline() if region is not None else "",
    ]


def _answer(result: TradeOff, index: int, outcome: Outcome, attacker: Attacker) -> list[object]:
    attack = result.attack(index, attacker)
    holds = attack is not None and outcome.withstands(attack)
    return [attacker.entities, attacker.epsilon, attacker.norm, int(holds)]
