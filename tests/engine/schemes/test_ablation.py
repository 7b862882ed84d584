import math

import pytest
import torch

from engine.core.errors import UserError
from engine.core.fields import checked
from engine.regions import Count
from engine.schemes import Ablation, parse_scheme
from engine.schemes.base import IMPOSSIBLE
from tests.factories import make_input

MNIST = Ablation(entities=784, keep=45)


def test_published_radii(bounds):
    """Levine & Feizi: 784 pixels, 45 kept."""
    radii = {0.51: 0, 0.6: 1, 0.7: 3, 0.8: 6, 0.9: 8, 0.95: 10, 0.99: 11}
    assert {p: MNIST.region(bounds(p)).most for p in radii} == radii
    assert MNIST.region(bounds(0.5)) is None


def test_bounding_the_others_helps(bounds):
    assert MNIST.region(bounds(0.7, 0.05)).most == 6


def test_required_probability():
    missed = math.comb(781, 45) / math.comb(784, 45)
    assert MNIST.required_probability({"entities": 3}) == pytest.approx(1.5 - missed, abs=1e-12)
    assert MNIST.required_probability({"entities": 0}) == 0.5
    assert MNIST.required_probability({"entities": 12}) == IMPOSSIBLE


def test_exactly_k_are_kept_every_subset_alike(draw):
    scheme, n = Ablation(entities=6, keep=2), 30_000
    out = draw(scheme, torch.ones(1, 2, 3), n).flatten(1)
    assert torch.equal(out.sum(1), torch.full((n,), 2.0))
    codes = (out.long() * 2 ** torch.arange(6)).sum(1)
    counts = torch.bincount(codes)[torch.bincount(codes) > 0].double()
    assert len(counts) == 15
    assert ((counts - n / 15) ** 2 / (n / 15)).sum() < 45


def test_the_complement_tells_black_from_taken_away(draw):
    x = torch.tensor([[[0.0, 1.0], [0.25, 0.5]]])
    out = draw(Ablation(entities=4, keep=2), x, 50, shape=(2, 2, 2))
    kept = out.sum(1) > 0
    assert torch.equal(kept.flatten(1).sum(1), torch.full((50,), 2))
    assert torch.equal(out[:, :1][kept[:, None]], x.expand(50, -1, -1, -1)[kept[:, None]])
    assert torch.equal(out.sum(1), kept.float())


def test_a_graph_with_an_indicator(draw):
    """The classified node sees 5 of the graph's 20 nodes; each is kept with chance 8/20."""
    scheme, x = Ablation(entities=20, keep=8), torch.ones(5, 3)
    out = draw(scheme, x, 20_000, shape=(5, 4))
    assert torch.equal(out[..., 0], 1 - out[..., 3])
    assert out[..., 0].double().mean() == pytest.approx(0.4, abs=0.01)


def test_each_by_itself(draw):
    out = draw(Ablation(p=0.7), torch.ones(1, 4, 4), 20_000).flatten(1)
    assert (out.double().mean(0) - 0.3).abs().max() < 5 * math.sqrt(0.21 / 20_000)
    assert out.sum(1).unique().numel() > 5


def test_a_sample_depends_on_its_index_alone(draw):
    x = torch.rand(3, 4, 4)
    for scheme in (Ablation(entities=16, keep=5), Ablation(p=0.8)):
        whole = draw(scheme, x, 1000)
        assert torch.equal(draw(scheme, x, 1000, batch=64), whole)


def test_forms():
    assert Ablation(p=0.8).model_dump() == {"key": "ablation", "entities": 0, "keep": 0, "p": 0.8}
    assert parse_scheme(Ablation(p=0.8).model_dump()) == Ablation(p=0.8)
    assert Ablation(p=0.8, entities=64, keep=12) == Ablation(p=0.8)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"entities": 10, "keep": 11}, "keep must be at most entities, 10 (it was 11)."),
        (
            {"keep": 5, "p": 0.8},
            "p is another form than entities with keep; give one of the two (it was 0.8).",
        ),
        ({"entities": 0, "keep": 0}, "p must be greater than 0 where entities is 0 (it was 0.0)."),
        ({"entities": 5}, "keep must be at most entities, 5 (it was 12)."),
        (
            {"entities": 5, "p": 0.8},
            "p is another form than entities with keep; give one of the two (it was 0.8).",
        ),
        ({"p": 1.5}, "p must be less than or equal to 1 (it was 1.5)."),
    ],
)
def test_bad_parameters_are_one_sentence(values, sentence):
    with pytest.raises(UserError) as caught:
        checked(Ablation, **values)
    assert str(caught.value) == sentence


def test_an_input_of_another_size_is_refused():
    with pytest.raises(UserError) as caught:
        MNIST.check_input(make_input(shape=(1, 8, 8)))
    assert str(caught.value) == (
        "--entities 784 does not fit this input of 64 pixels; give --entities 64."
    )
    MNIST.check_input(make_input(shape=(1, 28, 28)))
    MNIST.check_input(make_input(shape=(200, 1433)))
    Ablation(p=0.8).check_input(make_input(shape=(1, 8, 8)))
    with pytest.raises(UserError, match="of 1,000 nodes; give --entities 1000"):
        MNIST.check_input(make_input(shape=(1000, 5)))


def test_words():
    assert (
        MNIST.noise_in_words() == "ablation: 45 of 784 pixels or nodes kept, all others taken away"
    )
    assert Ablation(p=0.8).noise_in_words() == (
        "ablation: each pixel or node taken away with probability 0.8"
    )
    assert MNIST.layouts((3, 28, 28)) == {"plain": (3, 28, 28), "complement": (6, 28, 28)}
    assert MNIST.layouts((20, 7)) == {"plain": (20, 7), "indicator": (20, 8)}
    assert MNIST.noise().total_variation(784) == 784**2 * 2.0**-63
    assert Ablation(p=0.8).noise().total_variation(64) == 64 * 2.0**-62


def test_each_kind_of_input_has_its_own_words() -> None:
    assert Ablation.attacker_of("image") == "change at most r pixels in any way"
    assert Ablation.attacker_of("graph") == "change the features of at most r nodes in any way"
    assert Ablation.attacker_of("") == Ablation.attacker
    image, graph = Ablation.limits_of("image"), Ablation.limits_of("graph")
    assert image == ("It says nothing about changes of more pixels, however small.",)
    assert graph[0].endswith("of more nodes, however small.") and graph[1].startswith("Edges of")
    count = Count(term="entities", most=2, unit="pixels or nodes").for_kind("image")
    assert count.headline() == "2 pixels" and count.describe({"entities": 1.0}) == "1 pixel"
