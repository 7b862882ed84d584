"""The flags that name a model and an input, and how both are read."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from engine.cli.flags import RARE, WHAT, WRITING, flag
from engine.inputs.labels import with_rule
from engine.models.request import REQUEST_FIELDS


def subject_flags(*, served: bool = False) -> list[inspect.Parameter]:
    """Which model, which input.

    Args:
        served: the model may be named by the address of a server instead.
    """
    return [
        flag(
            "model",
            "A file, a directory, a Hugging Face id, or a shipped model such as demo:digits-0.25. "
            "Several times: the members of an ensemble.",
            WHAT,
            list[str],
            default=[] if served else ...,
            metavar="M",
        ),
        flag(
            "input",
            "An image (a file, or x_test.npy:3 of an array), a node of a graph (cora_ml.npz:17), a "
            "text (file or text:the words), a row of a CSV file (rows.csv:3), or a shipped input "
            "such as digits:17; for audit a folder, a table or a shipped set such as digits.",
            WHAT,
            default=...,
            metavar="X",
        ),
        labels_flag(),
        *request_flags(),
        trust_flag(),
    ]


def request_flags() -> list[inspect.Parameter]:
    """How the model is read: a flag for each field of a request."""
    return [
        flag(
            each.name,
            each.help,
            WRITING if each.group == "writing" else RARE,
            each.kind | None if each.optional else each.kind,
            default=each.default,
            **({"metavar": each.metavar} if each.metavar else {}),
        )
        for each in REQUEST_FIELDS
    ]


def labels_flag() -> inspect.Parameter:
    """Which class a label means."""
    return flag(
        "labels",
        "How labels become classes where names and numbers do not tell: order (of the sorted "
        "labels), number, from-one, or a CSV file with a file or label and its class in each line.",
        WHAT,
        metavar="F.csv",
    )


def asked_input(values: Mapping[str, Any]) -> str:
    """The input that the flags name, with what they say about its labels."""
    spec, rule = values["input"], values.get("labels") or ""
    return with_rule(spec, rule) if rule else spec


def trust_flag() -> inspect.Parameter:
    """Consent to a format that can run code."""
    return flag(
        "trust",
        "Open a format that can run code (.pt2, TorchScript). Only for files you trust.",
        RARE,
        bool,
    )
