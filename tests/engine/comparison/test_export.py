import csv
import io

import pytest

from engine.comparison.export import tradeoff_csv, write_tradeoff
from engine.comparison.records import Candidate, TradeOff
from engine.core.errors import UserError
from engine.regions import Ball
from engine.schemes import Gaussian
from engine.schemes.attacker import grid
from tests.engine.comparison.test_records import outcome

RESULT = TradeOff(
    candidates=(Candidate(model="demo:a", name="A", scheme=Gaussian(sigma=0.25)),),
    outcomes=((outcome(Ball(norm="l2", radius=0.5, unit="pixels in [0,1]")), outcome(None)),),
    inputs=2,
    n0=10,
    n=100,
    alpha=0.001,
    seed=0,
)
ATTACKERS = grid([2], [0.4, 0.6])


def test_one_row_per_outcome_and_attacker():
    rows = list(csv.DictReader(io.StringIO(tradeoff_csv(RESULT, ATTACKERS))))
    assert [(row["epsilon"], row["withstands"]) for row in rows] == [
        ("0.4", "1"),
        ("0.6", "0"),
        ("0.4", "0"),
        ("0.6", "0"),
    ]
    assert rows[0]["class_name"] == "7" and rows[2]["predicted_class"] == ""
    assert rows[0]["noise"] == "Gaussian, sigma 0.25 (pixels in [0,1])"


def test_json_reads_back(tmp_path):
    path = write_tradeoff(RESULT, tmp_path / "c.json", ATTACKERS)
    assert TradeOff.model_validate_json(path.read_text()) == RESULT


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="c.csv"):
        write_tradeoff(RESULT, tmp_path / "file" / "c.csv", ATTACKERS)
