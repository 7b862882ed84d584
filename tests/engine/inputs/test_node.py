import json
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from engine.core.errors import UserError
from engine.inputs.graph import split
from engine.inputs.node import claims, expand, load, load_graph, parsed


def pairs_file(folder: Path, **more: np.ndarray) -> Path:
    edges = np.array([[0, 1, 2, 3], [1, 2, 3, 0]])
    arrays = {"A": edges, "X": edges, "y": np.array([0, 0, 1, 1])}
    np.savez(folder / "four.npz", **(arrays | more))
    return folder / "four.npz"


def test_the_shipped_karate_club_is_zacharys():
    graph, zachary = load_graph("karate"), nx.karate_club_graph()
    assert graph.nodes == 34 and len(graph.adjacency.entries) == 2 * 78
    assert (graph.adjacency.dense(np.arange(34)) == nx.to_numpy_array(zachary, weight=None)).all()
    clubs = [graph.class_names[label] for label in graph.labels]
    assert clubs == [club for _, club in zachary.nodes(data="club")]
    assert graph.class_names == ("Mr. Hi", "Officer")
    assert "row of the adjacency matrix" in graph.notes[0]


def test_a_member_of_the_club():
    member = load("karate:12")
    assert member.name == "karate club, node 12" and member.source == "karate:12"
    assert member.node == 12 and member.label_name == "Mr. Hi" and member.label == 0
    assert load("karate:12").sha256 == member.sha256


def test_a_graph_stands_for_its_test_nodes(tmp_path: Path):
    graph = load_graph("karate")
    assert expand("karate") == [f"karate:{node}" for node in split(graph.labels).test]
    assert expand("karate:3") == ["karate:3"]
    for spec in expand("karate"):
        assert load(spec).source == spec
    path = tmp_path / "g.edgelist"
    path.write_text("0 1\n1 2\n")
    assert expand(str(path)) == [f"{path}:{node}" for node in range(3)]  # no labels, no split


@pytest.mark.parametrize(
    ("spec", "whether"),
    [
        ("karate", True),
        ("karate:3", True),
        ("karate-club", False),
        ("x.npz", True),
        ("folder/x.npz:17", True),
        ("C:\\x.graphml:2", True),
        ("x.gexf", True),
        ("x.edgelist:0", True),
        ("x.png", False),
        ("digits:7", False),
        ("missing.json", False),
        ("", False),
        ("\0.json", False),
    ],
)
def test_claims(spec: str, whether: bool):
    assert claims(spec) == whether


def test_json_is_claimed_by_its_content(tmp_path: Path):
    path = tmp_path / "g.json"
    path.write_text(json.dumps(nx.node_link_data(nx.path_graph(3), edges="edges")))
    assert claims(str(path)) and claims(f"{path}:2")
    path.write_text('{"entries": []}')
    assert not claims(str(path))


def test_the_number_is_the_last_part():
    assert parsed("C:\\graphs\\x.npz:17") == ("C:\\graphs\\x.npz", 17)
    assert parsed("x.npz") == ("x.npz", None)
    assert parsed("x.npz:abc") == ("x.npz:abc", None)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("karate", "karate is a graph of 34 nodes; name one by its number, e.g. karate:0."),
        ("karate:34", "karate has no node 34; its nodes are numbered 0 to 33."),
        ("nowhere.npz:1", "There is no graph nowhere.npz; give a graph as .npz with index pairs"),
        ("\0.npz:1", "There is no graph \0.npz; give a graph"),
    ],
)
def test_specs_that_name_no_node(spec: str, words: str):
    with pytest.raises(UserError) as caught:
        load(spec)
    assert str(caught.value).startswith(words.replace("karate:0.", expand("karate")[0] + "."))


def test_a_node_of_a_file(tmp_path: Path):
    path = pairs_file(tmp_path)
    node = load(f"{path}:2")
    assert node.name == "four, node 2" and node.label == 1 and node.label_name == "class 1"


def test_a_file_that_changed_is_read_again(tmp_path: Path):
    path = pairs_file(tmp_path)
    before = load_graph(str(path))
    pairs_file(tmp_path, y=np.array([0, 1, 2, 3, 3]))
    assert load_graph(str(path)).nodes == 5 != before.nodes
