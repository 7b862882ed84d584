"""Median smoothing end to end, on functions whose medians are known."""

from __future__ import annotations

import json
import math
import threading
from pathlib import Path

import pytest
import torch

from engine.cli import main
from engine.core.errors import UserError
from engine.core.outputs import Outputs
from engine.core.records import ModelIdentity
from engine.evidence.settings import Execution, MeasureSettings
from engine.inputs import load_input
from engine.models import ModelRequest, fitted, load_model
from engine.models.base import Classifier
from engine.models.outputs import OutputsClassifier
from engine.procedures.measure import MOST_NUMBERS, measure, measuring
from engine.schemes import Gaussian
from engine.verify import Plan, verify
from tests.factories import make_model
from tests.fakes import finish

NAMES = ("first", "second")


class TwoPixels(Classifier):
    """Answers with two of an image's values; ``broken`` with NaN for some of them."""

    def __init__(self, broken: float = -math.inf, factor: float = 1.0) -> None:
        self.identity: ModelIdentity = make_model().model_copy(update={"input_shape": (1, 8, 8)})
        self.broken, self.factor = broken, factor

    def prepare(self, device: torch.device, precision: str) -> None:
        """Nothing."""

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        found = batch.flatten(1)[:, :2] * (self.factor + 0.1 * len(batch) * (self.factor != 1))
        return torch.where(found < self.broken, torch.nan, found)


def outputs(inner: Classifier) -> OutputsClassifier:
    return OutputsClassifier(inner, Outputs(kind="numbers", names=NAMES))


def run(inner: Classifier, **declared: object):
    given = {"epsilon": 0.1, "n": 4000, **declared}
    settings = MeasureSettings(scheme=Gaussian(sigma=0.25), seed=7, **given)  # type: ignore[arg-type]
    classifier = outputs(inner)
    subject = fitted(classifier, load_input("digits:3"))
    device = Execution(device="cpu", batch=500)
    return subject, measure(classifier, subject, settings, execution=device)


def test_the_intervals_hold_the_medians_of_every_shifted_input() -> None:
    """The median of a value is the value, and a change of l2 norm epsilon moves it by that."""
    subject, procedure = run(TwoPixels())
    found = finish(procedure)
    values = subject.arrays[0].ravel()[:2]
    assert found.procedure == "measure" and found.outcome == "certified" and found.complete
    for value, interval in zip(values.tolist(), found.intervals, strict=True):
        assert interval.lower is not None and interval.upper is not None
        assert interval.lower <= value - 0.1 < value + 0.1 <= interval.upper
        assert interval.upper - interval.lower < 0.3
    assert found.votes.estimation == (4000,) and found.observations.kind == "order statistics"


def test_answers_that_are_no_numbers_widen_both_ends() -> None:
    _, whole = run(TwoPixels())
    _, broken = run(TwoPixels(broken=-0.25))
    clean, less = finish(whole), finish(broken)
    assert less.votes.estimation_failures > 100
    for one, other in zip(clean.intervals, less.intervals, strict=True):
        assert other.lower is not None and one.lower is not None and one.upper is not None
        assert other.upper is not None and other.lower < one.lower
        assert other.upper >= one.upper


def test_a_model_whose_numbers_depend_on_the_batch_is_refused() -> None:
    with pytest.raises(UserError, match="depends on the size of its batch"):
        _, procedure = run(TwoPixels(factor=2.0))
        finish(procedure)


def test_the_same_seed_gives_the_same_values_in_other_batches() -> None:
    classifier = outputs(TwoPixels())
    subject = fitted(classifier, load_input("digits:3"))
    settings = MeasureSettings(scheme=Gaussian(sigma=0.25), epsilon=0.1, n=900, seed=7)
    ways = [Execution(device="cpu", batch=size) for size in (100, 333)]
    one, other = (
        finish(measure(classifier, subject, settings, execution=execution)) for execution in ways
    )
    assert one.observations == other.observations and one.intervals == other.intervals


def test_intervals_grow_tighter_with_the_samples() -> None:
    widths = []
    for n in (500, 2000, 8000):  # how many snapshots there are is a matter of time
        (one, *_) = finish(run(TwoPixels(), n=n, epsilon=0.1)[1]).intervals
        assert one.lower is not None and one.upper is not None
        widths.append(one.upper - one.lower)
    assert widths[0] > widths[1] > widths[2]


def test_what_cannot_be_is_said() -> None:
    with pytest.raises(UserError, match="names classes; say what it answers with"):
        measuring(load_model(ModelRequest("demo:digits-0.25")))
    with pytest.raises(UserError, match=f"choose n of at most {MOST_NUMBERS // 2:,}"):
        next(run(TwoPixels(), n=10**9)[1])
    for scheme in ("brightness", "dssn-l1"):
        words = f"certify --model demo:aircraft --input aircraft:0 --epsilon 0.1 --scheme {scheme}"
        assert main(words.split()) == 2


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("--epsilon -1", "epsilon"),
        ("--epsilon 0.1 --tolerance 1", "--tolerance means nothing beside --epsilon"),
        ("--epsilon 0.1 --at radius=0.1", "--at means nothing beside --epsilon"),
        ("--epsilon 0.1 --bound live", "bound"),
    ],
)
def test_flags_that_mean_nothing_are_named(words: str, sentence: str, capsys) -> None:
    given = f"certify --model demo:aircraft --input aircraft:0 {words}"
    assert main(given.split()) == 2
    assert sentence in capsys.readouterr().err


def test_a_run_is_kept_resumed_reported_and_verified(tmp_path: Path, capsys) -> None:
    case, path, page = tmp_path / "c.certiscope", tmp_path / "a.json", tmp_path / "a.html"
    words = (
        "certify --model demo:aircraft --input aircraft:0 --epsilon 0.1 --n 600 --seed 1 "
        f"--device cpu --quiet --case {case} --json {path} --report {page}"
    )
    assert main(words.split()) == 0
    assert "nose x" in capsys.readouterr().out
    said = page.read_text(encoding="utf-8")
    assert "Guaranteed intervals of the outputs" in said
    assert "l2 norm at most epsilon = 0.1" in said
    for wrong in ("below R", "extend", "both phases"):  # of other procedures
        assert wrong not in said
    for file in (path, case):
        report = verify(file, Plan(rerun="all", device="cpu"))
        assert {claim.verdict for claim in report.claims} == {"holds"}, report.claims
    assert main(["resume", str(case), "--run", "1", "--n", "700", "--quiet"]) == 2
    assert "run it again with --n 700 and --seed 1: the same noise" in capsys.readouterr().err
    part = {c.name: c.verdict for c in verify(path, Plan(rerun=1, device="cpu")).claims}
    assert part["numbers drawn again"] == "cannot be checked"
    tree = json.loads(path.read_text())
    tree["observations"]["values"][0][-1] += 1.0
    del tree["seal"]
    path.write_text(json.dumps(tree))
    wrong = verify(path, Plan(rerun="all", device="cpu")).claims
    assert "numbers drawn again" in {c.name for c in wrong if c.verdict == "does not hold"}


def test_a_run_that_was_stopped_claims_what_it_reached() -> None:
    classifier, ended = outputs(TwoPixels()), {}
    subject = fitted(classifier, load_input("digits:3"))
    for bound in ("anytime", "clopper-pearson"):
        settings = MeasureSettings(epsilon=0.1, n=10**6, seed=7, bound=bound)  # type: ignore[arg-type]
        stop = threading.Event()
        procedure = measure(classifier, subject, settings, stop=stop)
        next(procedure)
        stop.set()
        ended[bound] = finish(procedure)
    assert ended["anytime"].outcome == "certified" and not ended["anytime"].complete
    assert "Stopped after" in ended["anytime"].statement
    reason = ended["clopper-pearson"].abstention
    assert reason is not None and reason.reason == "stopped-early"


@pytest.mark.statistics
def test_an_attack_by_gradients_never_leaves_the_guaranteed_intervals() -> None:
    """Steps up the noisy model's expected places, one output and direction after the other."""
    sigma, epsilon = 0.1, 0.1
    classifier = load_model(ModelRequest("demo:aircraft"))
    assert isinstance(classifier, OutputsClassifier)
    network = classifier.inner
    generator = torch.Generator().manual_seed(0)
    columns = torch.arange(8.0).repeat(8)
    axes = {"x": columns, "y": torch.arange(8.0).repeat_interleave(8)}
    moved = 0
    for number in range(3):
        given = fitted(classifier, load_input(f"aircraft:{number}"))
        settings = MeasureSettings(
            scheme=Gaussian(sigma=sigma), epsilon=epsilon, n=4000, seed=number
        )
        found = finish(measure(classifier, given, settings, execution=Execution(device="cpu")))
        x = torch.from_numpy(given.arrays[0])[None]
        for output, interval in enumerate(found.intervals):
            axis = axes[interval.name[-1]]
            for sign in (-1.0, 1.0):
                delta = torch.zeros_like(x, requires_grad=True)
                for _ in range(12):
                    noise = sigma * torch.randn(32, *x.shape[1:], generator=generator)
                    heat = network.scores(x + delta + noise).flatten(2)[:, output // 2]
                    place = (heat.softmax(1) * axis).sum(1).mean()
                    (slope,) = torch.autograd.grad(sign * place, delta)
                    step = delta.detach() + 0.05 * slope / slope.norm().clamp(min=1e-12)
                    delta = step * min(1.0, epsilon / float(step.norm()))
                    delta.requires_grad_()
                with torch.inference_mode():
                    noise = sigma * torch.randn(2001, *x.shape[1:], generator=generator)
                    answers = network.scores(x + delta + noise).flatten(2)[:, output // 2]
                median = float(axis[answers.argmax(1)].median())
                assert interval.lower is not None and interval.upper is not None
                assert interval.lower <= median <= interval.upper
                moved += median != interval.median
    assert moved > 0
