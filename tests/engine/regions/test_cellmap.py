import itertools

from engine.regions import CellMap

FLAT = CellMap(
    row_term="additions",
    column_term="deletions",
    layers=(((0.0, 0.0, 0.0), (0.0, 0.0, None), (0.0, None, None), (None, None, None)),),
)
NODES = FLAT.model_copy(
    update={
        "layer_term": "entities",
        "things": "nodes",
        "layers": (*FLAT.layers, ((0.0, 0.0), (None, None))),
    }
)
MIXED = CellMap(
    row_term="additions",
    column_term="deletions",
    strength_term="epsilon",
    layers=(((0.9, 0.4), (0.3, None)),),
    norm="l2",
    unit="pixels in [0,1]",
)


def test_contains_is_the_cell():
    for a, d in itertools.product(range(5), range(5)):
        inside = a < 4 and d < 3 and FLAT.layers[0][a][d] is not None
        assert FLAT.contains({"additions": a, "deletions": d}) == inside


def test_layers_and_nothing_changed():
    assert NODES.contains({"entities": 2, "additions": 0, "deletions": 1})
    assert not NODES.contains({"entities": 2, "additions": 1, "deletions": 0})
    assert not NODES.contains({"entities": 3, "additions": 0, "deletions": 1})
    assert NODES.contains({"entities": 9, "additions": 0, "deletions": 0})
    assert NODES.contains({"entities": 0, "additions": 4, "deletions": 4})


def test_strengths_are_strict():
    assert MIXED.contains({"additions": 0, "deletions": 1, "epsilon": 0.39})
    assert not MIXED.contains({"additions": 0, "deletions": 1, "epsilon": 0.4})
    assert MIXED.contains({"additions": 1, "deletions": 0, "epsilon": 0.0})
    assert not MIXED.contains({"additions": 1, "deletions": 1, "epsilon": 0.0})
    assert not MIXED.contains({"additions": 0, "deletions": 0, "epsilon": 0.9})


def test_corners_cover_every_certified_cell():
    corners = list(FLAT.corners())
    assert corners == [(0, 2), (1, 1), (2, 0)]
    for a, d in itertools.product(range(4), range(3)):
        covered = any(a <= row and d <= column for row, column in corners)
        assert covered == (FLAT.layers[0][a][d] is not None)


def test_words():
    assert FLAT.headline() == "2 additions or 2 deletions"
    assert "(0, 2), (1, 1), (2, 0)" in FLAT.clause("node")
    assert "2 nodes: (0, 1)" in NODES.clause("node")
    assert "(0, 1) below 0.400" in MIXED.clause("row")


def test_round_trip():
    assert CellMap.model_validate_json(NODES.model_dump_json()) == NODES


def test_parts_of_a_strength_count_together():
    parts = MIXED.model_copy(update={"sigmas": (0.25, 0.5)})
    assert parts.contains({"additions": 0, "deletions": 1, "epsilon2": 0.79})
    assert not parts.contains({"additions": 0, "deletions": 1, "epsilon1": 0.1, "epsilon2": 0.79})
    assert not parts.contains({"additions": 0, "deletions": 1, "epsilon": 0.4})
    assert parts.contains({"additions": 1, "deletions": 0, "epsilon1": 0.0})
    assert "(0, 1) below 0.400" in parts.clause("row")
    assert "count together as 0.25 times the root" in parts.clause("row")
    assert "count together" not in MIXED.clause("row")
