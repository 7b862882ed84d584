"""The mark of an attack in figures, plots and reports."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.records import Votes
from engine.evidence.attack import AttackRecord
from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings
from engine.figures.attacked import attack_mark
from engine.figures.images import bare_slice
from engine.figures.regions import region_figure
from engine.report.plots import drawing
from engine.report.plots.region import PICTURES
from engine.schemes import Ablation, Brightness, HierarchicalGaussian, Scheme
from tests.factories import make_evidence


def attacked(evidence: Evidence, **change: float) -> Evidence:
    found = AttackRecord(
        outcome="found",
        how="x",
        perturbation=change,
        found_class=1,
        votes=Votes(counts=(1, 9, 0)),
        alpha=0.001,
    )
    return evidence.model_copy(update={"attack": found})


def test_a_mark_says_how_far_and_whether_it_refutes() -> None:
    evidence = make_evidence()
    assert evidence.radius is not None and attack_mark(evidence) is None
    near = attack_mark(attacked(evidence, radius=evidence.radius / 2))
    far = attack_mark(attacked(evidence, radius=2.00001))
    assert near is not None and near.refutes and near.words.startswith("REFUTED by radius")
    assert far is not None and far.words == "attack: radius 2.0001 (no guarantee)"
    assert attack_mark(attacked(evidence, bogus=1.0)) is None


def test_a_slice_has_a_ring_at_the_distance() -> None:
    evidence = attacked(make_evidence(), radius=2.0)
    bare = bare_slice(evidence, evidence.model.class_names, 0.0)
    assert bare.attack is None
    data: Any = drawing(bare.beside(evidence)).data
    assert data["attack"]["radius"] == pytest.approx(2.0 / bare.extent / 2)
    assert not data["refuted"] and "attack: radius 2" in data["attack"]["text"]
    evidence = attacked(make_evidence(), radius=0.001)
    data = drawing(bare.beside(evidence)).data
    assert data["refuted"] and data["claim"].startswith("stated and refuted")


@pytest.mark.parametrize(
    ("scheme", "change", "place"),
    [
        (Brightness(sigma_b=0.2), {"brightness": 0.1}, ("strips", 0, "attack")),
        (Ablation(entities=64, keep=20), {"entities": 2.0}, ("attack-at",)),
        (
            HierarchicalGaussian(p=0.8, sigma=0.3),
            {"entities": 2.0, "epsilon": 0.1},
            ("panels", 0, "attacks", 0),
        ),
    ],
)
def test_every_picture_marks_it(
    scheme: Scheme, change: dict[str, float], place: tuple[Any, ...]
) -> None:
    settings = CertifySettings(scheme=scheme)
    evidence = attacked(make_evidence(settings=settings, region=None), **change)
    figure = region_figure(evidence, evidence.model.class_names)
    assert figure is not None and figure.attack is not None
    drawn = drawing(figure)
    assert drawn.data["attack"].startswith("attack: ")
    found: Any = drawn.data
    for step in place:
        found = found[step]
    assert found is not None and PICTURES[figure.picture] and not drawn.data["refuted"]
    evidence = evidence.model_copy(update={"region": scheme.region(evidence.bounds)})
    near = {term: size / 1000 if term != "entities" else 1.0 for term, size in change.items()}
    red = region_figure(attacked(evidence, **near), evidence.model.class_names)
    assert red is not None and red.refuted and drawing(red).data["refuted"]
    assert red.claim.startswith("stated and refuted") and not red.ask(near).certified
