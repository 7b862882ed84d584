from engine.comparison.labels import labels
from engine.comparison.records import Candidate
from engine.schemes import Ablation, Gaussian, HierarchicalGaussian, Scheme


def candidates(*schemes: Scheme) -> list[Candidate]:
    return [Candidate(model=f"m{i}", name=f"net {i}", scheme=s) for i, s in enumerate(schemes)]


def test_parameters_are_named_where_they_tell_apart():
    found = labels(
        candidates(
            Gaussian(sigma=0.25),
            Gaussian(sigma=0.5),
            HierarchicalGaussian(p=0.9, sigma=0.25),
            Ablation(entities=64, keep=12),
        )
    )
    assert found == (
        "Gaussian, sigma 0.25",
        "Gaussian, sigma 0.5",
        "Hierarchical Gaussian",
        "Ablation",
    )


def test_models_of_one_noise_bear_their_own_names():
    assert labels(candidates(Gaussian(), Gaussian())) == ("Gaussian, net 0", "Gaussian, net 1")


def test_nobody_needs_no_name():
    assert labels([]) == ()
