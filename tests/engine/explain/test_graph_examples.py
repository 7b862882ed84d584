from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.core.records import ProbabilityBounds
from engine.evidence.settings import RunSettings
from engine.explain.examples import meaning
from engine.figures import sizes
from engine.inputs import load_input
from engine.models import ModelRequest, fitted, load_model
from engine.noise.gaussian import NoiseStream, Stream
from engine.procedures.run import check_fit, run_key
from engine.schemes import parse_scheme

BOUNDS = ProbabilityBounds(
    method="x", alpha=0.001, n=1000, top=0, p_lower=0.97, p_upper=0.03, valid=True, basis=""
)


def told(name: str, *, top: int | None = 0, certified: bool = True):
    model = load_model(ModelRequest(f"demo:{name}"))
    given = fitted(model, load_input("karate:12"))
    settings = RunSettings(scheme=parse_scheme(model.identity.training_scheme), n=1000)
    region = settings.scheme.region(BOUNDS) if certified else None
    return model, given, settings, meaning(model, given, settings, region=region, center_class=top)


@pytest.mark.parametrize("name", ["karate-hierarchical-sparse", "karate-sparse"])
def test_flips_are_counted_node_by_node(name):
    model, given, settings, figure = told(name)
    shape = check_fit(model, given, settings.scheme)
    noisy = torch.empty((3, *shape))
    x = torch.from_numpy(given.arrays[0])
    stream = NoiseStream(run_key(model, given, settings), int(Stream.PREVIEW), torch.device("cpu"))
    settings.scheme.noise().draw(x, stream, 0, noisy)
    for sample, features in zip(figure.samples, noisy[..., : x.shape[1]].numpy(), strict=True):
        change = features - given.arrays[0]
        added, removed = np.zeros(len(x)), np.zeros(len(x))
        for touch in sample.touches:
            added[touch.position], removed[touch.position] = touch.added, touch.removed
        assert (added == (change > 0).sum(axis=1)).all()
        assert (removed == (change < 0).sum(axis=1)).all()
        assert sample.answer in model.identity.class_names
        assert sample.mark == ("noised" if shape[1] > x.shape[1] else "")


def test_nodes_that_were_taken_away_are_named():
    _, given, _, figure = told("karate-ablation")
    assert {sample.mark for sample in figure.samples} == {"taken away"}
    counts = [len(sample.touches) for sample in figure.samples]
    assert all(0 < count <= len(given.arrays[0]) for count in counts)
    assert all(not t.added and not t.removed for s in figure.samples for t in s.touches)


@pytest.mark.parametrize("name", ["karate-ablation", "karate-sparse", "karate-hierarchical-sparse"])
def test_attacks_of_all_certified_sizes_keep_their_limits_and_have_answers(name):
    model, given, _, figure = told(name)
    bound = model.bound_to(given)
    bound.prepare(torch.device("cpu"), "fp32")
    changes = sizes(figure.region)
    assert changes and len(figure.answers) == len(changes)
    for change, answer in zip(changes, figure.answers, strict=True):
        touches = figure.touched(change)
        assert len(touches) <= change.get("entities", np.inf)
        assert sum(t.added for t in touches) <= change.get("additions", np.inf)
        assert sum(t.removed for t in touches) <= change.get("deletions", np.inf)
        flips = figure.attack.planned(figure.region, change)
        x = given.arrays[0].copy()
        x[figure.attack.rows[flips], figure.attack.columns[flips]] += np.where(
            figure.attack.adds[flips], 1, -1
        )
        assert set(np.unique(x)) <= {0.0, 1.0}
        extra = np.zeros((len(x), int(model.identity.encoding == "indicator")), dtype=np.float32)
        batch = torch.from_numpy(np.concatenate([x, extra], axis=1))[None]
        assert model.identity.class_names[int(bound.classify(batch)[0])] == answer


def test_without_a_class_or_a_region_there_is_no_attack_to_answer():
    figure = told("karate-sparse", top=None)[3]
    assert figure.attack is None and figure.answers == () and len(figure.samples) == 3
    figure = told("karate-sparse", certified=False)[3]
    assert figure.attack is not None and figure.answers == () and figure.region is None


def test_a_graph_that_is_gone_or_another_has_no_figure():
    model, given, settings, _ = told("karate-sparse")
    for changes in ({"source": "gone.npz:3"}, {"sha256": "0" * 64}, {"source": "digits:3"}):
        other = replace(given, identity=given.identity.model_copy(update=changes))
        assert meaning(model, other, settings, region=None, center_class=None) is None
