"""Evidence as CSV: one row per run, the same columns always, numbers at full precision."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from engine.core.files import write_atomically
from engine.core.text import guarded, visible
from engine.evidence.evidence import Evidence
from engine.evidence.generations import AnswerGroup
from engine.figures.images import Illustrations

_PATHS = (
    "schema_version",
    "run_id",
    "created",
    "procedure",
    "outcome",
    "complete",
    "predicted_class",
    "class_name",
    "radius",
    "region.kind",
    "region.norm",
    "region.unit",
    "abstention.reason",
    "abstention.n_needed",
    "statement",
    "run_number",
    "runs_counted",
    "tries_known_to",
    "settings.scheme.key",
    "settings.n0",
    "settings.n",
    "settings.alpha",
    "settings.bound",
    "settings.seed",
    "settings.seed_origin",
    "settings.precision",
    "bounds.method",
    "bounds.n",
    "bounds.p_lower",
    "bounds.p_upper",
    "bounds.valid",
    "bounds.basis",
    "decision.target",
    "decision.verdict",
    "decision.beta",
    "decision.samples_used",
    "decision.samples_full",
    "test.name",
    "test.top",
    "test.runner_up",
    "test.p_value",
    "model.name",
    "model.source",
    "model.sha256",
    "model.architecture",
    "model.normalization",
    "input.name",
    "input.source",
    "input.sha256",
    "input.pixels_sha256",
    "input.adaptation",
    "input.label",
    "input.label_name",
    "noise.generator",
    "noise.key",
    "votes.guess",
    "votes.selection_failures",
    "votes.estimation_failures",
    "performance.samples_per_second",
    "performance.seconds",
    "performance.device",
    "software.certiscope",
    "software.torch",
    "command",
)
COLUMNS = (
    *_PATHS,
    "transfer.p_lower",
    "transfer.false_accept",
    "transfer.radius",
    "answers",
    "decision.phases",
    "scheme",
    "certified_at",
    "votes.selection",
    "votes.estimation",
    "attack.outcome",
    "attack.perturbation",
    "contradicted",
)


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table as CSV: guarded texts, floats at full precision, nothing for None."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([guarded(visible(name)) for name in header])
    for row in rows:
        writer.writerow([guarded(visible(x, lines=True)) if isinstance(x, str) else x for x in row])
    return out.getvalue()


def _value(tree: Any, path: str) -> Any:
    for name in path.split("."):
        if tree is None:
            return None
        tree = tree.get(name)
    return tree


def _row(evidence: Evidence) -> list[Any]:
    tree = evidence.model_dump(mode="json")
    tree["votes"] = tree["observations"]  # as the columns are called
    parameters = {k: v for k, v in tree["settings"]["scheme"].items() if k != "key"}
    return [
        *(_value(tree, path) for path in _PATHS),
        *(_value(tree, f"transfer.{name}") for name in ("p_lower", "false_accept", "radius")),
        _answers(evidence),
        " ".join(map(str, evidence.decision.plan)) if evidence.decision else None,
        " ".join(f"{name}={value}" for name, value in parameters.items()),
        " ".join(f"{at}:{answer}" for at, answer in evidence.certified_at.items()),
        " ".join(map(str, evidence.votes.selection)),
        " ".join(map(str, evidence.votes.estimation)),
        *_attack(evidence),
    ]


def _attack(evidence: Evidence) -> tuple[str | None, str | None, bool]:
    """What was found, each term as ``name=size``, and whether it refutes the row."""
    attack = evidence.attack
    if attack is None:
        return None, None, False
    change = " ".join(f"{term}={size}" for term, size in (attack.perturbation or {}).items())
    return attack.outcome, change or None, evidence.contradicted


def _answers(evidence: Evidence) -> str:
    """Every group as ``count class answer``, one after another."""
    names = evidence.model.class_names
    return "; ".join(
        f"{group.count} {names[group.class_index]}: {group.text or '(other answers)'}"
        for group in evidence.answers
    )


def answers_csv(groups: Iterable[AnswerGroup], class_names: Sequence[str]) -> str:
    """One row per group of answers; no answer where the words were not kept."""
    rows = [(group.text, class_names[group.class_index], group.count) for group in groups]
    return csv_text(("answer", "class", "count"), rows)


def evidence_csv(runs: Iterable[Evidence]) -> str:
    """One row per run under :data:`COLUMNS`; counts per class are separated by spaces."""
    return csv_text(COLUMNS, (_row(evidence) for evidence in runs))


def write_csv(
    evidence: Evidence | Iterable[Evidence], path: Path, illustrations: Illustrations | None = None
) -> None:
    """Write one run, or several, as CSV; images have no place in it.

    Raises:
        UserError: the file cannot be written.
    """
    runs = [evidence] if isinstance(evidence, Evidence) else evidence
    write_atomically(path, evidence_csv(runs).encode())
