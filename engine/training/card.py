"""A model's card as Markdown, from the same facts as its JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.rounding import round_down


def card_markdown(name: str, facts: Mapping[str, Any]) -> str:
    """The card for people: what the model is, how it was made, what was measured."""
    certified, split = facts["certified_accuracy"], facts["split"]
    rows = "\n".join(f"| {radius} | {100 * share:.2f} % |" for radius, share in _curve(certified))
    return f"""# {name}

{facts["title"]}: a small network ({facts["parameters"]:,} weights, architecture
`{facts["architecture"]}`) for 8 by 8 grey pictures in [0, 1], trained with Gaussian noise of
sigma {facts["training_sigma"]:g} (pixels in [0,1]). It is a demonstration, not a digit reader: it
knows only scans like those it was trained on.

- **Data**: {facts["data"]}.
- **Split**: {split["train"]} training, {split["validation"]} validation, {split["test"]} test,
  {split["rule"]}; {split["use"]}.
- **Command**: `{facts["command"]}` (seed {facts["seed"]}; best epoch {facts["epoch"]} of
  {facts["recipe"]["epochs"]}; torch {facts["torch"]}, {facts["threads"]} thread).
- **SHA-256 of the weights**: `{facts["sha256"]}`.
- **Limits**: it expects light ink on dark ground, so a photograph of dark ink on paper has to be
  inverted; training and test scans come from the same writers, so the figures say little about
  other hands.
- **Clean accuracy** (no noise, {split["test"]} test digits): {100 * facts["clean_accuracy"]:.2f} %.
- **Average certified radius** on the same digits: {round_down(certified["acr"], 3)};
  abstained: {100 * certified["abstained"]:.2f} %.

Certified accuracy, l2, pixels in [0,1]: CERTIFY with sigma {certified["sigma"]:g},
n0 = {certified["n0"]:,}, n = {certified["n"]:,}, alpha = {certified["alpha"]:g} per digit,
{certified["bound"]} bound, {certified["inputs"]} test digits.

| radius | certified and right |
|---|---|
{rows}
"""


def _curve(certified: Mapping[str, Any]) -> list[tuple[str, float]]:
    return [(f"> {radius}", share) for radius, share in certified["curve"].items()]
