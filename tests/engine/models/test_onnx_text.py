"""Scores that are sums of one row for each token, added up here once more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoTokenizer

from engine.core.errors import UserError
from engine.evidence.settings import CertifySettings, Execution
from engine.inputs import load_input
from engine.models import ModelRequest, fitted, load_model
from engine.models.onnx_text import OnnxTextClassifier
from engine.procedures.certify import certify
from engine.schemes import parse_scheme
from engine.verify.digests import check_input, check_model
from tests.fakes import finish
from tests.onnx_texts import save_onnx_text

TEXT = "the cat is very good"


def opened(folder: Path, **more: Any) -> OnnxTextClassifier:
    classifier = load_model(ModelRequest(str(folder / "model.onnx"), **more))
    assert isinstance(classifier, OnnxTextClassifier)
    classifier.prepare(torch.device("cpu"), "fp32")
    return classifier


@pytest.mark.walk
@pytest.mark.parametrize(
    ("shape", "masked"), [(("n", "l"), True), (("n", "l"), False), ((1, 12), True), ((4, 9), True)]
)
def test_a_text_gets_the_sum_over_its_tokens(
    tmp_path: Path, shape: tuple[int | str, int | str], masked: bool
) -> None:
    rows = save_onnx_text(tmp_path, shape=shape, masked=masked)
    classifier = opened(tmp_path)
    identity = classifier.identity
    assert (identity.kind, identity.format, len(identity.class_names)) == ("text", "onnx", 3)
    assert classifier.coding.longest == (12 if shape[1] == "l" else int(shape[1])) - 2
    (tokens,) = fitted(classifier, load_input(f"text:{TEXT}")).arrays
    ids = AutoTokenizer.from_pretrained(tmp_path)(TEXT)["input_ids"]
    found = classifier.scores(torch.from_numpy(np.stack([tokens] * 5)))
    np.testing.assert_allclose(found, np.tile(rows[ids].sum(0), (5, 1)), rtol=1e-5)
    hidden = tokens.copy()
    hidden[1] = classifier.coding.size
    marked = AutoTokenizer.from_pretrained(tmp_path)(TEXT.replace("cat", "[MASK]"))["input_ids"]
    found = classifier.scores(torch.from_numpy(hidden)[None])
    np.testing.assert_allclose(found[0], rows[marked].sum(0), rtol=1e-5)


def test_a_run_is_certified_and_its_files_are_compared(tmp_path: Path) -> None:
    save_onnx_text(tmp_path, id2label={"0": "bad", "1": "fair", "2": "good"})
    classifier = opened(tmp_path)
    assert classifier.identity.class_names == ("bad", "fair", "good")
    given = fitted(classifier, load_input(f"text:{TEXT}"))
    scheme = parse_scheme({"key": "text-mask", "beta": 0.2, "vocabulary": classifier.coding.size})
    settings = CertifySettings(scheme=scheme, n0=10, n=60, seed=1)
    evidence = finish(certify(classifier, given, settings, execution=Execution(device="cpu")))
    claims = [*check_model(evidence, "", tmp_path), *check_input(evidence, "", tmp_path)]
    names = [claim.name for claim in claims]
    assert {claim.verdict for claim in claims} == {"holds"} and "tokenizer" in names
    (tmp_path / "vocab.txt").write_text("more")
    wrong = [
        claim.name for claim in check_model(evidence, "", tmp_path) if claim.verdict != "holds"
    ]
    assert wrong == ["tokenizer"]


def test_the_tokenizer_may_lie_above_and_lengths_are_tried(tmp_path: Path) -> None:
    save_onnx_text(tmp_path, positions=5)
    (tmp_path / "onnx").mkdir()
    (tmp_path / "model.onnx").rename(tmp_path / "onnx" / "model.onnx")
    classifier = opened(tmp_path / "onnx")
    assert classifier.coding.longest == 5 - 2
    (tmp_path / "tokenizer.json").unlink()
    with pytest.raises(UserError) as error:
        opened(tmp_path / "onnx")
    assert str(error.value).endswith(
        "onnx/model.onnx takes token ids (input_ids); put its tokenizer beside it "
        "(tokenizer.json, tokenizer_config.json), or in the folder above."
    )


@pytest.mark.thorough
def test_heads_of_one_score_of_many_and_of_numbers(tmp_path: Path) -> None:
    rows = save_onnx_text(tmp_path, classes=1, id2label={"0": "spam"})
    with pytest.raises(UserError, match="gives a single score for each input; say above which"):
        opened(tmp_path)
    classifier = opened(tmp_path, threshold=0.25)
    ids = AutoTokenizer.from_pretrained(tmp_path)(TEXT)["input_ids"]
    (tokens,) = fitted(classifier, load_input(f"text:{TEXT}")).arrays
    above = rows[ids].sum() > 0.25
    assert int(classifier.classify(torch.from_numpy(tokens)[None])[0]) == int(above)
    labels = {"id2label": {"0": "rude", "1": "kind"}, "problem_type": "multi_label_classification"}
    save_onnx_text(tmp_path, classes=2, **labels)
    with pytest.raises(UserError, match=r"gives several labels at once \(rude, kind\)"):
        opened(tmp_path)
    one = opened(tmp_path, output="kind", threshold=0.0)
    assert one.identity.class_names == ("not kind", "kind")
    save_onnx_text(tmp_path, classes=2, problem_type="regression")
    with pytest.raises(UserError, match="gives numbers and no classes .problem_type is regression"):
        opened(tmp_path)


def test_ids_that_the_graph_does_not_have(tmp_path: Path) -> None:
    rows = save_onnx_text(tmp_path)
    from tests.onnx_texts import summed

    (tmp_path / "model.onnx").write_bytes(summed(rows[:12], ["n", "l"]))
    with pytest.raises(UserError, match="does not run on the tokens of its tokenizer"):
        opened(tmp_path)
