"""Answers, oracle and model's identity of a generative run, worked out again. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.core.errors import UserError
from engine.evidence.evidence import Evidence
from engine.evidence.generations import MOST_GROUPS, AnswerGroup, per_class
from engine.oracles import Oracle, from_description


def check_answers(evidence: Evidence) -> list[str]:
    """Clauses that say what is wrong: counts, classes, digests; none if all hold."""
    generation = evidence.model.generation
    if generation is None:
        return ["there are answers of a model that does not write"] if evidence.answers else []
    part = evidence.model.part("oracle")
    if part is None:
        return ["it names no oracle that reads the answers"]
    names, oracle = evidence.model.class_names, readable(part.rules)
    if oracle is not None and oracle.identity.class_names != names:
        return ["the oracle's rules name other classes"]
    if any(group.class_index >= len(names) for group in evidence.answers):
        return ["an answer has a class that the model does not have"]
    if per_class(evidence.answers, len(names)) != evidence.votes.estimation:
        return ["the answers do not add up to the votes"]
    return _grouping(evidence.answers) or _verdicts(evidence.answers, oracle, names)


def readable(rules: Mapping[str, Any]) -> Oracle | None:
    """The oracle of some rules, where it needs neither weights nor a reference; else None."""
    try:
        # A file from a stranger must not have a model fetched or opened.
        kind, measure = rules.get("oracle"), rules.get("measure")
        tokens = kind == "equivalence" and measure == "tokens" and bool(rules.get("reference"))
        known = kind == "keywords" or tokens
        return from_description(rules, "the oracle in the evidence") if known else None
    except UserError:
        return None


def _grouping(groups: tuple[AnswerGroup, ...]) -> list[str]:
    texts = [group.text for group in groups if group.text is not None]
    if len(set(texts)) != len(texts):
        return ["an answer is listed twice"]
    return ["more answers are listed than a run keeps"] if len(texts) > MOST_GROUPS else []


def _verdicts(
    groups: tuple[AnswerGroup, ...], oracle: Oracle | None, names: tuple[str, ...]
) -> list[str]:
    if oracle is None:
        return []
    kept = [(group.text, group.class_index) for group in groups if group.text is not None]
    again = oracle.classify([text for text, _ in kept])
    for (text, stated), found in zip(kept, again, strict=True):
        if stated != found:
            shown = text[:60]
            return [f"the oracle reads '{shown}' as '{names[found]}', not '{names[stated]}'"]
    return []


def check_function(evidence: Evidence) -> list[str]:
    """What is wrong with the record of the samples that the base classifier was asked about again.

    Which samples they were rests on chance and is not recorded: how many agreed is taken as said.
    """
    record, decision = evidence.function_check, evidence.decision
    if record is None:
        return []
    drawn = decision.samples_used if decision else evidence.selection.n + evidence.estimation.n
    return record.contradictions(drawn=drawn, batch=evidence.execution.batch)
