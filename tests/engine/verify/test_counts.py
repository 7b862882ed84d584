"""Every value of exported evidence is changed, one at a time."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from engine.core.errors import UserError
from engine.core.nouns import of_any_kind
from engine.core.rounding import p_value_in_words
from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings, PredictSettings
from engine.evidence.vote_chain import chain_facts, chain_starts, chained, start_of
from engine.procedures.predict import predict
from engine.report.json import evidence_json
from engine.schemes import SCHEMES, Ablation
from engine.verify import Plan, verify
from engine.verify.counts import check_counts
from engine.verify.decisions import recount_of
from engine.verify.reading import read_evidence
from tests.fakes import HalfSpace, finish, fitted

HERE = Path("run.json")

FOLLOWS_FROM_NOTHING = {
    "run_id": "drawn by lot",
    "created": "a time",
    "run_number": "counted by the case file, which is checked there",
    "runs_counted": "as run_number",
    "tries_known_to": "as run_number",
    "settings.seed_origin": "whether a person or the program chose the seed",
    "stop_reason": "'stopped' and 'out of memory' leave the same votes",
    "execution": "decides only how fast the votes come",
    "noise.self_test": "what was measured at the start, which --rerun measures again",
    "function_check.samples": "how often the model was asked again, by lot",
    "function_check.batchings": "as function_check.samples",
    "model": "names and descriptions, which --rerun compares; digest and shape are bound",
    "input": "names and descriptions; the digest of the pixels is bound",
    "performance": "durations",
    "software": "versions and machine",
    "warnings": "sentences",
    "command": "a sentence",
}
"""What no recomputation can catch once somebody computes the seal anew: a signature must."""

BOUND_AFTER_ALL = (
    *(f"model.{name}" for name in ("sha256", "architecture", "normalization", "encoding")),
    *(f"model.{name}" for name in ("resize", "input_shape", "class_names")),
    "input.pixels_sha256",
    "input.shape",
)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))
    else:
        yield path, value


def other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return value * 0.9 + 1e-3
    if isinstance(value, str):
        swapped = {"live": "two-class", "float": "exact", "fp32": "bf16", "auto": "cpu"}
        return swapped.get(value) or value[:-1] + ("0" if value[-1:] != "0" else "1")
    return ["x"] if isinstance(value, list) else {"x": 0.5} if isinstance(value, dict) else 1


def changed(raw: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    copy = json.loads(json.dumps(raw))
    place = copy
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return copy


def accepted(text: str) -> bool:
    try:
        stated = read_evidence(text.encode(), HERE)
    except UserError:
        return False
    if stated.evidence is None or any(claim.verdict != "holds" for claim in stated.claims):
        return False
    claims = check_counts(recount_of(stated.evidence))
    return all(claim.verdict == "holds" for claim in claims)


def resealed(raw: dict[str, Any]) -> str:
    return evidence_json(Evidence.model_validate(raw))


def name(path: tuple[Any, ...]) -> str:
    return ".".join(str(step) for step in path)


def declared(path: str) -> bool:
    bound = any(path == one or path.startswith(one + ".") for one in BOUND_AFTER_ALL)
    free = any(path == one or path.startswith(one + ".") for one in FOLLOWS_FROM_NOTHING)
    return free and not bound


def test_every_single_value_that_is_changed_is_caught(certified: Evidence) -> None:
    text = evidence_json(certified)
    raw = json.loads(text)
    assert accepted(text)
    slipped = [
        name(path)
        for path, value in leaves(raw)
        if accepted(json.dumps(changed(raw, path, other(value)), indent=2))
    ]
    assert slipped == []


def test_with_the_seal_computed_anew_only_the_declared_values_slip(certified: Evidence) -> None:
    raw = json.loads(evidence_json(certified))
    slipped = []
    for path, value in leaves(raw):
        if path == ("seal",):
            continue
        try:
            text = resealed(changed(raw, path, other(value)))
        except (ValidationError, UserError):
            continue
        if accepted(text):
            slipped.append(name(path))
    assert [path for path in slipped if not declared(path)] == []
    assert "performance.seconds" in slipped  # the list above is needed


@pytest.mark.parametrize(
    "settings",
    [
        {"noise": "exact"},
        {"bound": "anytime"},
        {"bound": "anytime-two-class"},
        {"bound": "two-class"},
        {"bound": "clopper-pearson"},
        {"target": "radius=0.1"},
        {"target": "radius=3.0", "bound": "anytime"},
        {"n": 37},
    ],
    ids=str,
)
@pytest.mark.parametrize("threshold", [0.3, 0.0])
def test_honest_runs_of_every_kind_hold(settings: dict[str, Any], threshold: float) -> None:
    chosen = CertifySettings(**{"n": 1000, **settings})
    from engine.procedures.certify import certify

    found = finish(certify(HalfSpace(threshold, 3), fitted(), chosen, at=["radius=0.1"]))
    assert accepted(evidence_json(found))


def test_a_claim_in_the_nouns_of_every_kind_holds_as_it_was_written() -> None:
    """Programs before said 'pixels or nodes' of an image; the number is checked as ever."""
    from engine.procedures.certify import certify

    settings = CertifySettings(scheme=Ablation(p=0.6), n=1000)
    found = finish(certify(HalfSpace(0.5), fitted(), settings))
    assert "of at most 1 pixel of this image in any way changes " in found.statement
    before = found.model_copy(update={"statement": of_any_kind(found.statement)})
    assert "or node" in before.statement
    assert all(claim.verdict == "holds" for claim in check_counts(recount_of(before)))
    more = before.statement.replace("at most 1 ", "at most 2 ")
    forged = before.model_copy(update={"statement": more})
    wrong = [claim for claim in check_counts(recount_of(forged)) if claim.verdict != "holds"]
    assert [claim.name for claim in wrong] == ["statement"]


@pytest.mark.parametrize("test", ["one-sided", "two-sided"])
def test_predict_holds_and_its_numbers_cannot_be_changed(test: Any) -> None:
    found = finish(predict(HalfSpace(0.3, 3), fitted(), PredictSettings(n=200, test=test)))
    raw = json.loads(evidence_json(found))
    assert accepted(evidence_json(found))
    for path in [("test", "p_value"), ("observations", "estimation", 0), ("settings", "alpha")]:
        value = raw
        for step in path:
            value = value[step]
        assert not accepted(resealed(changed(raw, path, other(value)))), path


def test_an_abstention_holds_with_the_p_value_as_it_was_rounded_then() -> None:
    settings = PredictSettings(n=60, test="one-sided", seed=2)
    runs = (finish(predict(HalfSpace(t / 100), fitted(), settings)) for t in range(1, 30))
    found = next(run for run in runs if run.abstention and run.abstention.n_needed is None
                 and run.abstention.reason == "too-few-samples")  # fmt: skip
    now, value = f"of {p_value_in_words(found.test.p_value)} >", found.test.p_value
    raw = json.loads(evidence_json(found))
    assert now in raw["abstention"]["sentence"]
    then = raw["abstention"]["sentence"].replace(now, f"of {value:.2g} >")
    assert accepted(resealed(changed(raw, ("abstention", "sentence"), then)))
    other_value = then.replace(f"of {value:.2g} >", f"of {2 * value:.2g} >")
    assert not accepted(resealed(changed(raw, ("abstention", "sentence"), other_value)))


def test_a_forged_class_with_a_chain_of_its_own_is_caught_by_the_bounds(
    certified: Evidence,
) -> None:
    """All votes for the class, the chain computed anew: the claims no longer follow."""
    chain = certified.chain
    assert chain is not None
    top = certified.votes.guess
    blocks, previous = [], chain.start
    for block in chain.blocks:
        blocks.append(
            chained(previous, start=block.start, n=block.n, counts={top: block.n}, failures=0)
        )
        previous = blocks[-1].hash
    forged = certified.model_copy(
        update={"chain": chain.model_copy(update={"blocks": tuple(blocks), "head": previous})}
    )
    wrong = [c for c in check_counts(recount_of(forged)) if c.verdict != "holds"]
    assert wrong[0].name == "hash chain of the votes"
    assert "do not add up" in wrong[0].detail


def test_a_chain_of_an_older_program_holds_without_the_function(certified: Evidence) -> None:
    chain = certified.chain
    assert chain is not None
    facts = chain_facts(
        certified.settings,
        model=certified.model,
        pixels_sha256=certified.input.pixels_sha256,
        key=int(certified.noise.key, 16),
        selection=certified.chain_selection,
    )
    newer, older = chain_starts(facts)
    assert chain.start == newer
    head, blocks = older, []
    for block in chain.blocks:
        links = {"start": block.start, "n": block.n, "failures": block.failures}
        blocks.append(chained(head, counts=block.counts, **links))
        head = blocks[-1].hash
    kept = {"start": older, "head": head, "blocks": tuple(blocks)}
    before = certified.model_copy(update={"chain": chain.model_copy(update=kept)})
    assert all(claim.verdict == "holds" for claim in check_counts(recount_of(before)))
    assert start_of((newer, older), before.chain.blocks) == older  # and is resumed as what it is


def test_recomputation_needs_no_torch(exported: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from engine.verify import verify;"
        "print(all(verify(Path(f)).ok for f in sys.argv[1:]), 'torch' in sys.modules)"
    )
    files = [str(exported / "run.json"), str(exported / "run.pdf")]
    done = subprocess.run(
        [sys.executable, "-c", code, *files], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["True", "False"]


def test_more_blocks_than_anyone_draws_are_not_worked_through(
    certified: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.verify.counts.MOST_BLOCKS", 3)
    claims = {claim.name: claim.verdict for claim in check_counts(recount_of(certified))}
    assert claims["hash chain of the votes"] == claims["bounds"] == "cannot be checked"


def test_hostile_numbers_end_in_a_verdict(tmp_path: Path, certified: Evidence) -> None:
    raw = json.loads(evidence_json(certified))
    for path, value in [
        (("observations", "estimation", 0), 10**400),
        (("observations", "estimation", 0), -5),
        (("chain", "blocks", 0, "n"), -1),
        (("chain", "block"), 0),
        (("observations", "guess"), 99),
        (("certified_at",), {"words=1": True}),
        (("model", "class_names"), []),
    ]:
        file = tmp_path / "hostile.json"
        file.write_text(json.dumps(changed(raw, path, value)), encoding="utf-8")
        report = verify(file, Plan(counts_only=True))
        assert not report.ok
        assert report.count("does not hold")


def test_the_generator_of_another_law_is_caught(certified: Evidence) -> None:
    """Evidence that names who drew the noise of some other scheme does not hold."""
    own = certified.settings.law.generator
    others = {scheme().noise().generator for scheme in SCHEMES} - {own}
    assert certified.noise.generator == own and others
    for other in others:
        noise = certified.noise.model_copy(update={"generator": other})
        forged = recount_of(certified.model_copy(update={"noise": noise}))
        first = next(one for one in check_counts(forged) if one.verdict != "holds")
        assert (first.name, first.verdict) == ("noise key and generator", "does not hold")
        assert other[:50] in first.detail  # longer names are shortened in it


def test_a_test_of_the_noise_is_there_and_of_its_own_law(certified: Evidence) -> None:
    stated = certified.noise.self_test
    assert stated is not None
    first, *rest = stated.statistics
    foreign = (first.model_copy(update={"law": "Laplace"}), *rest)
    for test, wrong in (
        (None, "its noise was not tested"),
        (stated.model_copy(update={"statistics": foreign}), "tested for another law: Laplace"),
    ):
        noise = certified.noise.model_copy(update={"self_test": test})
        claims = check_counts(recount_of(certified.model_copy(update={"noise": noise})))
        found = next(claim for claim in claims if claim.name == "noise key and generator")
        assert found.verdict == "does not hold" and wrong in found.detail
