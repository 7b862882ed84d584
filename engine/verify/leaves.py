"""Every value of evidence, and what finds out that it was changed.

Somebody who changes a value can compute digests, noise key, hash chain and seal anew. What then
still finds the change is one of four levels; a value that no rule names is found from the file
itself. ``certiscope verify FILE --explain`` prints the rules, and a test changes every value of
evidence of every kind and holds them to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

Found = Literal["file", "files", "re-drawn", "never"]
"""``file``: it follows from other values of the file; ``files``: with the files of model and input
at hand; ``re-drawn``: with votes drawn again (``--rerun``); ``never``: nothing shows it."""
WORDS: dict[Found, str] = {
    "file": "found from the file alone",
    "files": "found where the files of model and input are at hand",
    "re-drawn": "found when votes are drawn again (--rerun)",
    "never": "not checkable; the seal and a signature cover it",
}


@dataclass(frozen=True)
class Rule:
    """Values and the least level that finds a change of them.

    Attributes:
        values: patterns of paths in the evidence; ``*`` stands for anything.
        found: the level.
        reason: why no lower one does.
    """

    values: tuple[str, ...]
    found: Found
    reason: str


RULES = (
    Rule(
        ("run_id", "created", "run_number", "runs_counted", "tries_known_to"),
        "never",
        "drawn by lot, a time, and counts that only a case file knows, where they are checked",
    ),
    Rule(
        ("execution*", "performance*", "software*", "command", "warnings*"),
        "never",
        "how the run was carried out, how long it took, and sentences about it",
    ),
    Rule(
        ("stop_reason",),
        "never",
        "'stopped' and 'out of memory' leave the same votes; the other reasons are checked",
    ),
    Rule(
        ("settings.seed_origin",),
        "never",
        "whether a seed was drawn or chosen leaves no trace in the noise",
    ),
    Rule(
        ("function_check*",),
        "never",
        "how often the model was asked again, by lot; that it was is not left out unseen",
    ),
    Rule(
        ("ensemble*",),
        "never",
        "how the members of an ensemble voted, beside the votes that a claim rests on",
    ),
    Rule(
        ("encrypted*",),
        "never",
        "what was in doubt, and sent, beside the votes that a claim rests on; parameters that are "
        "not secure, or more samples in doubt than failures, are found",
    ),
    Rule(
        ("settings.target",),
        "never",
        "a target only ends a run early; no claim rests on it",
    ),
    Rule(
        ("settings.precision",),
        "re-drawn",
        "votes rarely depend on it, so that even drawing them again may not show it",
    ),
    Rule(
        ("settings.seed", "settings.scheme*", "noise.self_test*"),
        "re-drawn",
        "what noise was drawn; a claim that does not change with it follows from the votes alike",
    ),
    Rule(
        ("observations.values*",),
        "re-drawn",
        "answers beside those at the ends and in the middle of the intervals",
    ),
    Rule(
        ("answers.*.text",),
        "never",
        "other words that the oracle reads as the same class; the classes are checked",
    ),
    Rule(
        ("certified_at*",),
        "never",
        "a question may be left out; every answer that is there is checked",
    ),
    Rule(
        (
            "model.name",
            "model.source",
            "model.notes*",
            "model.parts.*.name",
            "model.parts.*.source",
        ),
        "never",
        "names and sentences; a file may be renamed and moved",
    ),
    Rule(
        ("input.name", "input.source", "input.notes*"),
        "never",
        "names and sentences; a file may be renamed and moved",
    ),
    Rule(
        ("model.sha256", "model.architecture", "model.class_names*"),
        "files",
        "what model it was: its file is compared, and of a shipped one what file and card say; "
        "of others the rest is known once they are opened, to draw votes again",
    ),
    Rule(
        ("model.parts.*.rules.schedule*",),
        "files",
        "the noise schedule of a diffusion model before a classifier: its files say it; the time "
        "step follows from it and from sigma",
    ),
    Rule(
        ("model*",),
        "re-drawn",
        "known once the model is opened, to draw votes again",
    ),
    Rule(
        ("input*",),
        "files",
        "what input it was and how it was fitted: compared with its file",
    ),
    Rule(
        ("facts*",),
        "files",
        "drawn from the input by the scheme",
    ),
    Rule(
        ("anchors*",),
        "files",
        "how far the image moves between anchors: worked out from it again",
    ),
    Rule(
        ("transfer", "transfer.audit*", "transfer.alpha_audit"),
        "never",
        "labels that a person gave, or did not; their file is not part of the evidence",
    ),
    Rule(
        ("assignment*",),
        "never",
        "what somebody wrote of client, purpose, auditor and remarks",
    ),
    Rule(
        (
            "attack",
            "attack.how",
            "attack.outcome",
            "attack.looks",
            "attack.samples",
            "attack.alpha",
            "attack.tries",
            "attack.perturbation*",
            "attack.pixels_sha256",
            "attack.outside",
        ),
        "never",
        "an attack may be left out, and the changed input is not part of the evidence; its votes, "
        "their test, and that it lies outside what is certified are checked",
    ),
    Rule(
        ("noise.total_variation",),
        "never",
        "below 1e-15 it is not told from 0, like every number that is compared",
    ),
)


def rule_of(path: str) -> Rule | None:
    """The first rule that names a value; None where the file itself shows its change.

    Args:
        path: names and places joined by dots, e.g. ``observations.estimation.3``.
    """
    return next(
        (rule for rule in RULES if any(fnmatchcase(path, each) for each in rule.values)), None
    )


def explained() -> Iterator[str]:
    """The rules in lines, for people."""
    yield f"Values of the evidence that no line names: {WORDS['file']}."
    for rule in RULES:
        yield f"{', '.join(rule.values)}: {WORDS[rule.found]} ({rule.reason})."
