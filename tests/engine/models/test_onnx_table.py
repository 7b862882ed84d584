"""The golden files were written by skl2onnx 1.20 from scikit-learn 1.9 (see golden/pumps.json)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.core.errors import UserError
from engine.evidence.settings import CertifySettings
from engine.inputs import load_input
from engine.models import ModelRequest, fitted, load_model
from engine.models.onnx_table import OnnxTableClassifier
from engine.procedures.run import Run
from engine.schemes import parse_scheme
from tests.hostile.onnx import model, node, value_info

GOLDEN = Path(__file__).parents[2] / "golden"
CPU = torch.device("cpu")


@pytest.fixture
def pumps(tmp_path: Path) -> tuple[str, list[float], list[float]]:
    """Rows as a CSV file, and what scikit-learn says of them."""
    facts = json.loads((GOLDEN / "pumps.json").read_text())
    path = tmp_path / "pumps.csv"
    path.write_text(facts["csv"])
    return str(path), facts["columns"], facts["matrix"]


def opened(name: str) -> OnnxTableClassifier:
    classifier = load_model(ModelRequest(str(GOLDEN / name)))
    assert isinstance(classifier, OnnxTableClassifier)
    return classifier


def probabilities(classifier: OnnxTableClassifier, path: str, rows: int) -> list[float]:
    found = []
    for row in range(rows):
        given = fitted(classifier, load_input(f"{path}:{row}"))
        bound = classifier.bound_to(given)
        bound.prepare(CPU, "fp32")
        batch = tuple(torch.from_numpy(part)[None] for part in given.arrays)
        found.append(float(bound.scores(batch)[0, 1]))
    return found


def test_columns_get_scikit_learn_s_probabilities(pumps: tuple[str, list[float], list[float]]):
    path, expected, _ = pumps
    found = probabilities(opened("pumps.onnx"), path, len(expected))
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_a_matrix_too(pumps: tuple[str, list[float], list[float]], tmp_path: Path):
    path, _, expected = pumps
    codes = json.loads((GOLDEN / "pumps.json").read_text())["codes"]
    text = Path(path).read_text()
    header, *lines = text.splitlines()
    coded = [
        ",".join(str(codes.get(cell, cell)) for cell in line.split(",")[:-1]) for line in lines
    ]
    numbered = tmp_path / "numbered.csv"
    numbered.write_text("\n".join([header.rpartition(",")[0], *coded]))
    found = probabilities(opened("pumps_matrix.onnx"), str(numbered), len(expected))
    np.testing.assert_allclose(found, expected, atol=1e-5)
    with pytest.raises(UserError, match="takes numbers in the column 'sound', but the table has"):
        probabilities(opened("pumps_matrix.onnx"), path, 1)


def test_noise_runs(pumps: tuple[str, list[float], list[float]]):
    classifier = opened("pumps.onnx")
    given = fitted(classifier, load_input(f"{pumps[0]}:0"))
    arities = ",".join(map(str, given.identity.alphabet))
    noise = {"key": "hybrid-uniform", "sigma": 0.3, "beta": 0.2, "arities": arities}
    settings = CertifySettings(scheme=parse_scheme(noise), n0=10, n=40, seed=1)
    votes = list(Run(classifier, given, settings).sampler.votes(0, 40))[-1]  # type: ignore[arg-type]
    assert votes.n == 40 and votes.failures == 0


def test_a_row_is_needed_and_float32(pumps: tuple[str, list[float], list[float]]):
    classifier = opened("pumps.onnx")
    with pytest.raises(UserError, match="needs to know its table; name a row first"):
        classifier.scores((torch.zeros(1, 5), torch.zeros(1, 5, dtype=torch.int64)))
    with pytest.raises(UserError, match="Precision bf16 does not work for an ONNX file"):
        classifier.prepare(CPU, "bf16")
    model = load_model(ModelRequest("demo:digits-0.25"))
    with pytest.raises(UserError, match=r"takes a row of a table, e\.g\. rows\.csv:3\.$"):
        classifier.bound_to(fitted(model, load_input("digits:7")))


def test_other_tables_are_refused(tmp_path: Path):
    path = tmp_path / "t.csv"
    path.write_text("age,job\n20,a\n30.5,b\n")
    with pytest.raises(UserError, match="has no column 'temperature', which the model reads"):
        fitted(opened("pumps.onnx"), load_input(f"{path}:0"))
    matrix = opened("pumps_matrix.onnx")
    with pytest.raises(UserError, match="takes 10 columns, the table has 2; give the table"):
        matrix.bound_to(fitted(matrix, load_input(f"{path}:0")))


def test_words_where_the_table_has_numbers(
    pumps: tuple[str, list[float], list[float]], tmp_path: Path
):
    path = tmp_path / "t.csv"
    lines = [line.split(",") for line in Path(pumps[0]).read_text().splitlines()]
    place = lines[0].index("oil")
    for index, cells in enumerate(lines[1:]):
        cells[place] = f"{index}.5"
    path.write_text("\n".join(",".join(cells) for cells in lines))
    classifier = opened("pumps.onnx")
    with pytest.raises(UserError, match=r"takes words in the column 'oil'; call it categorical"):
        classifier.bound_to(fitted(classifier, load_input(f"{path}:0")))


def test_a_single_score_is_no_classifier(tmp_path: Path):
    path = tmp_path / "m.onnx"
    inputs, out = [value_info("x", ["n", 1])], [value_info("y", ["n", 1])]
    path.write_bytes(model([node("Identity", ["x"], "y")], [], inputs, out))
    with pytest.raises(UserError, match="is no classifier: it gives a single score for each row"):
        load_model(ModelRequest(str(path)))
