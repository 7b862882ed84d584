from __future__ import annotations

import pytest

from engine.evidence.generations import AnswerGroup
from engine.evidence.settings import CertifySettings, MeasureSettings, PredictSettings, declared
from engine.evidence.vote_chain import block_size
from engine.procedures.resume import Resume
from engine.schemes.rotation import Rotation
from gui.controllers.resume import MOST, counted, extended, may_extend, may_resume


@pytest.mark.parametrize(
    ("reason", "n", "may"),
    [
        ("stopped", 5000, True),
        ("out of memory", 5000, True),
        ("target certified", 5000, False),
        ("target out of reach", 5000, False),
        ("planned n reached", 100_000, False),
    ],
)
def test_only_an_interrupted_run_is_gone_on_with(make, reason, n, may):
    evidence = make.evidence(CertifySettings(), n).model_copy(update={"stop_reason": reason})
    assert may_resume(evidence) is may


def test_every_procedure_is_resumed_and_nothing_is_not(make):
    stopped = make.evidence(CertifySettings(), 5000).model_copy(update={"stop_reason": "stopped"})
    for procedure in ("certify", "predict", "decide"):
        assert may_resume(stopped.model_copy(update={"procedure": procedure}))
    assert not may_resume(None)
    assert not may_extend(None)


@pytest.mark.parametrize(
    ("bound", "may"),
    [
        ("live", False),
        ("clopper-pearson", False),
        ("two-class", False),
        ("anytime", True),
        ("anytime-two-class", True),
    ],
)
def test_only_anytime_bounds_reach_past_the_planned_n(make, bound, may):
    assert may_extend(make.evidence(CertifySettings(bound=bound))) is may


def test_numbers_that_were_kept_in_memory_cannot_be_extended(make):
    found = make.evidence(CertifySettings(bound="anytime"))
    assert not may_extend(found.model_copy(update={"settings": MeasureSettings(epsilon=0.1)}))


def test_anchors_of_a_sweep_are_not_extended(make):
    found = make.evidence(CertifySettings(bound="anytime"))
    settings = declared("certify", Rotation(), {"seed": 1})
    assert may_extend(found) and not may_extend(found.model_copy(update={"settings": settings}))


def test_a_prediction_is_one_test_at_its_n(make):
    found = make.evidence(CertifySettings(bound="anytime"))
    asked = {"procedure": "predict", "settings": PredictSettings(n=found.settings.n)}
    assert not may_extend(found.model_copy(update=asked))


def test_the_votes_are_handed_on_as_they_stand(make):
    evidence = make.evidence(CertifySettings(bound="anytime"), 5000)
    resume = Resume.of(evidence)
    assert resume.run_id == evidence.run_id
    assert resume.selection.counts == evidence.votes.selection
    assert resume.blocks == evidence.chain.blocks
    assert counted(evidence) == sum(block.n for block in resume.blocks) == 5000


def test_a_run_stopped_before_its_first_estimation_vote_has_its_own_block_size(make):
    settings = CertifySettings(n=40_000)
    evidence = make.evidence(settings, 500).model_copy(update={"chain": None})
    assert Resume.of(evidence).blocks == ()
    assert Resume.of(evidence).block == block_size(40_000)


def test_an_extended_run_forgets_the_radius_it_was_to_stop_at():
    settings = extended(CertifySettings(bound="anytime", target="radius=0.5"), 200_000)
    assert (settings.n, settings.target) == (200_000, "")
    assert settings.bound == "anytime"
    assert MOST == 10**9


def test_answers_are_handed_on_with_the_votes(make):
    groups = (AnswerGroup(text="go left", class_index=7, count=5000),)
    stopped = make.evidence(CertifySettings(), 5000).model_copy(update={"answers": groups})
    assert Resume.of(stopped).answers == groups
