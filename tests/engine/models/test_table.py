from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from engine.core.errors import UserError
from engine.inputs import load_input
from engine.models import ModelRequest, fitted, load_model
from engine.models.table import TableClassifier
from engine.models.table_network import TableNetwork

COLUMNS = [{"name": "age", "mean": 30, "scale": 10}, {"name": "job", "values": ["baker", "smith"]}]


def saved(path: Path, columns: object = COLUMNS) -> Path:
    torch.manual_seed(0)
    facts = {"architecture": "table_mlp", "columns": json.dumps(columns)}
    save_file(TableNetwork(1, (2,), 2, hidden=8).state_dict(), path, facts)
    return path


def opened(path: Path) -> TableClassifier:
    classifier = load_model(ModelRequest(str(path)))
    assert isinstance(classifier, TableClassifier)
    return classifier


def test_a_file_of_our_own_comes_back(tmp_path: Path):
    rows = tmp_path / "rows.csv"
    rows.write_text("job,age\nsmith,50\n")
    classifier = opened(saved(tmp_path / "m.safetensors"))
    assert classifier.identity.kind == "table" and classifier.identity.input_shape == (1,)
    assert classifier.differentiable
    given = fitted(classifier, load_input(f"{rows}:0"))
    assert [part.tolist() for part in given.arrays] == [[2.0], [1]]
    batch = tuple(torch.from_numpy(part)[None] for part in given.arrays)
    classifier.prepare(torch.device("cpu"), "fp32")
    with torch.no_grad():
        torch.testing.assert_close(classifier.scores(batch), classifier.network(*batch))
    classifier.unload()


def test_other_weights_are_refused(tmp_path: Path):
    path = tmp_path / "m.safetensors"
    facts = {"architecture": "table_mlp", "columns": json.dumps(COLUMNS)}
    save_file({"w": torch.zeros(2)}, path, facts)
    with pytest.raises(UserError, match="holds no weights of a network over rows of a table"):
        opened(path)
    more = [*COLUMNS, {"name": "pay", "mean": 0, "scale": 1}]
    with pytest.raises(UserError, match=r"its tensor first\.weight has the shape 8 x 3 instead"):
        opened(saved(path, more))
