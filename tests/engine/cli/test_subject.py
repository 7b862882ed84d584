from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.cli import main, subject

RUN = ["--input", "digits:4", "--n0", "20", "--n", "300", "--seed", "3", "--device", "cpu"]
PAIR = ["--model", "demo:digits-0.25", "--model", "demo:digits-0.50"]


def test_a_rule_for_labels_goes_with_the_input() -> None:
    assert subject.asked_input({"input": "folder", "labels": ""}) == "folder"
    assert subject.asked_input({"input": "folder", "labels": "order"}) != "folder"


@pytest.mark.thorough
def test_several_models_are_an_ensemble_that_is_resumed_and_verified(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case, evidence = tmp_path / "a.certiscope", tmp_path / "a.json"
    words = ["certify", *PAIR, *RUN, "--sigma", "0.25", "--combine", "softmax"]
    assert main([*words, "--case", str(case), "--json", str(evidence), "--quiet"]) == 0
    found = json.loads(evidence.read_text(encoding="utf-8"))
    assert [part["role"] for part in found["model"]["parts"]] == ["member", "member", "rule"]
    assert "--model demo:digits-0.25 --model demo:digits-0.50" in found["command"]
    assert "--combine softmax" in found["command"]
    assert main(["verify", str(evidence), "--rerun", "all"]) == 0
    assert main(["resume", str(case), "--run", "1", "--n", "600", "--quiet"]) == 0
    assert main(["verify", str(case)]) == 0
    assert "member digits-cnn, sigma 0.50" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--model", "demo:digits-0.25", "--consensus", "2"], "name --model several times"),
        ([*PAIR, "--consensus", "5"], "between 2 and the 2 members (it was 5)"),
        ([*PAIR, "--combine", "mean"], "must be one of logits, softmax, votes"),
        ([*PAIR[:2], "--model", "demo:cifar10-0.25"], "inputs of another shape"),
        ([*PAIR[:2], "--model", "demo:commands"], "is a generative model"),
        ([*PAIR[:2], "--model", "no-such.onnx"], "no-such.onnx"),
    ],
)
def test_what_is_no_ensemble_is_a_sentence(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["certify", *words, *RUN, "--sigma", "0.25"]) == 2
    assert said in " ".join(capsys.readouterr().err.split())
