import pytest
import torch

from engine.schemes import parse_scheme
from engine.training.graph_noise import GraphNoise

X = (torch.rand(400, 300, generator=torch.Generator().manual_seed(1)) < 0.3).float()
HIERARCHICAL = GraphNoise("hierarchical-sparse", p=0.8, p_plus=0.05, p_minus=0.6)


def draw(noise: GraphNoise) -> torch.Tensor:
    return noise.draw(X, torch.Generator().manual_seed(0))


def share(mask: torch.Tensor) -> float:
    return float(mask.float().mean())


def test_clean_is_clean():
    assert draw(GraphNoise("clean")) is X


def test_sparse_flips_each_bit_at_its_rate():
    noisy = draw(GraphNoise("sparse", p_plus=0.05, p_minus=0.6))
    assert set(noisy.unique().tolist()) == {0.0, 1.0}
    assert share(noisy[X == 0]) == pytest.approx(0.05, abs=0.005)
    assert share(1 - noisy[X == 1]) == pytest.approx(0.6, abs=0.01)


def test_hierarchical_flips_in_chosen_rows_only_and_says_which():
    noisy = draw(HIERARCHICAL)
    chosen = noisy[:, -1] == 1
    assert share(chosen) == pytest.approx(0.8, abs=0.06)
    assert torch.equal(noisy[~chosen, :-1], X[~chosen])
    inside, clean = noisy[chosen, :-1], X[chosen]
    assert share(inside[clean == 0]) == pytest.approx(0.05, abs=0.005)
    assert share(1 - inside[clean == 1]) == pytest.approx(0.6, abs=0.01)


def test_ablation_empties_chosen_rows():
    noisy = draw(GraphNoise("ablation", p=0.7))
    chosen = noisy[:, -1] == 1
    assert share(chosen) == pytest.approx(0.7, abs=0.06)
    assert not noisy[chosen, :-1].any() and torch.equal(noisy[~chosen, :-1], X[~chosen])


def test_the_scheme_names_the_same_law():
    assert GraphNoise("clean").scheme() is None
    assert HIERARCHICAL.scheme() == {
        "key": "hierarchical-sparse",
        "p": 0.8,
        "p_plus": 0.05,
        "p_minus": 0.6,
    }
    ablation = parse_scheme(GraphNoise("ablation", p=0.7).scheme() or {})
    assert ablation.key == "ablation" and "probability 0.7" in ablation.noise_in_words()


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("clean", "plain"),
        ("sparse", "plain"),
        ("ablation", "indicator"),
        ("hierarchical-sparse", "indicator"),
    ],
)
def test_who_is_told_which_rows_were_chosen(name, encoding):
    assert GraphNoise(name).encoding == encoding
