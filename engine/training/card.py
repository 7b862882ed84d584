"""An image model's card as Markdown, from the same facts as its JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.core.rounding import round_down

_ENCODED = {
    "plain": "the image alone",
    "indicator": "the image and one more channel that is 1 where a pixel was noised",
    "complement": "the image x and 1 - x, both 0 where a pixel was taken away",
}


def card_markdown(name: str, facts: Mapping[str, Any]) -> str:
    """The card for people: what the model is, how it was made, what was measured."""
    _, height, width = facts["input_shape"]
    return f"""# {name}

{facts["title"]}: a small network ({facts["parameters"]:,} weights, architecture
`{facts["architecture"]}`) for images of {width} by {height} pixels in [0, 1]. It is a
demonstration.

{_list(facts)}
{_certified(facts["certified_accuracy"], facts["things"])}"""


def _list(facts: Mapping[str, Any]) -> str:
    split, epochs, certified = (
        facts["split"],
        facts["recipe"]["epochs"],
        facts["certified_accuracy"],
    )
    counts = ", ".join(f"{split[part]} {part}" for part in ("train", "validation", "test"))
    lines = {
        "Trained with this noise": facts["noise"],
        "Input of the network": (
            f"{_ENCODED[facts['encoding']]}; normalisation: {facts['normalization']}"
        ),
        "Data": facts["data"],
        "Split": f"{counts}, {split['rule']}; {split['use']}",
        "Command": (
            f"`{facts['command']}` (seed {facts['seed']}; best epoch {facts['epoch']} of {epochs}; "
            f"torch {facts['torch']}, {facts['device']})"
        ),
        "SHA-256 of the weights": f"`{facts['sha256']}`",
        "Limits": facts["limits"],
        "Clean accuracy": (
            f"{_percent(facts['clean_accuracy'])} of {split['test']} test {facts['things']}, "
            "without noise"
        ),
    }
    if certified is not None:
        lines["Smoothed accuracy"] = (
            f"{_percent(certified['right'])} of {certified['inputs']} test {facts['things']} right "
            f"and not abstained; abstained: {_percent(certified['abstained'])}"
        )
    if certified is not None and "acr" in certified:
        radius = round_down(certified["acr"], 3)
        lines["Average certified radius"] = f"{radius} on the same {facts['things']}"
    return "\n".join(f"- **{what}**: {said}." for what, said in lines.items())


def _certified(certified: Mapping[str, Any] | None, things: str) -> str:
    if certified is None:
        return ""
    return f"""
Certified accuracy: share of {certified["inputs"]} test {things} that are certified and right, by
CERTIFY with the noise above, n0 = {certified["n0"]:,}, n = {certified["n"]:,}, alpha =
{certified["alpha"]:g} per image, {certified["bound"]} bound.

{_table(certified["cells"])}
"""


def _table(cells: list[Mapping[str, Any]]) -> str:
    """One row per value of the first term, one column per value of the second, if there is one."""
    terms = list(cells[0]["at"])
    shares = {tuple(cell["at"].values()): _percent(cell["share"]) for cell in cells}
    if len(terms) == 1:
        head = [_SAID[terms[0]], "certified"]
        rows = [[f"{value:g}", share] for (value,), share in shares.items()]
    else:
        columns = list(dict.fromkeys(second for _, second in shares))
        head = [f"{_SAID[terms[0]]} \\ {_SAID[terms[1]]}", *(f"{value:g}" for value in columns)]
        firsts = dict.fromkeys(first for first, _ in shares)
        rows = [[f"{first:g}", *(shares[first, second] for second in columns)] for first in firsts]
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


_SAID = {
    "radius": "l2 norm of the change, pixels in [0,1]",
    "entities": "changed pixels",
    "epsilon": "l2 norm of their change, pixels in [0,1]",
}


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %"
