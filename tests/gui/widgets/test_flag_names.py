from __future__ import annotations

import pytest

from engine.core.fields import field_specs
from engine.schemes import SCHEMES
from gui.widgets.flag_names import in_the_window


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("--entities 20 does not fit.", "'entities' 20 does not fit."),
        ("(set another with --normalize).", "(set another with 'Normalisation')."),
        ("name one with --arch, or infer it.", "name one with 'Architecture', or infer it."),
        ("Start a new run with --bound anytime.", "Start a new run with 'bound' anytime."),
        ("name the file with --model", "name the file with --model"),
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
