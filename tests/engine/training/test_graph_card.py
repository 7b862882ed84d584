from engine.training.graph_card import graph_card_markdown

FACTS = {
    "title": "karate club, trained with noise",
    "architecture": "gat",
    "parameters": 1234,
    "noise_in_words": "flips",
    "data": "Zachary",
    "features": "rows",
    "split": {
        "train": 8,
        "validation": 8,
        "test": 18,
        "unlabelled": 0,
        "rule": "by digest",
        "use": "as said",
    },
    "command": "python -m engine.training.graphs",
    "seed": 0,
    "epoch": 7,
    "recipe": {"epochs": 1000},
    "torch": "2.15.0",
    "threads": 1,
    "sha256": "ab",
    "limits": "small",
    "clean_accuracy": 0.9444,
    "smoothed_draws": 1000,
    "smoothed_accuracy": 0.8889,
}


def test_a_card_says_what_was_measured():
    text = graph_card_markdown("karate-sparse", FACTS)
    assert text.startswith("# karate-sparse\n") and text.endswith("88.89 %.\n")
    for words in (
        "a GAT of two layers (1,234 weights)",
        "94.44 %",
        "1,000 noisy graphs",
        "evasion",
    ):
        assert words in " ".join(text.split())


def test_certified_cells_are_told_in_words():
    certified = {
        "n0": 1000,
        "n": 10_000,
        "alpha": 0.01,
        "bound": "two-class",
        "inputs": 18,
        "abstained": 0.0556,
        "right": 0.8333,
        "cells": [
            {"at": {"entities": 1, "additions": 2, "deletions": 0}, "share": 0.5},
            {"at": {"entities": 2}, "share": 0.25},
        ],
    }
    text = graph_card_markdown("m", FACTS | {"certified_accuracy": certified})
    assert "| nothing | 83.33 % |\n| 1 node, 2 additions | 50.00 % |\n| 2 nodes | 25.00 % |" in text
