import pytest

from engine.training.lab_records import (
    PUBLISHED,
    LabRun,
    LabTable,
    behind,
    lab_figure,
    published_rows,
    rows,
)
from engine.training.methods import parse_method


def run(key: str, seed: int, *radii: float, sigma: float = 0.25) -> LabRun:
    return LabRun(
        method=parse_method({"key": key}),
        sigma=sigma,
        seed=seed,
        sha256="0" * 64,
        inputs=4,
        radii=tuple(sorted(radii)),
        abstained=0,
    )


def table(*runs: LabRun) -> LabTable:
    return LabTable(
        data="digits",
        architecture="digits_cnn",
        training="40 epochs",
        n0=100,
        n=1000,
        alpha=0.001,
        bound="clopper-pearson",
        planned=8,
        command="certiscope lab table",
        runs=runs,
    )


RUNS = (
    run("gaussian", 0, 0.2, 0.4, 0.6),
    run("gaussian", 1, 0.2, 0.2),
    run("consistency", 0, 0.5, 0.5, 0.5, 0.1),
    run("consistency", 1, 0.3, 0.5),
    run("macer", 0, 0.1, sigma=0.5),
    run("gaussian", 0, 0.1, 0.1, sigma=0.5),
)


def test_rows_are_means_over_seeds_with_their_deviation():
    plain, other, *_ = rows(table(*RUNS), (0.0, 0.2, 0.5))
    assert (plain.title, plain.seeds) == ("Noise augmentation", 2)
    assert plain.acr.mean == pytest.approx((1.2 / 4 + 0.4 / 4) / 2)
    assert plain.acr.deviation == pytest.approx(0.2 / 2**0.5)
    assert other.acr.mean == pytest.approx((1.6 / 4 + 0.8 / 4) / 2)
    shares = {name: one.mean for name, one in plain.certified_accuracy.items()}
    assert shares == {"0": 5 / 8, "0.2": 5 / 8, "0.5": 1 / 8}
    assert {name: one.mean for name, one in other.certified_accuracy.items()} == {
        "0": 6 / 8,
        "0.2": 5 / 8,
        "0.5": 4 / 8,
    }


def test_the_best_of_a_column_is_marked_within_a_sigma_and_ties_are_both():
    found = {(row.sigma, row.method): row.best for row in rows(table(*RUNS), (0.0, 0.2, 0.9))}
    assert found == {
        (0.25, "gaussian"): {"0.2"},
        (0.25, "consistency"): {"acr", "0", "0.2"},
        (0.5, "macer"): set(),
        (0.5, "gaussian"): {"acr", "0"},
    }


def test_what_does_not_beat_plain_noise_is_said():
    (sentence,) = behind(table(*RUNS))
    assert sentence == (
        "At sigma 0.5 MACER does not beat noise augmentation in the mean of its seeds (1): ACR "
        "0.0250 against 0.0500."
    )
    assert not behind(table(RUNS[2], RUNS[4]))


def test_the_curve_is_the_mean_of_the_staircases():
    plain, other = lab_figure(table(*RUNS), 0.25).curves
    assert plain.points[:2] == ((0.0, 5 / 8), (0.2, 5 / 8)) and plain.points[-1] == (0.6, 0.0)
    for curve, runs in ((plain, RUNS[:2]), (other, RUNS[2:4])):
        for radius in (0.05, 0.25, 0.45):
            mean = sum(one.certified_accuracy(radius) for one in runs) / 2
            assert curve.at(radius) == pytest.approx(mean)


def test_published_figures_are_marked_and_compared_among_themselves():
    found = published_rows((0.25, 0.5), (0.0, 0.25, 1.0, 3.0))
    assert len(found) == len(PUBLISHED) and all(row.published for row in found)
    consistency = next(row for row in found if (row.sigma, row.method) == (0.5, "consistency"))
    assert consistency.acr.mean == 0.72 and consistency.certified_accuracy[
        "1"
    ].mean == pytest.approx(0.362)
    macer = next(row for row in found if (row.sigma, row.method) == (0.25, "macer"))
    assert macer.best == {"acr", "0", "0.25"} and "1" not in macer.certified_accuracy
