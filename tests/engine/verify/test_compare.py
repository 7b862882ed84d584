from __future__ import annotations

from engine.verify.compare import differences


def test_the_same_values_do_not_differ() -> None:
    assert differences({"a": [1, 2.0, None, "x", True]}, {"a": (1, 2.0, None, "x", True)}) == []
    assert differences(0.5, 0.5 * (1 + 1e-12), "x") == []


def test_every_kind_of_difference_is_named() -> None:
    assert differences(0.5, 0.5001, "x") == ["x is 0.5 in the file and 0.5001 by its votes"]
    assert differences(1, True, "x")
    assert differences(None, 1.0, "x") == ["x is nothing in the file and 1.0 by its votes"]
    assert differences([1], [1, 2], "x") == [
        "x is a list of 1 in the file and a list of 2 by its votes"
    ]
    assert differences({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}})[0].startswith("a.b[1] is 2")
    assert differences({"a": 1}, {}, "x")[0].startswith("x.a is 1")


def test_a_flood_of_differences_is_cut() -> None:
    assert len(differences(list(range(100)), [n + 1 for n in range(100)], "x")) == 3
