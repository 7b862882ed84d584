"""Sets of inputs whose radius is known: the single claims, all of them at once, the population."""

from __future__ import annotations

import threading

import pytest
from scipy.stats import beta, norm

from engine.core.errors import StoppedEarly, UserError
from engine.evidence.settings import CertifySettings, ExactSettings, Execution
from engine.procedures import dataset, prepared
from engine.procedures.certify import certify
from engine.procedures.dataset import certify_set
from engine.replay.rows import NO_LABEL
from engine.schemes import DssnL1
from tests.fakes import HalfSpace, finish, fitted

SETTINGS = CertifySettings(n0=50, n=1000, bound="clopper-pearson")


@pytest.fixture(autouse=True)
def inputs(monkeypatch: pytest.MonkeyPatch) -> None:
    """An input called ``0.3`` is a flat image of that value; ``-0.3`` is the same, unlabelled."""

    def load(spec: str):
        if spec.endswith(".png"):
            raise UserError(f"{spec} is truncated or damaged; copy it again or save it anew.")
        made = fitted(abs(float(spec)))
        label = None if spec.startswith("-") else 0
        known = {"label": label, "pixels_sha256": str(abs(float(spec)))}
        identity = made.identity.model_copy(update=known)
        return made.__class__(identity, made.arrays)

    monkeypatch.setattr(dataset, "load_input", load)
    monkeypatch.setattr(dataset, "fitted", lambda _model, image: image)


def certified(*specs: str, **more):
    settings = more.pop("settings", SETTINGS)
    return finish(certify_set(HalfSpace(0.5), specs, settings, **more))


def test_each_all_at_once_and_the_population():
    told: list[str] = []
    result = certified(
        "0.0", "0.1", at=("radius=0.1",), done=lambda spec, evidence: told.append(spec)
    )
    assert told == [row.idx for row in result.rows] == ["0.0", "0.1"]
    assert result.complete and result.inputs == ("0.0", "0.1")
    together = result.summary.simultaneous
    assert together is not None and together.alpha_each == SETTINGS.alpha / 2
    for row, joint in zip(result.rows, together.radii, strict=True):
        assert row.n == 1000 and joint < row.radius
    share = result.summary.certified_accuracy["radius=0.1"]
    assert share == together.certified_accuracy["radius=0.1"] == 1.0
    least = beta.ppf(SETTINGS.alpha, 2, 1) - SETTINGS.alpha
    found = result.summary.population["radius=0.1"].population_lower
    assert found == pytest.approx(least, abs=1e-9) and found <= least


def test_shared_out_radii_are_those_of_runs_at_that_alpha():
    both = certified("0.0", "0.1", "0.2")
    for row, joint in zip(both.rows, both.summary.simultaneous.radii, strict=True):
        k = beta_votes(row.bounds.p_lower, row.n, SETTINGS.alpha)
        expected = 0.25 * norm.ppf(beta.ppf(SETTINGS.alpha / 3, k, row.n - k + 1))
        assert joint == pytest.approx(expected, abs=1e-9)


def beta_votes(p_lower: float, n: int, alpha: float) -> int:
    """The votes whose Clopper-Pearson bound this is."""
    return min(range(1, n + 1), key=lambda k: abs(beta.ppf(alpha, k, n - k + 1) - p_lower))


def test_exact_noise_costs_the_shared_out_bounds_too():
    exact = SETTINGS.model_copy(update={"noise": "exact"})
    result = certified("0.0", settings=exact)
    (row,) = result.rows
    assert result.summary.simultaneous.radii == (row.radius,)


def test_a_stopped_set_shares_alpha_over_all_that_were_planned_and_bounds_no_population():
    stop = threading.Event()
    result = certified("0.0", "0.1", "0.2", stop=stop, done=lambda *_: stop.set())
    assert len(result.rows) == 1 and not result.complete
    assert result.summary.simultaneous.alpha_each == SETTINGS.alpha / 3
    assert result.summary.population == {}
    assert result.notes[0].startswith("Stopped after 1 of 3 inputs: nothing is said of a popul")


def test_an_input_that_was_stopped_before_its_first_sample_is_no_damaged_one():
    stop = threading.Event()

    def count(spec, given, prepared):
        if spec == "0.1":
            stop.set()
            raise StoppedEarly("Stopped while it was bounded, before any sample was drawn.")
        return (yield from certify(HalfSpace(0.5), given, SETTINGS, prepared=prepared))

    alone = Execution(batch=1)
    result = certified("0.0", "0.1", "0.2", stop=stop, count=count, execution=alone)
    assert not result.complete and [row.idx for row in result.rows] == ["0.0"]
    assert not result.unread


def test_inputs_without_a_label_are_no_right_answers():
    result = certified("-0.0", "0.1")
    assert [row.label for row in result.rows] == [NO_LABEL, 0]
    assert result.summary.clean_accuracy == 0.5 and result.summary.population == {}
    assert "have no label" in result.notes[0]


def test_inputs_that_share_their_noise_bound_no_population():
    result = certified("0.0", "0.1", "0.0")
    assert result.summary.population == {} and result.summary.simultaneous is not None
    assert "the same, and so is their noise (0.0 and 0.0)" in result.notes[0]
    assert not any("random draw" in note for note in result.notes)
    assert "clean" in certified("0.0", "0.1").summary.population


def test_an_empty_set_is_refused():
    with pytest.raises(UserError, match="A set needs at least one input"):
        certified()
    stop = threading.Event()
    stop.set()
    with pytest.raises(StoppedEarly, match="Stopped before the first input"):
        certified("0.0", stop=stop)


class Fickle(HalfSpace):
    """Answers the same samples in two ways."""

    def classify(self, batch):
        answers = super().classify(batch)
        self.calls = getattr(self, "calls", 0) + 1
        if self.calls % 2:
            answers[:1] = 1
        return answers


def test_a_model_that_contradicts_itself_certifies_no_row():
    settings = ExactSettings(scheme=DssnL1(lam=0.1))
    with pytest.raises(UserError, match="a certificate needs a function"):
        finish(certify_set(Fickle(0.9), ["0.2"], settings, execution=Execution(batch=51)))


def test_a_set_without_any_label_is_neither_right_nor_wrong():
    result = certified("-0.0", "-0.1")
    assert result.notes[0].startswith("The inputs have no labels: no answer is counted as right")
    assert result.summary.acr is result.summary.clean_accuracy is None


def test_a_damaged_file_costs_its_own_row_alone():
    whole = certified("0.1", "0.2", "0.3")
    result = certified("0.1", "b//x.png", "0.2", "0.3")
    assert [row.idx for row in result.rows] == ["0.1", "0.2", "0.3"]
    assert result.rows == whole.rows and not result.complete
    assert [(one.input, one.reason[:8]) for one in result.unread] == [("b//x.png", "b//x.png")]
    assert result.notes == (
        "1 of 4 inputs has no row, and nothing is said of a population. b//x.png is "
        "truncated or damaged; copy it again or save it anew.",
    )
    # alpha is shared out over all that were planned
    assert result.summary.population == {} and result.summary.simultaneous.alpha_each == 0.00025
    with pytest.raises(UserError, match=r"x\.png is truncated"):
        certified("x.png", "y.png")
    with pytest.raises(UserError, match="radius"):  # no file is to blame
        certified("x.png", "0.1", at=("words=1",))


def test_what_is_done_with_a_row_is_no_time_of_the_rows_that_wait(monkeypatch):
    """The clock stands still but for 1,000 s that an attack on each row takes."""
    now, took = [0.0], list[float]()
    monkeypatch.setattr(prepared, "perf_counter", lambda: now[0])

    def attack(spec, evidence):
        took.append(evidence.performance.seconds)
        now[0] += 1000.0

    certified("0.0", "0.1", "0.2", done=attack)
    assert took == [0.0, 0.0, 0.0] and now == [3000.0]
