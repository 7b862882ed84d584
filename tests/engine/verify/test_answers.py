from __future__ import annotations

import pytest

from engine.evidence.generations import AnswerGroup
from engine.evidence.settings import CertifySettings
from engine.oracles.equivalence import from_description
from engine.procedures.certify import certify
from engine.verify.answers import check_answers, readable
from engine.verify.counts import check_counts
from engine.verify.decisions import recount_of
from tests.factories import make_evidence
from tests.fakes import finish
from tests.sayings import flat, saying


@pytest.fixture(scope="module")
def evidence():
    return finish(certify(saying(), flat(0.4), CertifySettings(n0=50, n=500)))


def test_an_honest_run_holds(evidence):
    claims = check_counts(recount_of(evidence))
    assert [claim.verdict for claim in claims if claim.name == "answers and oracle"] == ["holds"]
    assert {claim.verdict for claim in claims} == {"holds"}
    assert check_answers(make_evidence()) == []


def changed(evidence, **groups):
    first, *rest = evidence.answers
    return evidence.model_copy(update={"answers": (first.model_copy(update=groups), *rest)})


def test_answers_must_add_up_and_be_read_as_the_oracle_reads_them(evidence):
    assert "do not add up" in check_answers(changed(evidence, count=1))[0]
    assert "the oracle reads" in check_answers(changed(evidence, text="nothing at all"))[0]
    assert "has a class that" in check_answers(changed(evidence, class_index=7))[0]
    twice = evidence.answers[0]
    half = twice.model_copy(update={"count": twice.count - 1})
    listed = (half, twice.model_copy(update={"count": 1}), *evidence.answers[1:])
    found = check_answers(evidence.model_copy(update={"answers": listed}))
    assert found == ["an answer is listed twice"]
    none = evidence.model_copy(update={"answers": ()})
    assert "do not add up" in check_answers(none)[0]


def test_the_models_digest_covers_the_oracle(evidence):
    weights, oracle = evidence.model.parts
    rules = {"oracle": "keywords", "classes": [["left", ["go"]], ["right", ["turn"]]]}
    other = oracle.model_copy(update={"rules": rules})
    consistent = other.model_copy(update={"sha256": other.rules_sha256})
    bare = oracle.model_copy(update={"rules": {}})
    asked = evidence.model.generation.model_copy(update={"prompt": "another"})
    for changes, wrong in (
        ({"parts": (weights, other)}, "the digest of the oracle is not that of its rules"),
        ({"parts": (weights, bare)}, "the digest of the oracle is not that of its rules"),
        ({"parts": ()}, "the model's digest is not that of its parts"),
        ({"parts": (weights, consistent)}, "the model's digest is not that of its parts"),
        ({"generation": asked}, "the model's digest is not that of its parts"),
    ):
        model = evidence.model.model_copy(update=changes)
        claims = check_counts(recount_of(evidence.model_copy(update={"model": model})))
        found = {claim.name: claim for claim in claims}["model and its parts"]
        assert (found.verdict, found.detail) == ("does not hold", wrong)
    alone = evidence.model.model_copy(update={"parts": (weights,)})
    found = check_answers(evidence.model_copy(update={"model": alone}))
    assert found == ["it names no oracle that reads the answers"]


def test_answers_need_a_model_that_writes():
    group = AnswerGroup(text="a", class_index=0, count=1)
    found = check_answers(make_evidence().model_copy(update={"answers": (group,)}))
    assert found == ["there are answers of a model that does not write"]


def test_only_oracles_without_weights_are_read_again(evidence):
    assert readable(evidence.model.part("oracle").rules) is not None
    given = from_description({"reference": "go left"}, "o").identity.rules
    assert readable(given) is not None
    assert readable(from_description({}, "o").identity.rules) is None
    assert readable({"oracle": "classifier", "weights_sha256": "00"}) is None
    sly = {"oracle": "classifier", "model": "owner/name", "measure": "tokens", "reference": "x"}
    assert readable(sly) is None
