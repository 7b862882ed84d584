"""The flags that name a model and an input, and how both are read."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from engine.cli.flags import RARE, WHAT, WRITING, flag
from engine.cli.reading import reading_flags
from engine.inputs.labels import with_rule
from engine.models.request import Combine


def subject_flags() -> list[inspect.Parameter]:
    """Which model, which input."""
    return [
        flag(
            "model",
            "A file, a directory, a Hugging Face id, or a shipped model such as demo:digits-0.25. "
            "Several times: the members of an ensemble.",
            WHAT,
            list[str],
            default=...,
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
        *opening_flags(),
        *reading_flags(),
        *writing_flags(),
        trust_flag(),
    ]


def opening_flags() -> list[inspect.Parameter]:
    """How a model's file is opened, and how several models are one."""
    return [
        flag("arch", "Architecture, for files that hold only weights.", RARE),
        flag(
            "normalize",
            "Layer between noise and network: none, cifar10, imagenet, half, ... or as in "
            "mean=.5,.5,.5,std=.2,.2,.2,scale=255,channels=bgr,resize=stretch|pad|crop. "
            "'auto' takes what is stored or detected, and says so.",
            RARE,
            default="auto",
        ),
        flag(
            "encoding",
            "How a noised image is laid out in channels: plain, indicator or complement. "
            "'auto' takes what is stated or counted.",
            RARE,
            default="auto",
        ),
        flag("class_names", "File with one class name per line.", RARE, Path | None),
        flag(
            "combine",
            "How the members of an ensemble become one answer: "
            f"{', '.join(get_args(Combine))} (summed, averaged, or one vote each).",
            RARE,
            default="logits",
        ),
        flag(
            "consensus",
            "Ask the first K members of an ensemble, and the others only where those disagree; 0 "
            "asks all.",
            RARE,
            int,
            default=0,
            metavar="K",
        ),
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


def writing_flags() -> list[inspect.Parameter]:
    """What a generative model answers needs."""
    return [
        flag(
            "oracle",
            "For a generative model: the file that turns its answers into classes, JSON or a "
            "line a class, first match wins, e.g. 'turn left: left, go left' and then "
            "'stop: stop, halt'.",
            WRITING,
            Path | None,
        ),
        flag("prompt", "What a generative model is asked.", WRITING),
        flag(
            "max_new_tokens",
            "Longest answer of a generative model; 0 is 16.",
            WRITING,
            int,
            default=0,
            metavar="N",
        ),
    ]
