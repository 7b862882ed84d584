"""Every value of evidence of every kind is changed, removed or invented, as a forger would."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from pydantic import ValidationError

import certiscope as cs
from engine.cli import main
from engine.core.errors import UserError
from engine.evidence.evidence import Evidence
from engine.evidence.vote_chain import chain_facts, chain_start, chained
from engine.models import ModelRequest, load_model
from engine.models.quadratic import quadratic_of
from engine.procedures.noise_record import noise_record
from engine.procedures.run_key import run_key
from engine.report.json import evidence_json
from engine.verify import digests
from engine.verify.computed import check_computed
from engine.verify.counts import check_counts
from engine.verify.decisions import recount_of
from engine.verify.leaves import RULES, WORDS, Found, explained, rule_of
from engine.verify.reading import read_evidence
from engine.verify.rerun import Means, check_rerun
from tests.encrypted import image_file, model_file, serving
from tests.networks import Linear

HERE = Path()
GONE = object()
SERVED: dict[str, str] = {}
"""The file of the model behind an address."""
LEVELS: tuple[Found, ...] = ("file", "files", "re-drawn", "never")
Path_ = tuple[str | int, ...]

CERTIFY = "certify --n0 20 --n 100 --seed 3 --device cpu --quiet"
FAMILIES = {
    "gaussian": f"{CERTIFY} --model demo:digits-0.25 --input digits:17 --at radius=0.1 "
    "--client ACME --auditor Ada",
    "ended early": f"{CERTIFY} --model demo:digits-0.25 --input digits:17 --n 5000 "
    "--target radius=0.1",
    "attacked": "attack --n0 20 --n 100 --seed 3 --device cpu --quiet --model demo:digits-0.25 "
    "--input digits:17 --attack-samples 200 --attack-n 500",
    "keypoints": f"{CERTIFY} --model demo:aircraft --input aircraft:0",
    "medians": "certify --model demo:aircraft --input aircraft:0 --epsilon 0.1 --n 300 --seed 3 "
    "--device cpu --quiet",
    "abstained": f"{CERTIFY} --model demo:digits-0.25 --input digits:17 --n 6",
    "hierarchical": f"{CERTIFY} --model demo:digits-hierarchical --input digits:17",
    "text": f"{CERTIFY} --model demo:letters-mask --input letters:5",
    "graph": f"{CERTIFY} --model demo:karate-sparse --input karate:12",
    "hybrid": f"{CERTIFY} --model demo:filter --input filter:3",
    "generative": f"{CERTIFY} --model demo:commands --input commands:3 --bound clopper-pearson",
    "ensemble": f"{CERTIFY} --model demo:digits-0.25 --model demo:digits-0.50 "
    "--model demo:digits-0.25 --input digits:4 --consensus 2",
    "dssn-l1": "certify --device cpu --quiet --model demo:digits-0.25 --input digits:17 "
    "--scheme dssn-l1 --lam 0.1",
    "rotation": f"{CERTIFY} --model demo:digits-rotation --input digits16:17 --scheme rotation "
    "--degrees 4 --at rotation=1",
    "stumps": "certify --device cpu --quiet --model demo:breast-cancer-stumps "
    "--input breast-cancer:3 --scheme stumps --sigma 4 --samples 100",
    "vote": "certify --device cpu --quiet --model demo:breast-cancer-vote --input breast-cancer:3 "
    "--scheme stumps-vote --norm l1 --lam 4 --samples 100",
    "predict": "predict --n 100 --seed 3 --device cpu --quiet --model demo:digits-0.25 "
    "--input digits:17 --sigma 0.25",
    "decide": "decide --n 2000 --seed 3 --device cpu --quiet --model demo:digits-0.25 "
    "--input digits:17 --sigma 0.25 --radius 0.1",
}


@pytest.fixture(scope="module")
def families(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Evidence]:
    """A run of every kind, and one that was resumed, and one of a module in memory."""
    folder, found = tmp_path_factory.mktemp("families"), {}

    def run(name: str, words: str) -> Evidence:
        path = folder / f"{name}.json"
        assert main([*words.split(), "--json", str(path)]) in (0, 3), name
        evidence = read_evidence(path.read_bytes(), path).evidence
        assert evidence is not None
        return evidence

    for name, words in FAMILIES.items():
        found[name] = run(name, words)
    case = folder / "a.certiscope"
    run("first", f"{CERTIFY} --model demo:digits-0.25 --input digits:18 --case {case}")
    found["resumed"] = run("resumed", f"resume {case} --run 1 --n 250 --quiet")
    labels = folder / "labels.csv"
    said = {group.text: group for group in found["generative"].answers}
    names = found["generative"].model.class_names
    rows = [f"{t},{names[g.class_index]},{names[g.class_index]},{g.count}" for t, g in said.items()]
    labels.write_text("answer,said,true,count\n" + "\n".join(rows) + "\n", encoding="utf-8")
    found["labelled"] = run("labelled", f"{FAMILIES['generative']} --oracle-labels {labels}")
    model = load_model(ModelRequest(str(model_file(folder / "m.safetensors"))))
    image = image_file(folder / "x.png")
    with serving(quadratic_of(model), identity=model.identity) as address:
        words = f"{CERTIFY} --encrypted {address.place} --input {image} --sigma 0.1"
        found["encrypted"] = run("encrypted", words)
        SERVED[address.spec] = model.identity.source
    module = cs.smooth(Linear(), cs.Gaussian(sigma=0.25), device="cpu")
    found["memory"] = module.certify(torch.zeros(1, 8, 8) + 0.9, n=100, n0=20).result().evidence
    return found


def leaves(value: Any, path: Path_ = ()) -> Iterator[Path_]:
    """Every leaf and what holds leaves; of a long list the first two and the last two items."""
    if path and isinstance(value, dict | list) and value:
        yield path
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list) and value:
        places = range(len(value))
        for index in places if len(value) <= 4 else (*places[:2], *places[-2:]):
            yield from leaves(value[index], (*path, index))
    else:
        yield path


def at(tree: Any, path: Path_) -> Any:
    for step in path:
        tree = tree[step]
    return tree


def without_places(path: Path_) -> Path_:
    return tuple("*" if isinstance(step, int) else step for step in path)


def changed(tree: dict[str, Any], path: Path_, value: Any) -> dict[str, Any]:
    copy: dict[str, Any] = json.loads(json.dumps(tree))
    place = at(copy, path[:-1])
    if value is GONE:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return copy


def others(value: Any, known: list[Any]) -> list[Any]:
    """What may stand in a value's place: something else of its kind, nothing, or something."""
    if isinstance(value, bool):
        return [not value, GONE]
    if isinstance(value, int):
        return [value + 1, GONE]
    if isinstance(value, float):
        return [value * 1.01 + 1e-3, GONE]
    if isinstance(value, str):
        closed = [each for each in known if isinstance(each, str) and each != value]
        return [f"{value}x", *closed[:3], GONE]
    if isinstance(value, dict) and value:
        return [None, GONE]
    if isinstance(value, list) and value:
        return [value[:-1], [], GONE]
    if value is None:
        return [*known[:3], *([] if known else [1, 0.5, "x"])]
    return [["x"] if isinstance(value, list) else {"x": 0.5}, *known[:2]]


def rebuilt(tree: dict[str, Any], path: Path_) -> Evidence:
    """The evidence with key, chain and seal computed anew, as far as the change leaves them alone.

    Raises:
        ValidationError, UserError: it has no longer the form of evidence.
    """
    evidence = Evidence.model_validate({k: v for k, v in tree.items() if k != "seal"})
    key = run_key(
        evidence.settings,
        model_sha256=evidence.model.sha256,
        pixels_sha256=evidence.input.pixels_sha256,
    )
    if path[0] != "noise":
        made = noise_record(evidence.settings, key=key, elements=evidence.input.elements)
        kept = {"self_test": evidence.noise.self_test}
        evidence = evidence.model_copy(update={"noise": made.model_copy(update=kept)})
    return evidence if path[0] == "chain" or evidence.chain is None else rechained(evidence, key)


def rechained(evidence: Evidence, key: int) -> Evidence:
    chain = evidence.chain
    assert chain is not None
    previous = start_of(evidence, key)
    first, blocks = previous, []
    for block in chain.blocks:
        facts = {"start": block.start, "n": block.n, "failures": block.failures}
        blocks.append(chained(previous, counts=block.counts, **facts))
        previous = blocks[-1].hash
    made = chain.model_copy(update={"start": first, "head": previous, "blocks": tuple(blocks)})
    return evidence.model_copy(update={"chain": made})


def start_of(evidence: Evidence, key: int) -> str:
    common: dict[str, Any] = {
        "model": evidence.model,
        "pixels_sha256": evidence.input.pixels_sha256,
        "key": key,
    }
    selection = evidence.chain_selection
    return chain_start(chain_facts(evidence.settings, selection=selection, **common))


def found_by(evidence: Evidence, level: Found) -> bool:
    """Whether something does not hold at a level."""
    if level == "file":
        claims = check_counts(recount_of(evidence))
    elif level == "files":
        claims = [
            *digests.check_model(evidence, SERVED.get(evidence.model.source, ""), HERE),
            *digests.check_input(evidence, "", HERE),
            *check_computed(evidence, "", "", HERE),
        ]
    else:
        means = Means(model="", input="", beside=HERE, device="cpu")
        claims = list(check_rerun(evidence, "all", means).claims)
    return any(claim.verdict != "holds" for claim in claims)


def forgeries(
    tree: dict[str, Any], known: dict[Path_, list[Any]]
) -> Iterator[tuple[Path_, Any, Evidence | None]]:
    for path in leaves(tree):
        if path == ("seal",):
            continue
        for value in others(at(tree, path), known.get(without_places(path), [])):
            try:
                forged = rebuilt(changed(tree, path, value), path)
            except (ValidationError, UserError, ValueError, ArithmeticError, LookupError):
                continue  # not the form of evidence, or nothing that a run could have declared
            yield path, value, forged


def known_values(families: dict[str, Evidence]) -> dict[Path_, list[Any]]:
    """What stands at each place in any of the files, so that it can be invented in another."""
    known: dict[Path_, list[Any]] = {}

    def walk(value: Any, path: Path_) -> None:
        here = known.setdefault(path, [])
        if value is not None and value not in here:
            here.append(value)
        items = value.items() if isinstance(value, dict) else ()
        for key, item in items:
            walk(item, (*path, key))
        for item in value if isinstance(value, list) else ():
            walk(item, (*path, "*"))

    for evidence in families.values():
        walk(json.loads(evidence_json(evidence)), ())
    return {**known, ("upgraded_from",): ["1.0"], ("stop_reason",): ["stopped"]}


def test_every_change_is_found_or_listed(families: dict[str, Evidence]) -> None:
    known, slipped = known_values(families), []
    for name, evidence in families.items():
        tree = json.loads(evidence_json(evidence))
        levels = ("file",) if evidence.model.in_memory else ("file", "files")
        assert not any(found_by(evidence, level) for level in levels), name
        for path, value, forged in forgeries(tree, known):
            spelled = ".".join(map(str, path))
            rule = rule_of(spelled)
            if name == "encrypted" and path[0] != "encrypted":
                continue  # its model is no shipped one, of which a card would tell more
            if forged == evidence or (rule is not None and rule.found in ("never", "re-drawn")):
                continue
            allowed = LEVELS[: LEVELS.index(rule.found) + 1] if rule else LEVELS[:1]
            if not any(found_by(forged, level) for level in allowed):
                slipped.append((name, spelled, value))
    assert not slipped, "\n".join(map(repr, slipped))


def test_what_only_drawing_again_shows_is_shown_by_it(families: dict[str, Evidence]) -> None:
    """Each such value of each rule once; votes may come out alike under another precision."""
    known, slipped, seen = known_values(families), [], set[str]()
    for name in ("gaussian", "medians", "hierarchical", "generative", "graph"):
        evidence = families[name]
        tree = json.loads(evidence_json(evidence))
        assert not found_by(evidence, "re-drawn"), name
        for path, value, forged in forgeries(tree, known):
            spelled = ".".join(map(str, path))
            rule = rule_of(spelled)
            if rule is None or rule.found != "re-drawn" or forged == evidence:
                continue
            place = ".".join(without_places(path))
            if place in seen or any(found_by(forged, level) for level in LEVELS[:2]):
                continue
            seen.add(place)
            if spelled != "settings.precision" and not found_by(forged, "re-drawn"):
                slipped.append((name, spelled, value))
    assert not slipped, "\n".join(map(repr, slipped))


def test_no_rule_is_idle_and_each_has_a_reason(families: dict[str, Evidence]) -> None:
    paths = {
        ".".join(map(str, path))
        for evidence in families.values()
        for path in leaves(json.loads(evidence_json(evidence)))
    }
    for rule in RULES:
        assert rule.reason and rule.found in WORDS
        assert any(rule_of(path) is rule for path in paths), rule


def test_what_is_listed_as_not_checkable_is_not(families: dict[str, Evidence]) -> None:
    """Of every such rule some change passes with the files at hand: the list is needed."""
    known, passed = known_values(families), set[str]()
    whole = ("gaussian", "attacked", "ended early", "resumed", "labelled", "text", "graph")
    for name in (*whole, "ensemble", "encrypted"):
        evidence = families[name]
        tree = json.loads(evidence_json(evidence))
        for path, _, forged in forgeries(tree, known):
            rule = rule_of(".".join(map(str, path)))
            if rule is None or rule.found != "never" or rule.reason in passed:
                continue
            if forged != evidence and not any(found_by(forged, each) for each in LEVELS[:2]):
                passed.add(rule.reason)
    assert passed == {rule.reason for rule in RULES if rule.found == "never"}


def test_people_are_told_what_cannot_be_checked() -> None:
    readme = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
    lines = list(explained())
    for rule in RULES:
        assert any(rule.reason in line and rule.values[0] in line for line in lines)
        if rule.found == "never":
            values = ", ".join(f"`{value}`" for value in rule.values)
            assert f"| {values} | {rule.reason} |" in readme
