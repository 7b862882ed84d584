from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from engine.core.errors import UserError
from engine.core.records import Votes
from engine.evidence.evidence import Evidence
from engine.evidence.tries import tries_in_words
from engine.evidence.vote_chain import chain_facts, chain_start, chained
from engine.models import ModelRequest, load_model
from engine.noise.gaussian import Stream
from engine.procedures.run_key import run_key
from engine.verify.counts import check_counts
from engine.verify.decisions import recount_of
from engine.verify.report import Claim, Redrawn
from engine.verify.rerun import Blocks, Means, check_rerun, chosen, request_of

MEANS = Means(model="", input="", beside=Path())


def votes_again(evidence: Evidence, rerun: Blocks, means: Means) -> Claim:
    return check_rerun(evidence, rerun, means).claims[0]


def forged(evidence: Evidence, block: int, moved: int) -> Evidence:
    """Votes moved to another class in one block, everything after it computed anew."""
    chain, votes = evidence.chain, evidence.votes
    assert chain is not None and votes.guess is not None
    key = run_key(
        evidence.settings,
        model_sha256=evidence.model.sha256,
        pixels_sha256=evidence.input.pixels_sha256,
    )
    selection = Votes(counts=votes.selection, failures=votes.selection_failures)
    start = chain_start(
        chain_facts(
            evidence.settings,
            model=evidence.model,
            pixels_sha256=evidence.input.pixels_sha256,
            key=key,
            selection=selection,
        )
    )
    previous, blocks, estimation = start, [], list(votes.estimation)
    for index, old in enumerate(chain.blocks):
        counts = dict(old.counts)
        if index == block:
            counts[votes.guess] -= moved
            counts[0] = counts.get(0, 0) + moved
            estimation[votes.guess] -= moved
            estimation[0] += moved
        blocks.append(
            chained(previous, start=old.start, n=old.n, counts=counts, failures=old.failures)
        )
        previous = blocks[-1].hash
    return evidence.model_copy(
        update={
            "chain": chain.model_copy(
                update={"start": start, "blocks": tuple(blocks), "head": previous}
            ),
            "observations": votes.model_copy(update={"estimation": tuple(estimation)}),
        }
    )


def consistent(evidence: Evidence) -> Evidence:
    """With every claim computed anew from the forged votes."""
    facts = recount_of(evidence).facts
    said = " ".join(filter(None, (facts["statement"], tries_in_words(evidence))))
    return evidence.model_copy(update={**facts, "statement": said})


def test_every_vote_comes_again(certified: Evidence) -> None:
    claim = votes_again(certified, "all", MEANS)
    assert claim.verdict == "holds"
    assert claim.detail.startswith("620 votes drawn again: selection, block 0")


def test_some_blocks_are_drawn_by_lot_and_named(certified: Evidence) -> None:
    drawn = {tuple(span.name for span in chosen(certified, 3)) for _ in range(20)}
    assert len(drawn) > 1 and all(len(names) == 4 for names in drawn)
    assert {names[0] for names in drawn} == {"selection"}
    assert len(chosen(certified, 500)) == 13
    detail = votes_again(certified, 2, MEANS).detail
    assert detail.startswith("120 votes drawn again: selection, block")
    for rerun, blocks in ((2, 2), ("all", 12)):
        assert check_rerun(certified, rerun, MEANS).redrawn == Redrawn(blocks=blocks, of=12)


def test_a_forged_selection_is_caught_by_a_single_block(certified: Evidence) -> None:
    """Other votes chose the class: everything that follows is computed anew from them."""
    votes = certified.votes
    counts = [0] * len(votes.selection)
    counts[votes.guess or 0], counts[0] = 19, 1
    assert tuple(counts) != votes.selection
    other = votes.model_copy(update={"selection": tuple(counts)})
    lie = consistent(forged(certified.model_copy(update={"observations": other}), 0, 0))
    assert all(claim.verdict == "holds" for claim in check_counts(recount_of(lie)))
    found = check_rerun(lie, 1, MEANS)
    assert found.claims[0].verdict == "does not hold" and found.redrawn is None
    assert "selection: 1" in found.claims[0].detail


def test_a_forged_block_in_a_chain_that_holds_is_caught(certified: Evidence) -> None:
    lie = consistent(forged(certified, block=5, moved=1))
    assert all(claim.verdict == "holds" for claim in check_counts(recount_of(lie)))
    claim = votes_again(lie, "all", MEANS)
    assert claim.verdict == "does not hold"
    assert "1 came out otherwise (block 5: 1)" in claim.detail


def untied(evidence: Evidence, index: int) -> Evidence:
    """One vote of every block that has one for class ``index`` counted as a near tie instead."""
    chain, votes = evidence.chain, evidence.votes
    assert chain is not None and evidence.function_check is not None
    blocks, ties, previous = [], 0, chain.start
    for old in chain.blocks:
        tied = min(1, old.counts.get(index, 0))
        counts = {**old.counts, index: old.counts.get(index, 0) - tied}
        facts = {"start": old.start, "n": old.n, "failures": old.failures + tied}
        kept = {key: count for key, count in counts.items() if count}
        blocks.append(chained(previous, counts=kept, **facts))
        previous, ties = blocks[-1].hash, ties + tied
    assert ties
    estimation = list(votes.estimation)
    estimation[index] -= ties
    counted = {"estimation": tuple(estimation), "estimation_failures": ties}
    asked = {"answers": 10**6, "agreed": 10**6 - ties, "near_ties": ties}
    return evidence.model_copy(
        update={
            "chain": chain.model_copy(update={"blocks": tuple(blocks), "head": previous}),
            "observations": votes.model_copy(update=counted),
            "function_check": evidence.function_check.model_copy(update=asked),
        }
    )


def test_only_votes_for_the_top_class_may_have_been_near_ties(certified: Evidence) -> None:
    """Near ties of the others would be a way to less of them, and to a larger two-class bound."""
    top = certified.votes.guess
    counts = certified.votes.estimation
    assert top is not None
    other = max((c for c in range(len(counts)) if c != top), key=lambda c: counts[c])
    for index, verdict in ((top, "holds"), (other, "does not hold")):
        found = consistent(untied(certified, index))
        assert all(claim.verdict == "holds" for claim in check_counts(recount_of(found)))
        assert check_rerun(found, "all", MEANS).claims[0].verdict == verdict


def test_flips_on_another_machine_are_listed_and_only_accepted_on_request(
    certified: Evidence,
) -> None:
    software = certified.software.model_copy(update={"device_name": "Another GPU"})
    lie = forged(certified, block=3, moved=2).model_copy(update={"software": software})
    claim = votes_again(lie, "all", MEANS)
    assert claim.verdict == "does not hold"
    assert "2 came out otherwise (block 3: 2)" in claim.detail
    assert "the run was made on Another GPU" in claim.detail
    allowed = votes_again(lie, "all", replace(MEANS, flips=2))
    assert allowed.verdict == "holds" and "block 3: 2" in allowed.detail
    assert votes_again(lie, "all", replace(MEANS, flips=1)).verdict == "does not hold"


def test_another_model_or_input_is_not_rerun(certified: Evidence) -> None:
    claim = votes_again(certified, 1, replace(MEANS, model="demo:digits-0.50"))
    assert claim.verdict == "cannot be checked"
    assert "the model at hand is not the one" in claim.detail
    claim = votes_again(certified, 1, replace(MEANS, input="digits:18"))
    assert "the input at hand is not the one" in claim.detail


def test_a_stopped_rerun_is_no_verdict(certified: Evidence) -> None:
    stop = threading.Event()
    stop.set()
    claim = votes_again(certified, "all", replace(MEANS, stop=stop))
    assert claim.verdict == "cannot be checked" and "stopped" in claim.detail


def test_the_model_is_opened_as_the_command_line_did(certified: Evidence) -> None:
    words = (
        "certiscope certify --model m --arch 'cifar_resnet20@3x32x32' --normalize half "
        "--encoding plain --trust"
    )
    request = request_of(certified.model_copy(update={"command": words}), MEANS)
    assert (request.arch, request.normalize) == ("cifar_resnet20@3x32x32", "half")
    assert request.encoding == "plain"
    assert request.trust is False  # consent is never taken from a file
    assert request_of(certified.model_copy(update={"command": "'"}), MEANS).arch == ""


@pytest.mark.parametrize("settings", [{"noise": "exact"}, {"bound": "anytime"}], ids=str)
def test_other_kinds_of_runs_come_again(
    make_run: Callable[..., Evidence], settings: dict[str, str]
) -> None:
    assert votes_again(make_run(**settings), "all", MEANS).verdict == "holds"


def test_selection_and_estimation_are_other_streams(certified: Evidence) -> None:
    streams = {span.stream for span in chosen(certified, "all")}
    assert streams == {Stream.SELECTION, Stream.ESTIMATION}


def test_the_test_of_the_noise_comes_again(certified: Evidence) -> None:
    claim = check_rerun(certified, 1, MEANS).claims[2]
    assert (claim.name, claim.verdict) == ("test of the noise", "holds")
    assert claim.detail == "12 statistics of the same noise"


def test_evidence_from_before_there_was_a_test_is_not_blamed_for_it(certified: Evidence) -> None:
    noise = certified.noise.model_copy(update={"self_test": None})
    before = certified.model_copy(update={"noise": noise})
    names = [claim.name for claim in check_rerun(before, 1, MEANS).claims]
    assert names == ["votes drawn again", "model as it was opened"]


def test_a_model_that_writes_is_opened_with_its_oracle(certified: Evidence, tmp_path: Path) -> None:
    (tmp_path / "rules.txt").write_text("left: left")
    command = "certiscope certify --model m --oracle x/rules.txt --prompt 'where to?' " + (
        "--max-new-tokens 7 --input i"
    )
    evidence = certified.model_copy(update={"command": command})
    found = request_of(evidence, Means(model="", input="", beside=tmp_path))
    assert found.oracle == tmp_path / "rules.txt"
    assert (found.prompt, found.max_new_tokens) == ("where to?", 7)


def test_an_ensemble_is_opened_by_its_members_wherever_they_are(
    certified: Evidence, tmp_path: Path
) -> None:
    whole = load_model(
        ModelRequest("demo:digits-0.25", others=tuple(["demo:digits-0.50"]), consensus=2)
    ).identity
    parts = [
        part.model_copy(update={"source": f"old/{part.role}{i}"})
        for i, part in enumerate(whole.parts[:2])
    ]
    model = whole.model_copy(update={"parts": (*parts, whole.parts[2])})
    evidence = certified.model_copy(update={"model": model})
    for name in ("member0", "member1"):
        (tmp_path / name).touch()
    here = tuple(str(tmp_path / name) for name in ("member0", "member1"))
    assert request_of(evidence, replace(MEANS, beside=tmp_path)).members == here
    found = request_of(evidence, replace(MEANS, model=str(tmp_path)))
    assert (found.members, found.combine, found.consensus) == (here, "logits", 2)
    with pytest.raises(UserError, match="the folder that its members' files lie in now"):
        request_of(evidence, replace(MEANS, model="one.onnx"))


def test_no_server_is_asked_because_a_member_names_one(certified: Evidence) -> None:
    """A file from a stranger must not have anybody connected to."""
    whole = load_model(ModelRequest("demo:digits-0.25", others=("demo:digits-0.50",))).identity
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        place = f"encrypted:127.0.0.1:{server.getsockname()[1]}"
        parts = tuple(part.model_copy(update={"source": place}) for part in whole.parts)
        evidence = certified.model_copy(update={"model": whole.model_copy(update={"parts": parts})})
        claim = check_rerun(evidence, 1, MEANS).claims[0]
        assert claim.verdict == "cannot be checked" and "is with the server" in claim.detail
        with pytest.raises(TimeoutError):
            server.accept()
