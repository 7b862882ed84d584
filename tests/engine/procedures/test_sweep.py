"""Sweeps of a linear classifier, whose smoothed version is known exactly at every angle."""

from __future__ import annotations

import json
import threading

import numpy as np
import pytest
import torch

from engine.core.errors import UserError
from engine.core.records import Fitting, InputIdentity
from engine.evidence.settings import declared
from engine.evidence.vote_chain import chained
from engine.inputs.base import FittedInput
from engine.models.base import Classifier
from engine.planning.sweep_outcome import swept_at
from engine.procedures import dataset
from engine.procedures.beginning import begin
from engine.procedures.dataset import certify_set
from engine.procedures.resume import Resume
from engine.report.audit.record import SetRecord, SetRecorder
from engine.report.audit.words import set_statement
from engine.schemes.rotation import Rotation
from engine.schemes.scaling import Scaling
from engine.transforms.warps import offsets, padded, values
from engine.verify.counts import check_counts
from engine.verify.decisions import recount_of
from engine.verify.sets import SetCheck
from tests.fakes import finish, identity

SIDE = 10
IMAGE = np.random.default_rng(4).random((1, SIDE, SIDE)).astype(np.float32)
FINE = np.linspace(-1.0, 1.0, 2_001)


class Along(Classifier):
    """Class 0 iff <w, x> > threshold: smoothed, the very same half-space of the disc."""

    def __init__(self, weights: np.ndarray, threshold: float) -> None:
        self.identity = identity(2, input_shape=IMAGE.shape)
        self.weights, self.threshold = torch.from_numpy(weights.astype(np.float32)), threshold

    def prepare(self, device: torch.device, precision: str) -> None:
        pass

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        margin = batch.flatten(1) @ self.weights.flatten() - self.threshold
        return torch.stack((margin, -margin), dim=1)


def given(image: np.ndarray = IMAGE) -> FittedInput:
    return FittedInput(
        InputIdentity(fitting=Fitting(), name="noise", source="noise", sha256="1" * 64,
                      pixels_sha256="2" * 64, shape=image.shape),
        (image,),
    )  # fmt: skip


def answers(scheme, weights, parameters) -> np.ndarray:
    """<w, x(t)> at many parameters."""
    at = offsets(SIDE, SIDE)
    shown = values(padded(IMAGE), scheme.warp.sources(at, np.asarray(parameters)))[0]
    inside = np.zeros((SIDE, SIDE), dtype=bool)
    from engine.transforms import disc

    inside[:] = disc(SIDE, SIDE)
    return shown @ weights[0][inside]


def swept(scheme, weights, threshold, **more):
    settings = declared("certify", scheme, {"seed": 3, "n": 1_000, "n0": 50})
    return finish(begin(Along(weights, threshold), given(), settings, **more))


def weights_of(seed: int) -> np.ndarray:
    found = np.random.default_rng(seed).normal(size=(1, SIDE, SIDE))
    return found / np.linalg.norm(found)


@pytest.mark.walk
@pytest.mark.parametrize("scheme", [Rotation(sigma=0.3, degrees=60), Scaling(sigma=0.3, scale=0.4)])
def test_no_parameter_inside_takes_the_smoothed_model_to_another_class(scheme):
    """By a grid over all parameters, exactly: alpha allows a false claim in a thousand runs."""
    ended = 0
    for seed in range(2):
        weights = weights_of(seed)
        all_of = answers(scheme, weights, FINE * scheme.reach)
        threshold = float(all_of[1_000] - 0.2)
        found = swept(scheme, weights, threshold)
        region = found.region
        assert region is not None and found.complete
        inside = (FINE * scheme.reach >= region.lower) & (FINE * scheme.reach <= region.upper)
        assert (all_of[inside] > threshold).all()
        ended += region.upper < scheme.reach or -region.lower < scheme.reach
        verdicts = {one.name: one.verdict for one in check_counts(recount_of(found))}
        assert set(verdicts.values()) == {"holds"}, verdicts
    assert ended  # the range is one in which there is something to find


def test_without_the_bound_between_anchors_false_ranges_are_certified(monkeypatch):
    """The same test finds out the unguarded method: M left out."""
    scheme = Rotation(sigma=0.3, degrees=60)
    monkeypatch.setattr("engine.schemes.anchored.travel", lambda *_: 0.0)
    wrong = 0
    for seed in range(2):
        weights = weights_of(seed)
        all_of = answers(scheme, weights, FINE * scheme.reach)
        threshold = float(all_of[1_000] - 0.2)
        region = swept(scheme, weights, threshold).region
        inside = (FINE * scheme.reach >= region.lower) & (FINE * scheme.reach <= region.upper)
        wrong += not (all_of[inside] > threshold).all()
    assert wrong


def test_what_may_follow_the_transformation_is_certified_too():
    """The worst shift and l2 change after any angle inside, exactly."""
    more = {"with_brightness": 0.05, "with_radius": 0.05}
    for sigma_b in (0.0, 0.3):
        scheme = Rotation(sigma=0.3, degrees=20, sigma_b=sigma_b, **more)
        weights = weights_of(1)
        all_of = answers(scheme, weights, FINE * scheme.reach)
        threshold = float(all_of[1_000] - 0.7)
        region = swept(scheme, weights, threshold).region
        assert region is not None and (region.brightness, region.radius) == (0.05, 0.05)
        inside = (FINE * scheme.reach >= region.lower) & (FINE * scheme.reach <= region.upper)
        at_worst = 0.05 * abs(answers(scheme, weights, [0.0]) * 0 + weights.sum()) + 0.05
        assert (all_of[inside] - at_worst > threshold).all()


def test_it_takes_far_fewer_forward_passes_than_fixed_anchors():
    found = swept(Rotation(sigma=0.3, degrees=10), weights_of(2), -9.0)
    assert found.region.upper == 10.0 and len(found.anchors) < 100
    assert found.estimation.n < 10_000


def test_the_same_seed_gives_the_same_run_in_any_batch_and_records_what_it_drew():
    from engine.evidence.settings import Execution

    one, other = (
        swept(Rotation(sigma=0.3, degrees=20), weights_of(3), -0.5, execution=Execution(batch=size))
        for size in (7, 64)
    )
    assert one.chain == other.chain and one.anchors == other.anchors
    assert one.noise.generator.endswith(", cell<<32|i, rotation")
    assert sum(block.n for block in one.chain.blocks) == one.estimation.n
    assert one.certified_at == {}


def test_a_stopped_sweep_keeps_what_it_certified_and_is_resumed_to_the_same_end():
    scheme = Rotation(sigma=0.3, degrees=60)
    settings = declared("certify", scheme, {"seed": 3, "n": 1_000, "n0": 50})
    weights = weights_of(0)
    threshold = float(answers(scheme, weights, [0.0])[0] - 0.6)
    whole = swept(scheme, weights, threshold)
    stop, seen = threading.Event(), 0
    running = begin(Along(weights, threshold), given(), settings, stop=stop)
    with pytest.raises(StopIteration) as end:
        while True:
            snapshot = next(running)
            seen += snapshot.region is not None
            if seen == 4:
                stop.set()
    part = end.value.value
    assert not part.complete and part.stop_reason == "stopped" and part.region is not None
    assert "Stopped before the whole range was asked" in part.statement
    assert {one.verdict for one in check_counts(recount_of(part))} == {"holds"}
    assert whole.region.lower <= part.region.lower <= part.region.upper <= whole.region.upper
    again = swept(scheme, weights, threshold, resume=Resume.of(part))
    assert again.complete and again.region is not None
    assert again.chain.blocks[: len(part.chain.blocks) - 1] == part.chain.blocks[:-1]
    assert {one.verdict for one in check_counts(recount_of(again))} == {"holds"}
    block = part.chain.blocks[0]
    broken = chained("0" * 64, start=0, n=block.n, counts=block.counts, failures=0)
    other = Resume.of(part).model_copy(update={"blocks": (broken, *part.chain.blocks[1:])})
    with pytest.raises(UserError, match="belong to another model"):
        swept(scheme, weights, threshold, resume=other)


def test_an_image_on_the_border_abstains_with_what_was_needed():
    scheme = Rotation(sigma=0.3, degrees=20)
    weights = weights_of(1)
    threshold = float(answers(scheme, weights, [0.0])[0] - 0.02)
    found = swept(scheme, weights, threshold)
    assert found.outcome == "abstained" and found.region is None and found.complete
    assert "degrees, where a p lower above" in found.statement
    assert not any("ends before the range" in warning for warning in found.warnings)
    assert {one.verdict for one in check_counts(recount_of(found))} == {"holds"}


def test_a_sweep_is_played_again_anchor_by_anchor():
    from engine.procedures.playback import played

    found = swept(Rotation(sigma=0.3, degrees=60), weights_of(0), 0.0)
    frames = played(found)
    assert len(frames) == 1 + len(found.anchors)
    assert frames[0].phase == "selection" and frames[-1].region == found.region
    uppers = [frame.region.upper for frame in frames if frame.region is not None]
    assert uppers == sorted(uppers) and frames[-1].estimation == found.estimation


def test_a_set_of_sweeps_is_certified_by_angle_each_by_itself_and_all_at_once(monkeypatch):
    """Rows are those of single runs; at a shared-out alpha some cells are lost, and none is won."""
    scheme, weights = Rotation(sigma=0.3, degrees=20), weights_of(0)
    threshold = float(answers(scheme, weights, [0.0])[0] - 0.5)

    def load(spec: str) -> FittedInput:
        made = given((IMAGE + float(spec)).astype(np.float32))
        told = {"label": 0, "name": spec, "pixels_sha256": spec * 4}
        return FittedInput(made.identity.model_copy(update=told), made.arrays)

    monkeypatch.setattr(dataset, "load_input", load)
    monkeypatch.setattr(dataset, "fitted", lambda _model, image: image)
    settings = declared("certify", scheme, {"seed": 3, "n": 1_000, "n0": 50})
    model, recorder = Along(weights, threshold), SetRecorder()
    specs, at = ("0.0", "0.01"), ("rotation=1",)
    result = finish(certify_set(model, specs, settings, at=at, done=recorder.add))
    for spec, row in zip(specs, result.rows, strict=True):
        alone = finish(begin(model, load(spec), settings))
        assert row.region == alone.region is not None and row.bounds == alone.bounds
        assert row.n == alone.estimation.n
    joint = result.summary.simultaneous
    assert joint is not None and joint.alpha_each == settings.alpha / 2
    assert joint.certified <= 2 and result.summary.certified_accuracy["rotation=1"] == 1.0
    record = recorder.record(result, set_statement(result))
    text = record.text()
    claims = list(SetCheck(SetRecord.model_validate_json(text)).claims())
    assert {claim.verdict for claim in claims} == {"holds"}
    assert {"anchors", "hash chain of the votes"} <= {one.name for one in claims}
    tree = json.loads(text)
    row = tree["rows"][1]
    (row["own"].get("region") or row["part"]["region"])["upper"] = 20.5
    claims = list(SetCheck(SetRecord.model_validate(tree)).claims())
    assert "certified region" in {one.name for one in claims if one.verdict == "does not hold"}


def test_what_a_sweep_certifies_at_a_smaller_alpha_lies_inside_of_what_it_certified():
    found = swept(Rotation(sigma=0.3, degrees=60), weights_of(0), 0.0)
    same, less, none = (swept_at(found, alpha) for alpha in (0.001, 1e-5, 1e-300))
    assert same == (found.region, found.bounds) and none is None
    if less is not None:
        assert found.region.lower <= less[0].lower <= less[0].upper <= found.region.upper


def test_a_range_that_ends_early_says_what_may_help_and_tables_are_refused(tmp_path):
    from engine.procedures.certify import certify
    from engine.replay.replay import replay

    scheme, weights = Rotation(sigma=0.3, degrees=60), weights_of(0)
    threshold = float(answers(scheme, weights, [0.0])[0] - 0.2)
    found = swept(scheme, weights, threshold)
    assert found.region.upper < 60
    assert any("trained on images under rotation" in warning for warning in found.warnings)
    with pytest.raises(UserError, match="anchor by anchor"):
        finish(certify(Along(weights, 0.0), given(), found.settings))
    with pytest.raises(UserError, match="cannot be replayed from a table"):
        replay(tmp_path / "votes.csv", scheme=scheme, alpha=0.001, bound="anytime")
