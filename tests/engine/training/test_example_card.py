from __future__ import annotations

from engine.inputs.coding import Column, TableCoding
from engine.training.example_card import Example, example_card, listed_arities


def facts(**scheme: object) -> Example:
    found = {
        "n0": 100,
        "n": 10_000,
        "alpha": 0.001,
        "bound": "two-class",
        "inputs": 40,
        "abstained": 0.025,
        "cells": [{"at": {"words": 1.0, "epsilon": 0.25}, "share": 0.75}],
    }
    return Example(
        name="toy",
        title="a toy",
        architecture="pair_cnn",
        parameters=1234,
        sha256="ab" * 32,
        classes=("safe", "unsafe"),
        scheme={"key": "hybrid-mask", "sigma": 0.25, "beta": 0.8, "vocabulary": 72} | scheme,
        data="made here",
        limits="a toy",
        command="python -m toy",
        recipe={"seed": 0},
        clean_accuracy=0.995,
        certified_accuracy=found,
    )


def test_the_card_says_what_was_measured():
    text = example_card(facts())
    assert "| 1 | 0.25 | 75.0 % |" in text and "abstained:\n2.5 %" in text
    assert "each word masked with probability 0.8" in text and "| changed words |" in text
    assert "99.50 %" in text and "1,234 weights" in text


def test_the_record_is_a_card_of_its_noise():
    record = facts().record()
    assert record["training_sigma"] == 0.25 and record["training_scheme"]["key"] == "hybrid-mask"
    assert record["name"] == "toy, pair_cnn" and "scheme" not in record


def test_fields_are_called_fields():
    fields = {"key": "hybrid-uniform", "beta": 0.3, "arities": "3,2"}
    assert "| changed fields |" in example_card(facts(**fields))
    coding = TableCoding((Column("a", ("x", "y", "z")), Column("n"), Column("b", ("x", "y"))))
    assert listed_arities(coding) == "3,2"
