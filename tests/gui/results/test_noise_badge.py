from __future__ import annotations

import pytest

from engine.evidence.settings import declared
from engine.schemes import DssnL1, Gaussian, Sparse
from gui.results.noise_badge import badge_of


@pytest.mark.parametrize(
    ("scheme", "mode", "text", "sound"),
    [
        (Gaussian(), "float", "Float noise", False),
        (Gaussian(), "exact", "Sound on the 8-bit grid", True),
        (Sparse(), "float", "Integer noise", True),
        (DssnL1(), "float", "All noise counted", True),
    ],
)
def test_what_is_said_depends_on_the_law_and_the_mode(scheme, mode, text, sound):
    badge = badge_of(declared("certify", scheme, {"noise": mode}))
    assert (badge.text, badge.sound) == (text, sound)
    assert badge.role == ("badge-sound" if sound else "badge")
    assert badge.tip.endswith(".")
