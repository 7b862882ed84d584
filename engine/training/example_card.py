"""Cards of the shipped examples with words or fields: facts as JSON and as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from engine.inputs.coding import TableCoding
from engine.schemes import parse_scheme
from engine.training.graph_measure import certified_accuracy

N0, N, ALPHA = 100, 10_000, 0.001


@dataclass(frozen=True)
class Example:
    """What a card says of a shipped example.

    Attributes:
        name: of its files, without ending.
        title: what it is, in a few words.
        scheme: the noise it was trained for.
        data: where the data come from.
        limits: what it must not be taken for.
        command: makes it again.
        recipe: all numbers of the training.
        clean_accuracy: share of right answers without noise, on the shipped test data.
        certified_accuracy: of :func:`certified`.
    """

    name: str
    title: str
    architecture: str
    parameters: int
    sha256: str
    classes: Sequence[str]
    scheme: Mapping[str, Any]
    data: str
    limits: str
    command: str
    recipe: Mapping[str, Any]
    clean_accuracy: float
    certified_accuracy: Mapping[str, Any]

    def record(self) -> dict[str, Any]:
        """The JSON card."""
        facts = asdict(self)
        scheme = facts.pop("scheme")
        return {
            **facts,
            "name": f"{self.name}, {self.architecture}",
            "training_sigma": scheme.get("sigma"),
            "training_scheme": scheme,
            "noise_in_words": parse_scheme(scheme).noise_in_words(),
            "threads": 1,
            "torch": torch.__version__.partition("+")[0],
        }


def listed_arities(coding: TableCoding) -> str:
    """Number of values of each field, as a scheme's parameter."""
    return ",".join(map(str, coding.arities))


def certified(
    path: Path,
    specs: Sequence[str],
    scheme: Mapping[str, Any],
    cells: Sequence[Mapping[str, float]],
) -> dict[str, Any]:
    """Share of inputs certified as their label against each perturbation, by CERTIFY."""
    return certified_accuracy(path, specs, scheme, cells, n0=N0, n=N, alpha=ALPHA)


def example_card(facts: Example) -> str:
    """The card for people."""
    found = facts.certified_accuracy
    terms = tuple(found["cells"][0]["at"])
    things = "fields" if facts.scheme.get("arities") else "words"
    names = {"words": f"changed {things}"}
    header = " | ".join(names.get(term, term) for term in terms)
    rows = "\n".join(map(_row, found["cells"]))
    return f"""# {facts.name}

{facts.title[:1].upper()}{facts.title[1:]}: {facts.architecture}, {facts.parameters:,} weights.
Trained with this noise: {parse_scheme(dict(facts.scheme)).noise_in_words()}.

- **Data**: {facts.data}.
- **Classes**: {", ".join(facts.classes)}.
- **Limits**: {facts.limits}.
- **Command**: `{facts.command}` (seed {facts.recipe["seed"]};
  torch {torch.__version__.partition("+")[0]}, 1 thread).
- **SHA-256 of the weights**: `{facts.sha256}`.
- **Clean accuracy** (no noise, shipped test data): {100 * facts.clean_accuracy:.2f} %.

Certified accuracy by CERTIFY with n0 = {found["n0"]:,}, n = {found["n"]:,}, alpha =
{found["alpha"]:g} each, {found["bound"]} bound, first {found["inputs"]} test inputs; abstained:
{100 * found["abstained"]:.1f} %.

| {header} | certified and right |
|{"---|" * len(terms)}---|
{rows}
"""


def _row(cell: Mapping[str, Any]) -> str:
    change = " | ".join(f"{size:g}" for size in cell["at"].values())
    return f"| {change} | {100 * cell['share']:.1f} % |"
