from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
import torch

from engine.core.records import ProbabilityBounds
from engine.evidence.settings import CertifySettings
from engine.explain.examples import examples
from engine.explain.graph_examples import FlipAttack, find_flips, ranks
from engine.inputs import load_input
from engine.models import ModelRequest, fitted, load_model
from engine.noise.gaussian import NoiseStream, Stream
from engine.procedures.run import check_fit, run_key
from engine.regions.region import Budget
from engine.schemes import parse_scheme
from tests.fakes import HalfSpace, identity


def attack(seed: int = 0, nodes: int = 4, features: int = 3) -> FlipAttack:
    """A random gain for every feature, about half of which are additions."""
    drawn = np.random.default_rng(seed)
    rows, columns = (part.ravel() for part in np.mgrid[:nodes, :features])
    gains = drawn.random(rows.size).astype(np.float32)
    order = np.argsort(-gains)
    adds = drawn.random(rows.size) < 0.5
    features = 1.0 - adds.reshape(nodes, features)
    return FlipAttack(features, rows[order], columns[order], gains[order])


def testranks_count_the_earlier_ones_of_a_group():
    assert ranks(np.array([3, 1, 3, 3, 1])).tolist() == [0, 0, 1, 2, 1]
    assert ranks(np.array([], dtype=np.int64)).tolist() == []


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("nodes", "additions", "deletions"), [(2, 2, 1), (1, 0, 2), (4, 1, 1)])
def test_limits_are_kept(seed, nodes, additions, deletions):
    one = attack(seed)
    flips = one.chosen(nodes=nodes, additions=additions, deletions=deletions)
    assert len(set(one.rows[flips].tolist())) <= nodes
    assert one.adds[flips].sum() <= additions and (~one.adds[flips]).sum() <= deletions
    assert len(set(flips.tolist())) == len(flips)


@pytest.mark.parametrize("seed", range(5))
def test_without_limits_on_flips_the_best_nodes_are_found(seed):
    one = attack(seed)
    found = one.gains[one.chosen(nodes=2)].sum()
    best = max(one.gains[np.isin(one.rows, pair)].sum() for pair in combinations(range(4), 2))
    assert found == pytest.approx(best)


@pytest.mark.parametrize("seed", range(5))
def test_without_a_limit_on_nodes_the_best_flips_are_taken(seed):
    one = attack(seed)
    flips = one.chosen(additions=2, deletions=1)
    wanted = sorted(one.gains[one.adds])[-2:] + sorted(one.gains[~one.adds])[-1:]
    assert sorted(one.gains[flips]) == pytest.approx(sorted(wanted))


def test_a_change_flips_what_was_chosen_within_the_budget():
    one = attack()
    for limit, limits in (
        (Budget(things=1), {"nodes": 1}),
        (
            Budget(things=2, additions=1, deletions=1),
            {"nodes": 2, "additions": 1, "deletions": 1},
        ),
        (Budget(additions=1, deletions=1), {"additions": 1, "deletions": 1}),
    ):
        flips = one.chosen(**limits)
        wanted = one.features.copy()
        places = (one.rows[flips], one.columns[flips])
        wanted[places] = 1 - wanted[places]
        assert (one.change(limit)[0] == wanted).all()
    assert one.change(Budget(strength=1.0, norm="l2")) is None


class Linear(HalfSpace):
    """Class 0's lead is twice a weighted sum of the features."""

    def __init__(self, weights: torch.Tensor, encoding: str = "plain") -> None:
        super().__init__(0.0)
        self.identity = identity(encoding=encoding, kind="graph")
        self.weights = weights

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        lead = (batch[..., : self.weights.shape[1]] * self.weights).sum(dim=(1, 2))
        return torch.stack([lead, -lead], dim=1)


X = torch.tensor([[0.0, 1.0, 0.0], [1.0, 0.0, 1.0]])
WEIGHTS = torch.tensor([[-3.0, 2.0, 1.0], [0.5, -1.0, -4.0]])


@pytest.mark.parametrize("encoding", ["plain", "indicator"])
def test_flips_that_lower_the_lead_are_found_in_order_and_no_others(encoding):
    found = find_flips(Linear(WEIGHTS, encoding), X, top=0)
    flips = list(zip(found.rows, found.columns, found.adds, strict=True))
    assert flips == [(0, 0, True), (0, 1, False), (1, 1, True), (1, 0, False)]
    np.testing.assert_allclose(found.gains, [6, 4, 2, 1], rtol=1e-5)


def test_it_attacks_the_class_it_is_told():
    found = find_flips(Linear(WEIGHTS), X, top=1)
    assert set(zip(found.rows.tolist(), found.columns.tolist(), strict=True)) == {(0, 2), (1, 2)}


def test_nothing_to_attack():
    assert find_flips(Linear(WEIGHTS), X, top=None) is None
    assert find_flips(Linear(torch.zeros(2, 3)), X, top=0) is None
    assert find_flips(Linear(torch.full((2, 3), torch.nan)), X, top=0) is None


@pytest.mark.parametrize("demo", ["karate-sparse", "karate-ablation"])
def test_the_best_flip_lowers_the_lead_of_a_real_network(demo):
    model = load_model(ModelRequest(f"demo:{demo}"))
    given = fitted(model, load_input("karate:12"))
    bound = model.bound_to(given)
    bound.prepare(torch.device("cpu"), "fp32")
    x = torch.from_numpy(given.arrays[0])
    found = find_flips(bound, x, top=0)
    changed = x.clone()
    changed[found.rows[0], found.columns[0]] = 1 - changed[found.rows[0], found.columns[0]]
    told = torch.zeros((2, len(x), int(demo == "karate-ablation")))
    scores = bound.scores(torch.cat([torch.stack([x, changed]), told], dim=2))
    lead = scores[:, 0] - scores[:, 1]
    assert lead[1] < lead[0]


BOUNDS = ProbabilityBounds(
    method="x", alpha=0.001, n=1000, top=0, p_lower=0.97, p_upper=0.03, valid=True, basis=""
)


def told(name: str, *, top: int | None = 0, certified: bool = True):
    model = load_model(ModelRequest(f"demo:{name}"))
    given = fitted(model, load_input("karate:12"))
    settings = CertifySettings(scheme=parse_scheme(model.identity.training_scheme), n=1000)
    region = settings.scheme.region(BOUNDS) if certified else None
    return model, given, settings, examples(model, given, settings, region=region, center_class=top)


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
        (medium,) = sample.media
        for touch in medium.touches:
            added[touch.position], removed[touch.position] = touch.added, touch.removed
        assert (added == (change > 0).sum(axis=1)).all()
        assert (removed == (change < 0).sum(axis=1)).all()
        assert sample.answer in model.identity.class_names
        assert medium.touch == "noised"


def test_nodes_that_were_taken_away_are_named():
    _, given, _, figure = told("karate-ablation")
    media = [sample.media[0] for sample in figure.samples]
    assert {medium.touch for medium in media} == {"taken away"}
    counts = [len(medium.touches) for medium in media]
    assert all(0 < count <= len(given.arrays[0]) for count in counts)
    assert all(not t.added and not t.removed for m in media for t in m.touches)


@pytest.mark.parametrize("name", ["karate-ablation", "karate-sparse", "karate-hierarchical-sparse"])
def test_attacks_of_all_certified_sizes_keep_their_limits_and_have_answers(name):
    model, given, _, figure = told(name)
    bound = model.bound_to(given)
    bound.prepare(torch.device("cpu"), "fp32")
    assert figure.changes == figure.region.changes()
    for change, answer in zip(figure.changes, figure.answers, strict=True):
        (medium,) = figure.changed(change).media
        assert medium.touch == "changed"
        assert len(medium.touches) <= change.get("entities", np.inf)
        assert sum(t.added for t in medium.touches) <= change.get("additions", np.inf)
        assert sum(t.removed for t in medium.touches) <= change.get("deletions", np.inf)
        (x,) = figure.attack.change(figure.region.budget(change))
        assert set(np.unique(x)) <= {0.0, 1.0}
        extra = np.zeros((len(x), int(model.identity.encoding == "indicator")), dtype=np.float32)
        batch = torch.from_numpy(np.concatenate([x, extra], axis=1))[None]
        assert model.identity.class_names[int(bound.classify(batch)[0])] == answer


def test_without_a_class_or_a_region_there_is_no_attack():
    figure = told("karate-sparse", top=None)[3]
    assert figure.attack is None and figure.answers == () and len(figure.samples) == 3
    figure = told("karate-sparse", certified=False)[3]
    assert figure.attack is None and figure.answers == () and figure.region is None


def test_a_graph_that_is_gone_or_another_has_no_figure():
    model, given, settings, _ = told("karate-sparse")
    for changes in ({"source": "gone.npz:3"}, {"sha256": "0" * 64}, {"source": "digits:3"}):
        other = replace(given, identity=given.identity.model_copy(update=changes))
        assert examples(model, other, settings, region=None, center_class=None) is None
