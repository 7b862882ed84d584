"""Held against the reference program's decisions, and against votes counted by hand.

golden/kconsensus.json: eth-sri/smoothing-ensembles at 1e1eaf8, its functions on 3 and 5 members.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.core.errors import UserError
from engine.evidence.settings import CertifySettings, Execution
from engine.inputs import fit, load_input
from engine.models import ModelRequest, load_model
from engine.models.base import NO_CLASS, NOT_ASKED, Classifier
from engine.models.ensemble import Ensemble
from engine.procedures.certify import certify
from engine.sampling.questions import Answer, Rounding
from engine.schemes import Gaussian
from tests.fakes import finish, identity

GOLDEN = json.loads(
    (Path(__file__).parents[2] / "golden" / "kconsensus.json").read_text(encoding="utf-8")
)["rows"]


class Listed(Classifier):
    """Scores by row: sample i of a batch holds the number of its row."""

    def __init__(self, scores: torch.Tensor, **changes: Any) -> None:
        self.identity = identity(scores.shape[1], **changes)
        self.listed = scores
        self.calls = list[int]()

    def prepare(self, device: torch.device, precision: str) -> None:
        """Nothing to do."""

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        """The listed scores."""
        self.calls.append(len(batch))
        return self.listed[batch.long()]


def ensemble(logits: torch.Tensor, combine: str = "logits", consensus: int = 0) -> Ensemble:
    return Ensemble([Listed(each) for each in logits], combine, consensus)


def rows(logits: torch.Tensor) -> torch.Tensor:
    return torch.arange(logits.shape[1])


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda row: f"{row['L']} members")
def test_decisions_are_those_of_the_reference_program(golden: dict[str, Any]) -> None:
    logits = torch.tensor(golden["logits"])
    asked = rows(logits)
    assert ensemble(logits).classify(asked).tolist() == golden["soft_logit_sum"]
    assert ensemble(logits, "softmax").classify(asked).tolist() == golden["soft_softmax_mean"]
    for consensus, found in golden["k_consensus"].items():
        subject = ensemble(logits, consensus=int(consensus))
        assert subject.classify(asked).tolist() == found["final"]
        answers = subject.member_answers()
        assert answers is not None
        first = answers[: int(consensus)].tolist()
        assert first == golden["single"][: int(consensus)]
        stopped = [row for row, stop in enumerate(found["should_stop"]) if stop >= 0]
        for member in answers[int(consensus) :]:
            assert [i for i, each in enumerate(member.tolist()) if each == NOT_ASKED] == stopped


def test_votes_are_counted_and_ties_go_to_the_summed_logits() -> None:
    logits = torch.randn((4, 3_000, 3), generator=torch.Generator().manual_seed(0)) * 3
    found = ensemble(logits, "votes").classify(rows(logits)).tolist()
    tied = 0
    for row, each in enumerate(found):
        votes = Counter(logits[:, row].argmax(dim=1).tolist())
        leaders = [name for name, count in votes.items() if count == max(votes.values())]
        total = logits[:, row].double().sum(dim=0)
        tied += len(leaders) > 1
        assert each == max(leaders, key=lambda name: float(total[name]))
    assert tied > 300


def test_a_member_without_an_answer_leaves_the_ensemble_without_one_if_it_is_asked() -> None:
    logits = torch.randn((3, 6, 4), generator=torch.Generator().manual_seed(1))
    logits[:, 0] = logits[:, 1] = logits[0, 0].clone()  # all agree
    logits[2, 0, 2] = torch.nan
    logits[0, 1, 1] = torch.inf
    for combine in ("logits", "softmax", "votes"):
        found = ensemble(logits, combine).classify(rows(logits)).tolist()
        assert found[:2] == [NO_CLASS, NO_CLASS]
        assert NO_CLASS not in found[2:]
    found = ensemble(logits, consensus=2).classify(rows(logits)).tolist()
    assert found[0] == int(logits[0, 0].argmax())  # the third is not asked
    assert found[1] == NO_CLASS


@pytest.mark.parametrize(
    ("combine", "consensus"), [("logits", 2), ("logits", 3), ("votes", 0), ("votes", 2)]
)
def test_a_class_that_a_member_s_rounding_changes_is_seen_as_a_near_tie(
    combine: str, consensus: int
) -> None:
    """Votes and agreement jump; the scores must say how near the jump was."""
    lot = torch.Generator().manual_seed(2)
    logits = torch.randn((4, 4_000, 3), generator=lot)
    best, index = logits[0, :1_000].topk(2, dim=1)  # its first two classes almost level
    logits[0, :1_000].scatter_(1, index[:, 1:], best[:, :1] - 1e-6)
    other = logits + 4e-6 * torch.randn(logits.shape, generator=lot)
    one, two = (ensemble(each, combine, consensus) for each in (logits, other))
    first, second = (subject.scores(rows(logits)) for subject in (one, two))
    answers = [Answer(each.argmax(dim=1).tolist(), each) for each in (first, second)]
    rounding, changed = Rounding.of("fp32"), 0
    for row, (a, b) in enumerate(zip(answers[0].classes, answers[1].classes, strict=True)):
        if a != b:
            changed += 1
            assert rounding.near(answers[0], row, answers[1], row, (a, b))
    assert changed >= 5


def test_only_the_undecided_are_asked_on() -> None:
    logits = torch.tensor([[[2.0, 0], [0, 1]], [[1.0, 0], [3, 1]], [[0.0, 1], [0, 9]]])
    subject = ensemble(logits, consensus=2)
    assert subject.classify(rows(logits)).tolist() == [0, 1]
    assert [member.calls for member in subject.members] == [[2], [2], [1]]  # type: ignore[attr-defined]


def test_members_their_order_rule_and_consensus_are_part_of_the_identity() -> None:
    scores = torch.zeros((1, 2))
    a, b, c = (Listed(scores, name=name, sha256=name * 64) for name in "abc")
    subjects = [
        Ensemble([a, b, c]),
        Ensemble([b, a, c]),
        Ensemble([a, b]),
        Ensemble([a, b, c], "votes"),
        Ensemble([a, b, c], consensus=2),
        Ensemble([a, b, Listed(scores, name="c", sha256="c" * 64, normalization="half")]),
    ]
    assert len({subject.identity.sha256 for subject in subjects}) == len(subjects)
    assert all(
        subject.identity.sha256 == subject.identity.composed_sha256() for subject in subjects
    )
    assert any("normalised differently" in note for note in subjects[-1].identity.notes)
    assert not any("normalised differently" in note for note in subjects[0].identity.notes)


def test_members_that_were_trained_with_different_noise_are_named() -> None:
    mixed, alike = (
        load_model(digits(*names)).identity.notes for names in (("0.25", "0.50"), ("0.25", "0.25"))
    )
    said = "its members were trained with different noise (sigma 0.25, sigma 0.5)"
    assert any(note.startswith(said) for note in mixed)
    assert not any("different noise" in note for note in alike)


def test_members_of_other_schemes_are_named_too() -> None:
    """Gaussian noise beside a random brightness: a remark, not an error."""
    notes = load_model(digits("0.25", "light", "0.25")).identity.notes
    said = "its members were trained with different noise (sigma 0.25, that of contrast-brightness)"
    assert any(note.startswith(said) for note in notes)
    of_one = [{"key": "laplace", "lam": lam} for lam in (0.1, 0.2)]
    scores = torch.zeros((1, 2))
    pair = [Listed(scores, name=str(one["lam"]), training_scheme=one) for one in of_one]
    assert any("(that of laplace)" in note for note in Ensemble(pair).identity.notes)


def sentence(*members: dict[str, Any], combine: str = "logits", consensus: int = 0) -> str:
    listed = [
        Listed(torch.zeros((1, given.pop("classes", 2))), **{"name": f"model {i}", **given})
        for i, given in enumerate(members)
    ]
    with pytest.raises(UserError) as refused:
        Ensemble(listed, combine, consensus)
    return str(refused.value)


def test_what_is_no_ensemble_is_refused_in_a_sentence() -> None:
    assert "at least two members" in sentence({})
    assert "logits, softmax, votes (it was 'mean')" in sentence({}, {}, combine="mean")
    assert "between 2 and the 2 members (it was 3)" in sentence({}, {}, consensus=3)
    assert "between 2 and the 2 members (it was 1)" in sentence({}, {}, consensus=1)
    other = sentence({}, {"classes": 3})
    assert other.startswith("model 0 and model 1 cannot be one ensemble: they name other classes")
    assert other.endswith("(class 0, class 1 and class 0, class 1, class 2).")
    assert "inputs of another shape (1x8x8 and 3x8x8)" in sentence({}, {"input_shape": (3, 8, 8)})
    assert "another kind of input" in sentence({}, {"kind": "graph"})
    assert "in another way" in sentence({}, {"resize": "stretch"})
    assert "not of both" in sentence({}, {"source": "memory:Net"})


def digits(*names: str, **more: Any) -> ModelRequest:
    first, *others = (f"demo:digits-{name}" for name in names)
    return ModelRequest(first, others=tuple(others), **more)


def test_files_are_opened_as_one_and_refused_as_one() -> None:
    whole = load_model(digits("0.25", "0.50", combine="softmax")).identity
    assert whole.name == "ensemble of 2: digits-cnn, sigma 0.25 and digits-cnn, sigma 0.50"
    assert whole.training_sigma is None
    roles = [part.role for part in whole.parts]
    assert roles == ["member", "member", "rule"]
    assert [part.source for part in whole.parts[:2]] == ["demo:digits-0.25", "demo:digits-0.50"]
    with pytest.raises(UserError, match="are told otherwise which pixels are noised|another shape"):
        load_model(digits("0.25", "ablation"))
    with pytest.raises(UserError, match="name --model several times"):
        load_model(ModelRequest("demo:digits-0.25", consensus=2))


def run_of(batch: int) -> Any:
    classifier = load_model(digits("0.25", "0.50", "0.25", consensus=2))
    fitted = fit(load_input("digits:4"), classifier.identity, None)
    settings = CertifySettings(n0=20, n=600, seed=3, scheme=Gaussian(sigma=0.5))
    return finish(
        certify(classifier, fitted, settings, execution=Execution(batch=batch, device="cpu"))
    )


def test_votes_do_not_depend_on_batches_and_say_what_each_member_answered() -> None:
    one, other = run_of(batch=7), run_of(batch=300)
    assert one.observations == other.observations
    assert one.ensemble == other.ensemble
    record = one.ensemble
    assert record.samples == 600
    asked = [each.asked for each in record.members]
    assert asked[:2] == [600, 600]
    assert 0 < asked[2] < 600
    assert record.saved == pytest.approx((600 - asked[2]) / 1800)
    # Two of three members are the same network: where the first two differ it decides with them.
    assert all(sum(each.counts) + each.failures == each.asked for each in record.members)
    assert not record.contradictions(n=600, members=3, classes=10, consensus=2)


def test_a_tie_of_votes_goes_to_the_summed_logits_however_far_behind_they_are() -> None:
    """Two classes with two votes each; a fifth member puts a third one ten thousand above both."""
    wins = [(0, 6.0), (0, 6.0), (1, 7.0), (1, 7.0), (2, 2e4)]
    logits = torch.zeros((5, 1, 3))
    for member, (index, score) in enumerate(wins):
        logits[member, 0, index] = score
    assert ensemble(logits, "votes").classify(rows(logits)).tolist() == [1]


def test_scores_of_every_rule_are_those_of_the_formula() -> None:
    logits = torch.randn((3, 500, 4), generator=torch.Generator().manual_seed(3))
    plain = ensemble(logits).scores(rows(logits))
    assert torch.allclose(plain, logits[0] + logits[1] + logits[2])
    mean = ensemble(logits, "softmax").scores(rows(logits))
    each = [one.double().exp() / one.double().exp().sum(1, keepdim=True) for one in logits]
    assert torch.allclose(mean.double(), each[0] + each[1] + each[2])
    assert plain.shape == mean.shape == (500, 4)
