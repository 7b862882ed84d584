from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from engine.core.errors import UserError
from engine.evidence.settings import ExactSettings
from engine.procedures.certify import certify
from engine.schemes.base import IMPOSSIBLE
from engine.schemes.translation_black import TranslationBlack, displacements
from engine.verify.counts import check_counts
from engine.verify.decisions import recount_of
from tests.fakes import HalfSpace, finish, fitted

SCHEME = TranslationBlack(reach=2)


def test_every_shift_is_counted_once_with_black_where_nothing_was(draw):
    assert len(displacements(2)) == len(set(displacements(2))) == 13 == SCHEME.noise().samples
    assert len(displacements(5)) == 81
    x = torch.rand(2, 3, 4) + 0.1
    out = draw(SCHEME, x, 13)
    assert torch.equal(out, draw(SCHEME, x, 13, batch=4))
    padded = torch.nn.functional.pad(x, (2, 2, 2, 2))
    for (down, right), sample in zip(displacements(2), out, strict=True):
        cut = padded[:, 2 - down : 5 - down, 2 - right : 6 - right]
        assert torch.equal(sample, cut)
    tiny = draw(TranslationBlack(reach=3), torch.ones(1, 2, 2), 29)
    assert int(tiny.flatten(1).any(1).sum()) == 9  # the others leave nothing of it


def test_attacks_are_among_what_was_counted(draw):
    x = torch.rand(1, 5, 6)
    attacked = torch.from_numpy(SCHEME.transformed(x.numpy(), {"shift": 2.0}))
    counted = draw(SCHEME, x, 13)
    assert any(torch.equal(attacked, one) for one in counted)


def test_one_shift_that_turns_the_class_is_enough(bounds):
    """All or nothing: the share of 13 must exceed 12 / 13."""
    whole = bounds(1.0, 0.0).model_copy(update={"alpha": 0.0, "n": 13})
    region = SCHEME.region(whole)
    assert region.upper == math.sqrt(5)
    assert region.contains({"shift": 2.0}) and not region.contains({"shift": math.sqrt(5)})
    assert SCHEME.region(whole.model_copy(update={"n": 29})) is None
    assert SCHEME.region(whole.model_copy(update={"p_lower": 12 / 13})) is None
    assert SCHEME.required_probability({"shift": 2.0}) == pytest.approx(12 / 13)
    assert SCHEME.required_probability({"shift": 2.3}) == IMPOSSIBLE


def test_a_run_certifies_the_model_itself_without_alpha():
    settings = ExactSettings(scheme=SCHEME)
    found = finish(certify(HalfSpace(0.6), fitted(0.5), settings, at=("shift=2", "shift=3")))
    assert found.certified_at == {"shift=2": True, "shift=3": False}
    assert found.statement.startswith(
        "Without any chance of error, since all 13 noise samples are counted, no shift of this "
        "image below 2.236 (l2 norm in pixels, whole in each direction, over black) changes the "
        "model's prediction 'class 0'."
    )
    assert all(one.verdict == "holds" for one in check_counts(recount_of(found)))
    turned = finish(certify(HalfSpace(0.3), fitted(0.5), settings))
    assert turned.region is None and turned.statement == (
        "Nothing is certified: 'class 0' won 7 of 13 votes, so a shift changes the "
        "model's prediction. A smaller reach may be certified."
    )


def test_black_is_black_in_the_first_pixel():
    """HalfSpace above looks at the first pixel, which half of the shifts leave black."""
    seen = [SCHEME.transformed(np.ones((1, 4, 4), np.float32), {"shift": s}) for s in (0.0, 1.0)]
    assert [one[0, 0, 0] for one in seen] == [1.0, 0.0]


@pytest.mark.parametrize("reach", [0, -1, 101, 1.5])
def test_a_reach_that_cannot_be_is_refused(reach):
    with pytest.raises(UserError, match="reach must be"):
        TranslationBlack(reach=reach)
