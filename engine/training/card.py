"""A model's card as Markdown, from the same facts as its JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.core.rounding import percent_down, round_down

Facts = Mapping[str, Any]

_ENCODED = {
    "plain": "the image alone",
    "indicator": "the image and one more channel that is 1 where a pixel was noised",
    "complement": "the image x and 1 - x, both 0 where a pixel was taken away",
}


def card_markdown(name: str, facts: Facts) -> str:
    """The card for people: what the model is, how it was made, what was measured.

    Args:
        name: of the model's file, without ending.
        facts: as :func:`engine.training.making.described` gives them, with ``sha256``, ``data``,
            ``limits``, ``command`` and ``tested``; ``outputs`` where ``classes`` names places;
            ``split``, ``smoothed_accuracy`` and ``certified_accuracy`` where there are such,
            ``made_for`` where it is there for another scheme than that of its noise, and in
            ``remarks`` what else is to be said.
    """
    lines = "\n".join(f"- **{what}**: {said}." for what, said in _lines(facts).items() if said)
    title = facts["title"]
    return f"""# {name}

{title[:1].upper()}{title[1:]}: a small network ({facts["parameters"]:,} weights, architecture
`{facts["architecture"]}`). It is a demonstration.

{lines}
{_certified(facts)}"""


def _lines(facts: Facts) -> dict[str, str]:
    certified = facts.get("certified_accuracy") or {}
    found = {
        "Trained with this noise": facts["noise"],
        "Made to be certified under": _made_for(facts.get("made_for", "")),
        "Input of the network": _input(facts),
        "Data": facts["data"],
        facts.get("outputs", "classes").capitalize(): ", ".join(facts["classes"]),
        "Split": _split(facts.get("split")),
        **facts.get("remarks", {}),
        "Command": _command(facts),
        "SHA-256 of the weights": f"`{facts['sha256']}`",
        "Limits": facts["limits"],
    }
    if "clean_accuracy" in facts:
        found["Clean accuracy"] = (
            f"{percent_down(facts['clean_accuracy'])} of {facts['tested']}, no noise"
        )
    if "smoothed_accuracy" in facts:
        found["Accuracy by majority"] = (
            f"{percent_down(facts['smoothed_accuracy'])} of the same, most of "
            f"{facts['smoothed_draws']:,} noisy samples of each"
        )
    if certified:
        right = "" if "what" in certified else " right and"
        found["Smoothed accuracy"] = (
            f"{_counted(certified['right'], certified)} of {certified['inputs']}{right} not "
            f"abstained; abstained: {round(certified['abstained'] * certified['inputs']):,}"
        )
    if "acr" in certified:
        radius = round_down(certified["acr"], 3)
        unit = certified["terms"]["radius"]
        found["Average certified radius"] = f"{radius} ({unit}) on the same {certified['inputs']}"
    return found


def _input(facts: Facts) -> str:
    if "normalization" not in facts:
        return ""
    _, height, width = facts["input_shape"]
    return (
        f"images of {width} by {height} pixels in [0, 1]; {_ENCODED[facts['encoding']]}; "
        f"normalisation: {facts['normalization']}"
    )


def _made_for(key: str) -> str:
    return f"`{key}`, which adds this noise to turned images" if key else ""


def _split(split: Facts | None) -> str:
    if split is None:
        return ""
    parts = ("train", "validation", "test", "unlabelled")
    counts = ", ".join(f"{split[part]} {part}" for part in parts if split.get(part))
    return f"{counts}, {split['rule']}; {split['use']}"


def _command(facts: Facts) -> str:
    epochs = facts["recipe"]["epochs"]
    best = f"best epoch {facts['epoch']} of {epochs}; " if "epoch" in facts else ""
    how = f"seed {facts['seed']}; {best}torch {facts['torch']}, {facts['device']}"
    return f"`{facts['command']}` ({how})"


def _certified(facts: Facts) -> str:
    certified = facts.get("certified_accuracy")
    if not certified:
        return ""
    if certified["bound"] == "computed":
        return f"""
Certified accuracy: share of {certified["inputs"]} test inputs that are certified and right,
computed exactly with the noise above; nothing is sampled.

{_table(certified)}
"""
    return f"""
Certified accuracy: share of {certified["inputs"]} test inputs {_what(certified)}, by
CERTIFY with the noise above, n0 = {certified["n0"]:,}, n = {certified["n"]:,}, alpha =
{certified["alpha"]:g} per input, {certified["bound"]} bound.{_measured(certified)}

{_table(certified)}
"""


def _what(certified: Facts) -> str:
    """Of which inputs a table tells the share."""
    return str(certified.get("what", "that are certified and right"))


def _measured(certified: Facts) -> str:
    if "command" not in certified:
        return ""
    return f" Measured by `{certified['command']}`."


def _counted(share: float, certified: Facts) -> str:
    """A share of the certified inputs, which the facts have to the nearest of four decimals."""
    total = certified["inputs"]
    return percent_down(round(share * total) / total)


def _table(certified: Facts) -> str:
    """Two terms as rows and columns; fewer or more as a list of cells."""
    terms = certified["terms"]
    shares = {
        tuple(cell["at"].values()): _counted(cell["share"], certified)
        for cell in certified["cells"]
    }
    if len(terms) == 2:
        firsts, columns = (list(dict.fromkeys(values)) for values in zip(*shares, strict=True))
        head = [" \\ ".join(terms.values()), *(f"{value:g}" for value in columns)]
        rows = [
            [f"{first:g}", *(shares.get((first, second), "") for second in columns)]
            for first in firsts
        ]
    else:
        head = [*terms.values(), _what(certified).removeprefix("that are ")]
        rows = [[*(f"{value:g}" for value in at), share] for at, share in shares.items()]
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
