from __future__ import annotations

from engine.logs.summary import figure, key, summarise
from tests.logs import make_log


def test_what_is_said_of_several_logs() -> None:
    one = make_log([0, 1, 2], [0, 1, -1], [0.5, 0.2, 0.0])
    two = make_log([0, 1, 2], [0, 0, 2], [0.4, 0.9, 0.3])
    plain = make_log([0, 1, 2], [0, 0, 2], None)
    found = summarise([one, two, plain], n=1000, alpha=0.001, radii=(0.0, 0.25, 0.5))
    assert [file.certified_accuracy for file in found.files] == [
        {"0": 2 / 3, "0.25": 1 / 3, "0.5": 1 / 3},
        {"0": 2 / 3, "0.25": 2 / 3, "0.5": 0.0},
        {},
    ]
    assert found.best == {"0": 0, "0.25": 1, "0.5": 0}
    assert [file.abstained for file in found.files] == [1, 0, 0]
    assert found.differences[0]["0.25"].paired and found.differences[1] == {}
    low, high = found.files[0].intervals["0"]
    assert low < 2 / 3 < high
    drawn = figure([one, two, plain], ["a", "b", "c"])
    assert [curve.name for curve in drawn.curves] == ["a", "b"]


def test_radii_as_names() -> None:
    radii = (0.0, 0.25, 1.0, 2.5, 0.2499999)
    assert [key(radius) for radius in radii] == ["0", "0.25", "1", "2.5", "0.2499999"]
