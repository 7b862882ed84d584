"""A graph model's card as Markdown, from the same facts as its JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def graph_card_markdown(name: str, facts: Mapping[str, Any]) -> str:
    """The card for people: what the model is, how it was made, what was measured."""
    split, recipe = facts["split"], facts["recipe"]
    return f"""# {name}

{facts["title"]}: a {facts["architecture"].upper()} of two layers ({facts["parameters"]:,} weights)
that classifies one node from the features of the nodes within two hops. Trained with this noise:
{facts["noise_in_words"]}.

- **Data**: {facts["data"]}.
- **Features**: {facts["features"]}.
- **Split**: {split["train"]} training, {split["validation"]} validation, {split["test"]} test,
  {split["unlabelled"]} without labels; {split["rule"]}; {split["use"]}.
- **Command**: `{facts["command"]}` (seed {facts["seed"]}; best epoch {facts["epoch"]} of at most
  {recipe["epochs"]}; torch {facts["torch"]}, {facts["threads"]} thread).
- **SHA-256 of the weights**: `{facts["sha256"]}`.
- **Attacker**: changes features of nodes after training (evasion); the edges stay as they are.
- **Limits**: {facts["limits"]}.
- **Clean accuracy** (no noise, {split["test"]} test nodes): {100 * facts["clean_accuracy"]:.2f} %.
- **Smoothed accuracy** (majority of {facts["smoothed_draws"]:,} noisy graphs, same nodes):
  {100 * facts["smoothed_accuracy"]:.2f} %.
{_certified(facts.get("certified_accuracy"))}"""


def _certified(found: Mapping[str, Any] | None) -> str:
    if found is None:
        return ""
    rows = "\n".join(
        f"| {_words(cell['at'])} | {100 * cell['share']:.2f} % |" for cell in found["cells"]
    )
    return f"""
Certified accuracy by CERTIFY with n0 = {found["n0"]:,}, n = {found["n"]:,}, alpha =
{found["alpha"]:g} per node, {found["bound"]} bound, {found["inputs"]} test nodes;
abstained: {100 * found["abstained"]:.2f} %.

| the attacker changes at most | certified and right |
|---|---|
| nothing | {100 * found["right"]:.2f} % |
{rows}
"""


def _words(cell: Mapping[str, int]) -> str:
    named = {"entities": "node", "additions": "addition", "deletions": "deletion"}
    parts = [
        f"{count} {named.get(term, term)}{'s' if count != 1 else ''}"
        for term, count in cell.items()
        if count or term == "entities"
    ]
    return ", ".join(parts)
