"""Written networks open again and say what they are."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
import torch

from engine.models import ModelRequest, load_model
from engine.models.architectures.keypoint_cnn import KeypointCNN
from engine.models.outputs import OutputsClassifier
from engine.pruning.channels import detector, widths
from engine.pruning.making import pruned_name, table_csv, write_pruned, write_table
from engine.pruning.records import (
    RECONSTRUCTED,
    ChannelScore,
    MapCounts,
    PrunedRow,
    PruningSettings,
    PruningTable,
)
from engine.training.aircraft import Part
from engine.training.writing import write_cards

CUT = (ChannelScore(layer="conv1", channel=0, score=1.5, kept=True),)
MAPS = MapCounts(certified=3, violated=1, open=2, seconds=0.25, unstable=10.5)
ROW = PrunedRow(method="usn", seed=4, weights=9, accuracy=0.5, maps=MAPS, cuts=(CUT,))


def test_a_written_network_is_smaller_opens_again_and_has_a_card(
    small: KeypointCNN, drawn: Part, tmp_path: Path
) -> None:
    path = tmp_path / f"{pruned_name('usn', 4)}.safetensors"
    facts = write_pruned(path, small, ROW, PruningSettings(), model="demo:aircraft", command="c")
    write_cards(path, facts)
    classifier = load_model(ModelRequest(str(path)))
    assert isinstance(classifier, OutputsClassifier) and classifier.outputs.tolerance == 1
    assert classifier.outputs.names == ("nose", "tail", "left wing tip")
    with torch.inference_mode():
        torch.testing.assert_close(classifier.inner.scores(drawn[0]), small(drawn[0]))
    assert widths(detector(str(path))) == {"conv1": 4, "conv2": 6, "conv3": 5}
    card = path.with_suffix(".md").read_text()
    assert "demo:aircraft to 65% of each hidden layer's channels, in 3 cuts by USN (recon" in card
    assert "3 certified, 1 violated, 2 open" in card and RECONSTRUCTED in card
    other = ROW.model_copy(update={"method": "magnitude"})
    facts = write_pruned(path, small, other, PruningSettings(), model="", command="c")
    assert "USN" not in json.dumps(facts)


def test_the_table_is_written_as_csv_or_json(tmp_path: Path) -> None:
    table = PruningTable(model="m", settings=PruningSettings(), rows=(ROW,))
    (line,) = csv.DictReader(io.StringIO(table_csv(table)))
    assert (line["method"], line["certified"], line["seconds_each"]) == ("usn", "3", "0.25")
    assert float(line["accuracy"]) == pytest.approx(0.5)
    found = write_table(table, tmp_path / "t.json").read_text()
    assert PruningTable.model_validate_json(found) == table
    assert write_table(table, tmp_path / "t.csv").read_text() == table_csv(table)
