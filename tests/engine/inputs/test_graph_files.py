import json
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from engine.core.errors import UserError
from engine.inputs.graph import Graph
from engine.inputs.graph_files import read_network


def network(**more: list[object]) -> nx.Graph:
    """A path of three nodes with features and classes."""
    made = nx.Graph([("a", "b"), ("b", "c")])
    facts: dict[str, list[object]] = {"features": ["1 0", "0 1", "1 1"], "club": ["x", "y", "x"]}
    for key, values in (facts | more).items():
        for node, value in zip("abc", values, strict=True):
            if value is not None:
                made.nodes[node][key] = value
    return made


def node_link(path: Path, made: nx.Graph) -> Path:
    path.write_text(json.dumps(nx.node_link_data(made, edges="links")))
    return path


WRITERS = {
    "g.json": node_link,
    "g.graphml": lambda path, made: nx.write_graphml(made, path, named_key_ids=True),
    "g.gexf": lambda path, made: nx.write_gexf(made, path),
}


def refusal(path: Path) -> str:
    with pytest.raises(UserError) as caught:
        read_network(path, path.name)
    return str(caught.value)


@pytest.mark.parametrize("name", WRITERS)
def test_what_networkx_writes_is_read(tmp_path: Path, name: str):
    WRITERS[name](tmp_path / name, network())
    graph: Graph = read_network(tmp_path / name, name)
    assert graph.node_names == ("a", "b", "c") and graph.notes == ()
    assert graph.adjacency.pairs().tolist() == [[0, 1, 1, 2], [1, 0, 2, 1]]
    assert graph.features.dense(np.arange(3)).tolist() == [[1, 0], [0, 1], [1, 1]]
    assert graph.labels is not None and graph.labels.tolist() == [0, 1, 0]
    assert graph.class_names == ("x", "y")


def test_an_edge_list_has_edges_alone(tmp_path: Path):
    path = tmp_path / "g.edgelist"
    path.write_text("# a comment\n0 1\n1 2 {'weight': 3}\n2 0 7.5\n")
    graph = read_network(path, "g.edgelist")
    assert graph.nodes == 3 and graph.adjacency.counts.tolist() == [2, 2, 2]
    assert graph.labels is None and graph.notes[0].startswith("it has no features")


@pytest.mark.parametrize(
    "features",
    [
        [[1, 0], [0, 1], [1, 1]],
        ["1,0", "0,1", "1,1"],
        ["10", "01", "11"],
        [[True, 0.0], [0, 1], [1, 1]],
    ],
)
def test_ways_to_write_features(tmp_path: Path, features):
    path = node_link(tmp_path / "g.json", network(features=features))
    graph = read_network(path, "g.json")
    assert graph.features.dense(np.arange(3)).tolist() == [[1, 0], [0, 1], [1, 1]]


def test_numbered_classes_keep_their_order(tmp_path: Path):
    path = node_link(tmp_path / "g.json", network(y=[10, 9, 10]))
    graph = read_network(path, "g.json")
    assert graph.class_names == ("class 9", "class 10")
    assert graph.labels is not None and graph.labels.tolist() == [1, 0, 1]


def test_a_node_without_a_class_leaves_the_graph_without(tmp_path: Path):
    path = node_link(tmp_path / "g.json", network(club=["x", None, "x"]))
    assert read_network(path, "g.json").labels is None


def test_weights_and_directions_are_noted(tmp_path: Path):
    made = nx.DiGraph([(0, 1, {"weight": 2}), (1, 0), (1, 2)])
    notes = read_network(node_link(tmp_path / "g.json", made), "g.json").notes
    assert notes[:2] == (
        "edge weights were dropped: an edge is there or not",
        "directed edges were taken for undirected ones",
    )


@pytest.mark.parametrize(
    "features",
    [
        ["1 0", "0 1", "0.5 1"],
        ["1 0", "0 1", "1"],
        ["1 0", "0 1", None],
        [[1, 0], [0, 1], [[1], 0]],
        [[], [], []],
    ],
)
def test_features_that_are_not_binary_are_refused(tmp_path: Path, features):
    said = refusal(node_link(tmp_path / "g.json", network(features=features)))
    assert "has features that are not binary; each node needs the same number of zeros" in said


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("g.json", "", "g.json is empty; save the graph again."),
        ("g.json", '{"nodes": [', "g.json is no node-link JSON file that NetworkX reads"),
        ("g.json", "[1, 2]", "g.json is no node-link JSON file"),
        ("g.json", '{"nodes": 5, "links": "x"}', "g.json is no node-link JSON file"),
        ("g.json", '{"nodes": [{"id": {}}], "links": []}', "g.json is no node-link JSON file"),
        ("g.json", '{"nodes": [], "links": []}', "g.json is a graph without nodes"),
        ("g.json", "[" * 200_000, "g.json is "),
        ("g.graphml", "<graphml><graph", "g.graphml is no GraphML file"),
        ("g.graphml", "<html></html>", "g.graphml is no GraphML file"),
        ("g.gexf", "<gexf/>", "g.gexf is no GEXF file"),
        ("g.edgelist", "alone\n", "g.edgelist is no edge list file"),
        ("g.edgelist", "# nothing\n", "g.edgelist is no edge list file"),
    ],
)
def test_damaged_files_are_refused_in_a_sentence(tmp_path: Path, name, content, words):
    (tmp_path / name).write_text(content)
    assert refusal(tmp_path / name).startswith(words)


@pytest.mark.parametrize("name", ["g.graphml", "g.gexf"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_entities_are_not_expanded(tmp_path: Path, name: str, encoding: str):
    bomb = (
        f"<?xml version='1.0' encoding='{encoding}'?><!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>"
        "<!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]><graphml>&b;</graphml>"
    )
    (tmp_path / name).write_bytes(bomb.encode(encoding))
    said = refusal(tmp_path / name)
    assert "declares XML entities" in said if encoding == "utf-8" else "is no G" in said


def test_a_file_too_large_is_not_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("engine.inputs.graph_files.MAX_BYTES", 10)
    assert "more than the 0 MB" in refusal(node_link(tmp_path / "g.json", network()))
