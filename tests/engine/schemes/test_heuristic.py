"""Heuristic smoothing: the word in headline, statement, report and evidence, and never a region."""

from __future__ import annotations

from pathlib import Path

import pytest
from scipy.stats import norm

from engine.cli.outcome import ABSTAINED, exit_status
from engine.core.errors import UserError
from engine.evidence.settings import CertifySettings
from engine.evidence.statement import headline_of
from engine.procedures.certify import certify
from engine.procedures.dataset import certify_set
from engine.replay.replay import replay
from engine.report.summary import content
from engine.schemes import HeuristicRotation, HeuristicTranslation, Scheme
from engine.verify.counts import check_counts
from engine.verify.decisions import recount_of
from tests.fakes import HalfSpace, finish, fitted

SCHEMES = (HeuristicRotation(sigma_gamma=10.0), HeuristicTranslation(sigma_gamma=1.0))


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda one: one.key)
def test_it_is_named_heuristic_everywhere_and_certifies_nothing(scheme: Scheme, bounds) -> None:
    settings = CertifySettings(scheme=scheme, n0=50, n=1_000, seed=3)
    term = next(iter(scheme.terms))
    found = finish(certify(HalfSpace(5.0), fitted(0.3), settings, at=(f"{term}=0.5",)))
    assert found.outcome == "heuristic" and found.region is None and found.abstention is None
    assert found.predicted_class == 0 and found.certified_at == {f"{term}=0.5": False}
    assert found.statement.startswith("Heuristic, and nothing is certified: if interpolating")
    assert "would change the smoothed model's prediction" in found.statement
    assert headline_of(found).startswith("heuristic: ")
    page = content(found)
    assert page.title == "Heuristic, no certificate" and page.verdict == "HEURISTIC"
    assert page.tone == "warn" and exit_status(found) == ABSTAINED
    assert {claim.verdict for claim in check_counts(recount_of(found))} == {"holds"}
    claimed = found.model_copy(update={"outcome": "certified"})
    assert "does not hold" in {claim.verdict for claim in check_counts(recount_of(claimed))}
    assert scheme.region(bounds(0.999)) is None and scheme.utmost(bounds(0.999)) is None
    assert scheme.required_probability({term: 0.1}) > 1
    assert scheme.heuristic(bounds(0.5)) is None
    end = scheme.heuristic(bounds(0.9)).furthest(term)
    assert end == pytest.approx(norm.ppf(0.9) * scheme.sigma_gamma, rel=1e-9)


def test_no_table_counts_it(tmp_path: Path) -> None:
    settings = CertifySettings(scheme=SCHEMES[0], n0=50, n=1_000)
    with pytest.raises(UserError, match="is heuristic and certifies nothing, so that no table"):
        finish(certify_set(HalfSpace(0.5), ["a"], settings))
    with pytest.raises(UserError, match="is heuristic and certifies nothing: no table of votes"):
        replay(tmp_path / "votes.csv", scheme=SCHEMES[1], alpha=0.001, bound="anytime")


def test_an_uncertain_class_abstains_as_ever() -> None:
    settings = CertifySettings(scheme=SCHEMES[0], n0=50, n=1_000, seed=3)
    found = finish(certify(HalfSpace(0.0), fitted(0.0), settings))
    assert found.outcome == "abstained" and found.abstention is not None
    assert found.statement.startswith("Nothing is certified")
