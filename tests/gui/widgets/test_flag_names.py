from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from engine.core.fields import field_specs
from engine.schemes import SCHEMES
from gui.widgets.flag_names import in_the_window

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("--entities 20 does not fit.", "'entities' 20 does not fit."),
        ("(set another with --normalize).", "(set another with 'Normalisation')."),
        ("name one with --arch, or infer it.", "name one with 'Architecture', or infer it."),
        ("Start a new run with --bound anytime.", "Start a new run with 'bound' anytime."),
        ("name the file with --model", "name the file with 'Model'"),
        ("--allow-flips 3 accepts that", "'allow flips' 3 accepts that"),
        ("a file called x--sigma.pt", "a file called x--sigma.pt"),
        ("No flag at all.", "No flag at all."),
    ],
)
def test_flags_with_a_field_are_named_by_its_title(said, shown):
    assert in_the_window(said) == shown


def test_every_parameter_of_every_scheme_has_a_title():
    for scheme in SCHEMES:
        for spec in field_specs(scheme):
            assert "--" not in in_the_window(f"Give {spec.flag} 1.")


SPOKEN = re.compile(r"(?<!\S)[(']?--[a-z]")
COMMANDS = ("cli", "training", "demos")
"""Rooms whose sentences are shown in terminals alone."""


def sentences():
    """Every text of the engine that names a flag, as it stands in the source."""
    for path in sorted((ROOT / "engine").rglob("*.py")):
        room = path.relative_to(ROOT / "engine").parts[0]
        if room in COMMANDS or path.name == "command_line.py":
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        strings = (node for node in ast.walk(tree) if isinstance(node, ast.Constant))
        for node in strings:
            if isinstance(node.value, str) and " " in node.value and SPOKEN.search(node.value):
                yield path.name, node.value


@pytest.mark.thorough
def test_no_sentence_of_the_engine_shows_a_flag_in_the_window():
    found = list(sentences())
    assert len(found) > 40
    left = [(name, said) for name, said in found if SPOKEN.search(in_the_window(said))]
    assert left == []


def test_advice_that_is_about_python_or_commands_is_the_window_s():
    shown = {
        "ask it about one sample a call with --batch 1 (in Python batch=1).": (
            "ask it about one sample a call with 'batch' 1."
        ),
        "Cannot read k.pem: no; certiscope keys new makes one.": (
            "Cannot read k.pem: no; 'Signing keys' makes one."
        ),
        "as recorded; certiscope verify --rerun draws them again.": (
            "as recorded; 'Draw again' on 'Verify a report' draws them again."
        ),
        "no; start it with certiscope serve-encrypted --model M.": "no; start one, here or there.",
        "again in the clear (verify --rerun all --model FILE).": (
            "again in the clear ('Verify a report', all blocks drawn again)."
        ),
    }
    assert {said: in_the_window(said) for said in shown} == shown
