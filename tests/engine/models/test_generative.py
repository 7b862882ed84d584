from __future__ import annotations

import pytest
import torch

from engine.core.errors import UserError
from engine.evidence.settings import CertifySettings
from engine.models import ModelRequest, load_model
from engine.models.base import NO_CLASS
from engine.models.generative import MOST_TOKENS, oracle_for
from engine.oracles.equivalence import from_description
from engine.procedures.certify import certify
from tests.fakes import finish
from tests.sayings import ANSWERS, flat, keyword_oracle, rules_file, saying


def batch(*values: float) -> torch.Tensor:
    return torch.tensor(values)[:, None, None, None].expand(-1, 1, 2, 2)


def test_answers_become_classes_and_failures_none():
    model = saying()
    assert model.identity.class_names == ("left", "right", "unparseable")
    found = model.classify(batch(0.1, 0.4, 0.5, 0.9, float("nan")))
    assert found.tolist() == [0, 2, 1, 1, NO_CLASS]
    assert model.said() == (*ANSWERS, None)
    scores = model.scores(batch(0.1, float("nan")))
    assert scores[0].tolist() == [1, 0, 0]
    assert torch.isnan(scores[1]).all()


def test_the_oracle_the_prompt_and_the_length_are_part_of_the_identity():
    plain = saying()
    others = [
        saying(from_description({"reference": "go left"}, "o")),
        saying(prompt="where to?"),
        saying(max_new_tokens=5),
        saying(weights="cd" * 32),
    ]
    assert len({model.identity.sha256 for model in (plain, *others)}) == 5
    assert plain.identity.sha256 == saying().identity.sha256
    assert any("oracle: keywords" in note for note in plain.identity.notes)
    assert "prompt: where to?" in others[1].identity.notes


def test_a_reference_is_the_answer_to_the_clean_input():
    model = saying(from_description({"threshold": 1.0}, "o"))
    bound = model.bound_to(flat(0.9))
    assert bound.classify(batch(0.9, 0.5, 0.4)).tolist() == [0, 1, 1]
    assert bound.identity.sha256 == model.identity.sha256
    assert "fixed before sampling: 'go right'" in bound.identity.notes[-1]
    assert bound.bound_to(flat(0.1)) is bound
    assert saying().bound_to(flat(0.9)) is not None


def test_a_runs_answers_add_up_to_its_votes_and_unparseable_ones_count():
    evidence = finish(certify(saying(), flat(0.4), CertifySettings(n0=50, n=500)))
    counts = [0, 0, 0]
    for group in evidence.answers:
        counts[group.class_index] += group.count
        assert keyword_oracle().classify([group.text]) == [group.class_index]
    assert tuple(counts) == evidence.votes.estimation
    assert counts[2] > 0
    assert sum(counts) == 500


def test_answers_do_not_depend_on_the_batch():
    runs = [
        finish(certify(saying(), flat(0.4), CertifySettings(n0=50, n=300))) for size in (7, 300)
    ]
    assert runs[0].answers == runs[1].answers


def test_unparseable_can_win_honestly():
    evidence = finish(
        certify(
            saying(),
            flat(0.4),
            CertifySettings(n0=50, n=500, scheme={"key": "gaussian", "sigma": 0.02}),
        )
    )
    assert evidence.class_name == "unparseable"
    assert evidence.outcome == "certified"


def test_the_oracle_may_lie_beside_the_model(tmp_path):
    weights = tmp_path / "model.safetensors"
    weights.touch()
    with pytest.raises(UserError, match="name the file that turns them into classes with --oracle"):
        oracle_for(weights, ModelRequest("m"))
    (tmp_path / "model.oracle.txt").write_text("left: left\n")
    assert oracle_for(weights, ModelRequest("m")).identity.source == "model.oracle.txt"
    with pytest.raises(UserError, match="omit --class-names"):
        oracle_for(weights, ModelRequest("m", class_names=tmp_path / "names"))


def test_lengths_that_cannot_be():
    for tokens in (-1, MOST_TOKENS + 1):
        with pytest.raises(UserError, match=r"--max-new-tokens must be between 1 and 1,024"):
            saying(max_new_tokens=tokens)


def test_an_oracle_for_a_model_that_does_not_write_is_refused(tmp_path):
    with pytest.raises(UserError, match="does not write answers"):
        load_model(ModelRequest("demo:digits-0.25", oracle=rules_file(tmp_path)))
