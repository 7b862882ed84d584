from __future__ import annotations

import pytest
from scipy.stats import beta, norm

from engine.core.records import ProbabilityBounds
from engine.evidence.evidence import AuditRecord
from engine.evidence.settings import CertifySettings
from engine.procedures.certify import certify
from engine.procedures.oracle_correction import transfer_of, transfer_record, with_transfer
from engine.schemes import Gaussian
from engine.verify.counts import check_counts
from engine.verify.decisions import recount_of
from tests.factories import make_input
from tests.fakes import finish
from tests.sayings import flat, saying


def labels(*counts: int) -> AuditRecord:
    names = ("accepted_true", "accepted_false", "rejected_true", "rejected_false")
    return AuditRecord(source="l.csv", sha256="00" * 32, **dict(zip(names, counts, strict=True)))


def bounds(p_lower: float) -> ProbabilityBounds:
    return ProbabilityBounds(
        method="clopper-pearson",
        alpha=0.001,
        n=1000,
        top=0,
        p_lower=p_lower,
        p_upper=1 - p_lower,
        valid=True,
        basis="",
    )


def test_the_radius_of_the_true_class_by_hand():
    found = transfer_record(
        Gaussian(sigma=0.5), bounds(0.9), "left", labels(80, 2, 1, 98), 0.01, make_input()
    )
    e1 = beta.isf(0.01, 3, 98)
    p = (0.9 - e1) / (1 - e1)
    assert found.false_accept == pytest.approx(e1, abs=1e-9)
    assert found.p_lower == pytest.approx(p, abs=1e-9)
    assert found.p_lower <= p
    assert found.radius == pytest.approx(0.5 * norm.ppf(p), abs=1e-8)
    assert "With confidence 98.9 %".lower() in found.statement.lower()
    assert (
        "of 100 answers that meant something else the oracle took 2 for 'left'" in found.statement
    )
    assert "rests on none of this" in found.statement


@pytest.mark.parametrize(
    ("p_lower", "counts", "words"),
    [
        (0.55, (50, 20, 0, 80), "Nothing is certified about the true class"),
        (0.99, (100, 0, 0, 0), "no answer meant anything but 'left'"),
    ],
)
def test_where_the_labels_allow_nothing(p_lower, counts, words):
    found = transfer_record(
        Gaussian(sigma=0.5), bounds(p_lower), "left", labels(*counts), 0.01, make_input()
    )
    assert found.region is None
    assert found.radius is None
    assert words in found.statement


def test_it_is_recomputed_by_the_verifier_and_needs_a_valid_bound():
    evidence = finish(certify(saying(), flat(0.1), CertifySettings(n0=50, n=500)))
    told = with_transfer(evidence, labels(60, 1, 0, 139), 0.001)
    assert told.transfer is not None
    assert 0 < told.transfer.radius < told.radius
    assert told.statement == evidence.statement
    verdicts = {claim.name: claim.verdict for claim in check_counts(recount_of(told))}
    assert verdicts["true class"] == "holds"
    better = told.transfer.model_copy(update={"false_accept": 0.0})
    forged = told.model_copy(update={"transfer": better})
    verdicts = {claim.name: claim.verdict for claim in check_counts(recount_of(forged))}
    assert verdicts["true class"] == "does not hold"
    other = told.transfer.audit.model_copy(update={"about": evidence.model.class_names[-1]})
    other = told.transfer.model_copy(update={"audit": other})
    forged = told.model_copy(update={"transfer": other})
    verdicts = {claim.name: claim.detail for claim in check_counts(recount_of(forged))}
    assert verdicts["true class"].startswith("its labels are about '")
    provisional = evidence.bounds.model_copy(update={"valid": False})
    unready = evidence.model_copy(update={"bounds": provisional})
    assert transfer_of(unready, labels(60, 1, 0, 139), 0.001) is None
