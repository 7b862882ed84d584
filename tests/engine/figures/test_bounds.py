import pytest
import scipy.stats

from engine.evidence.settings import CertifySettings, DecideSettings
from engine.figures.bounds import bounds_figure
from engine.figures.votes import votes_figure
from engine.procedures.certify import certify
from engine.schemes import parse_scheme
from tests.factories import make_evidence
from tests.fakes import HalfSpace, finish, fitted


def test_the_fixed_n_value_is_provisional_before_the_plan_and_never_after():
    found = finish(certify(HalfSpace(0.1), fitted(), CertifySettings(n0=50, n=1000)))
    figure = bounds_figure(found, HalfSpace(0.1).identity.class_names)
    assert [p.n for p in figure.provisional] == [p.n for p in found.trajectory][:-1]
    first = found.trajectory[0]
    # the p with P(Bin(n, p) >= k) = alpha
    tail = scipy.stats.binom.sf(first.k - 1, first.n, figure.provisional[0].p_lower)
    assert tail == pytest.approx(0.001, rel=1e-6)
    fixed = finish(
        certify(HalfSpace(0.1), fitted(), CertifySettings(n=1000, bound="clopper-pearson"))
    )
    assert bounds_figure(fixed, HalfSpace(0.1).identity.class_names).provisional == ()
    assert figure.extendable  # anytime, the default
    assert not bounds_figure(fixed, HalfSpace(0.1).identity.class_names).extendable


def test_the_threshold_is_that_of_the_scheme():
    settings = CertifySettings(scheme=parse_scheme({"key": "text-mask", "tau": 0.2}))
    for found, threshold in (
        (make_evidence(), 0.5),
        (make_evidence().model_copy(update={"settings": settings}), 0.2),
    ):
        names = found.model.class_names
        assert bounds_figure(found, names).threshold == threshold
        assert votes_figure(found, names).threshold == threshold


def test_a_figure_says_how_the_noise_was_made():
    found = finish(certify(HalfSpace(0.1), fitted(), CertifySettings(n0=5, n=100, noise="exact")))
    assert bounds_figure(found, ("a", "b")).noise == "sound on the 8-bit grid"


def test_a_decision_plans_its_last_phase_and_has_no_provisional_value():
    from engine.evidence.evidence import DecisionRecord, PhaseRecord

    phase = PhaseRecord(selection=(9, 1), estimation=(90, 10), guess=0, alpha=0.0005)
    decision = DecisionRecord(
        target="radius=0.5",
        beta=0.0001,
        plan=(100, 1000),
        phases=(phase,),
        verdict="certified",
        samples_used=110,
        samples_full=1100,
    )
    settings = DecideSettings(n=1000, target="radius=0.5", phases=(100, 1000))
    facts = {"procedure": "decide", "decision": decision, "settings": settings}
    evidence = make_evidence().model_copy(update=facts)
    found = bounds_figure(evidence, evidence.model.class_names)
    assert found.n_plan == evidence.n_plan == 100
    assert found.provisional == ()


def test_noise_of_integers_is_neither_float_nor_on_a_grid():
    scheme = parse_scheme({"key": "hierarchical-ablation", "p": 0.6})
    found = finish(certify(HalfSpace(0.1), fitted(), CertifySettings(scheme=scheme, n0=5, n=100)))
    assert bounds_figure(found, ("a", "b")).noise == "integer noise"
