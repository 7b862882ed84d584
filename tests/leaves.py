"""Every value of evidence changed, removed or invented, as a forger would, and what finds it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from engine.core.errors import UserError
from engine.core.records import ModelIdentity
from engine.evidence.evidence import Evidence
from engine.evidence.vote_chain import chain_facts, chain_start, chained
from engine.procedures.noise_record import noise_record, on_input
from engine.procedures.run_key import run_key
from engine.report.json import evidence_json
from engine.verify import digests
from engine.verify.computed import check_computed
from engine.verify.counts import check_counts
from engine.verify.decisions import recount_of
from engine.verify.leaves import Found, Rule, rule_of
from engine.verify.rerun import Means, check_rerun

HERE = Path()
GONE = object()
SERVED: dict[str, str] = {}
"""The file of the model behind an address."""
LEVELS: tuple[Found, ...] = ("file", "files", "re-drawn", "never")
Path_ = tuple[str | int, ...]


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


def absent(tree: dict[str, Any], known: dict[Path_, list[Any]]) -> Iterator[Path_]:
    """Places that other files have and this one leaves out, as those that are left out empty."""
    names: dict[Path_, list[str]] = {}
    for path in known:
        if path and isinstance(path[-1], str):
            names.setdefault(path[:-1], []).append(path[-1])
    for path in ((), *leaves(tree)):
        here = at(tree, path)
        for name in names.get(without_places(path), []) if isinstance(here, dict) else ():
            if name not in here:
                yield (*path, name)


def at(tree: Any, path: Path_) -> Any:
    """What stands at a place; None where nothing does."""
    for step in path:
        tree = tree.get(step) if isinstance(tree, dict) else tree[step]
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
    if path[:2] == ("model", "parts") and path[-1] != "sha256":
        evidence = evidence.model_copy(update={"model": composed(evidence.model)})
    key = run_key(
        evidence.settings,
        model_sha256=evidence.model.sha256,
        pixels_sha256=evidence.input.pixels_sha256,
    )
    if path[0] != "noise":
        ran = on_input(evidence.settings, evidence.input)
        made = noise_record(ran, key=key, elements=evidence.input.elements)
        kept = {"self_test": evidence.noise.self_test}
        evidence = evidence.model_copy(update={"noise": made.model_copy(update=kept)})
    return evidence if path[0] == "chain" or evidence.chain is None else rechained(evidence, key)


def composed(model: ModelIdentity) -> ModelIdentity:
    """The model with the digests of its parts and its own computed anew."""
    parts = tuple(
        part.model_copy(update={"sha256": part.rules_sha256}) if part.rules else part
        for part in model.parts
    )
    found = model.model_copy(update={"parts": parts})
    return found.model_copy(update={"sha256": found.composed_sha256()})


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


def spelled(path: Path_) -> str:
    """``observations.estimation.3``."""
    return ".".join(map(str, path))


def forgeries(
    evidence: Evidence,
    known: dict[Path_, list[Any]],
    wanted: Callable[[Path_, Rule | None], bool],
) -> Iterator[tuple[Path_, Any, Evidence]]:
    """Every other evidence in which one wanted value is another, with its place and that value."""
    tree = json.loads(evidence_json(evidence))
    for path in (*leaves(tree), *absent(tree, known)):
        if path == ("seal",) or not wanted(path, rule_of(spelled(path))):
            continue
        for value in others(at(tree, path), known.get(without_places(path), [])):
            try:
                forged = rebuilt(changed(tree, path, value), path)
            except (ValidationError, UserError, ValueError, ArithmeticError, LookupError):
                continue  # not the form of evidence, or nothing that a run could have declared
            if forged != evidence:
                yield path, value, forged


def known_values(families: Iterable[Evidence]) -> dict[Path_, list[Any]]:
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

    for evidence in families:
        walk(json.loads(evidence_json(evidence)), ())
    return {**known, ("upgraded_from",): ["1.0"], ("stop_reason",): ["stopped"]}


def unnoticed(
    evidence: Evidence,
    known: dict[Path_, list[Any]],
    wanted: Callable[[Path_], bool] = lambda path: True,
) -> list[tuple[str, Any]]:
    """Changes that neither the file nor files at hand show, though no rule lists them so."""

    def checkable(path: Path_, rule: Rule | None) -> bool:
        return wanted(path) and (rule is None or rule.found in ("file", "files"))

    slipped = []
    for path, value, forged in forgeries(evidence, known, checkable):
        rule = rule_of(spelled(path))
        allowed = LEVELS[: LEVELS.index(rule.found) + 1] if rule else LEVELS[:1]
        if not any(found_by(forged, level) for level in allowed):
            slipped.append((spelled(path), value))
    return slipped
