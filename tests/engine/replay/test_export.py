"""CSV of a replay."""

import csv
import io

import pytest

from engine.replay.export import replay_csv, replay_json
from engine.replay.replay import replay
from engine.schemes import Gaussian


def exported(path, **changes):
    values = {"scheme": Gaussian(), "alpha": 0.01, "bound": "live", "selection": "label"}
    found = replay(path, at=["radius=0.1"], **{**values, **changes})
    return found, list(csv.DictReader(io.StringIO("".join(replay_csv(found)))))


def test_one_line_per_row_at_full_precision(votes_file):
    text = 'idx,label,n_0,n_1\n1,0,99,1\n"a,b",1,99,1\n'
    found, rows = exported(votes_file(text))
    assert [row["idx"] for row in rows] == ["1", "a,b"]
    assert float(rows[0]["radius"]) == found.rows[0].radius
    assert float(rows[0]["p_lower"]) == found.rows[0].bounds.p_lower
    assert float(rows[0]["radius_simultaneous"]) == found.summary.simultaneous.radii[0]
    assert [row["radius=0.1"] for row in rows] == ["1", "0"]
    assert rows[1]["predicted_class"] == rows[1]["radius"] == ""


def test_no_column_where_nothing_holds_at_once(votes_file):
    _, rows = exported(votes_file("idx,label,n_0,n_1\n1,0,99,1\n"), selection="same")
    assert "radius_simultaneous" not in rows[0]
    assert float(rows[0]["p_upper"]) == pytest.approx(1 - float(rows[0]["p_lower"]))


def test_json_in_parts_is_the_record_as_it_is_dumped(votes_file):
    text = 'idx,label,n_0,n_1\n1,0,99,1\n"rows"": [],",1,99,1\n'
    found, _ = exported(votes_file(text))
    assert "".join(replay_json(found)) == found.model_dump_json(indent=2) + "\n"
