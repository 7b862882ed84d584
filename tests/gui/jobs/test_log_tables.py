from __future__ import annotations

from dataclasses import replace

import pytest

from engine.core.errors import UserError
from gui.jobs import log_tables
from gui.jobs.log_tables import AskedOfLogs

HEADER = "idx\tlabel\tpredict\tradius\tcorrect\ttime\n"
GOOD = "0\t3\t3\t0.378\t1\t1\n20\t7\t7\t0.3\t1\t1\n40\t1\t1\t0.978\t1\t1\n"
POOR = "0\t3\t3\t0.478\t1\t1\n20\t7\t-1\t0.0\t0\t1\n40\t1\t1\t0.278\t1\t1\n"


@pytest.fixture
def asked(tmp_path):
    for name, text in (("sigma_0.25", GOOD), ("sigma_0.50", POOR)):
        (tmp_path / name).write_text(HEADER + text)
    (tmp_path / "predict.tsv").write_text("idx\tlabel\tpredict\n0\t1\t1\n")
    return AskedOfLogs((tmp_path,), radii="0, 0.25, 0.5")


def test_a_table_of_what_the_command_says(asked):
    shown = log_tables.read(asked)
    plain, good, poor = log_tables.rows(shown)
    assert log_tables.header(shown)[-2:] == ("0.25", "0.5")
    assert log_tables.texts(good) == (
        "sigma_0.25", "0.25", "3", "0.552", "0", "1.000", "1.000★", "0.333★",
    )  # fmt: skip
    assert log_tables.texts(poor)[-2:] == ("0.666", "0.000")  # 2/3 is rounded down
    assert log_tables.texts(plain)[-2:] == ("", "")
    assert log_tables.is_best(good, 6) and not log_tables.is_best(poor, 6)
    assert "are above 0.9529" in log_tables.faults(good)
    assert log_tables.faults(poor) == "Nothing in the log speaks against it."
    assert [curve.name for curve in shown.figure.curves] == ["sigma_0.25", "sigma_0.50"]


def test_another_log_to_compare_with_changes_the_sign(asked, tmp_path):
    asked = replace(asked, paths=(tmp_path / "sigma_0.25", tmp_path / "sigma_0.50"))
    good, poor = log_tables.rows(log_tables.read(asked))
    assert log_tables.differences(good) == []
    assert log_tables.compared(good) == "The others are compared with this one."
    assert "the inputs, which are the same, are a random draw" in log_tables.compared(poor)
    at, value = log_tables.differences(poor)[0]
    assert at == "at 0" and value.startswith("−0.334  (−")  # -1/3, rounded down
    asked = replace(asked, first=str(tmp_path / "sigma_0.50"))
    first, second = log_tables.rows(log_tables.read(asked))
    assert first.name == "sigma_0.50"
    assert log_tables.differences(second)[0][1].startswith("+0.333  (−")


def test_what_was_skipped_and_what_cannot_be_compared(asked, tmp_path):
    (tmp_path / "notes.txt").write_text("Epoch 1\n")
    shown = log_tables.read(asked)
    assert log_tables.skipped(shown).startswith("Skipped as no log: notes.txt (")
    assert "one of the two logs has no radii" in log_tables.compared(log_tables.rows(shown)[1])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"n": "many"}, "--n must be a number"),
        ({"alpha": ""}, "--alpha must be a number"),
        ({"alpha": "2"}, "--alpha must be between 0 and 1"),
        ({"sigma": "-1"}, "--sigma must be above 0"),
        ({"radii": "far"}, "--radii takes numbers"),
    ],
)
def test_what_cannot_be_asked(asked, changes, sentence):
    with pytest.raises(UserError, match=sentence):
        log_tables.read(replace(asked, **changes))


def test_it_is_written_as_the_ending_says(asked, tmp_path):
    found = log_tables.read(asked).found
    assert log_tables.written(found, tmp_path / "o.csv").read_text().startswith("path,kind")
    assert log_tables.written(found, tmp_path / "o.json").read_text().startswith("{")
