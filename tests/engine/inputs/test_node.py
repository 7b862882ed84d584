from __future__ import annotations

import json
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from engine.core.errors import UserError
from engine.core.records import ModelIdentity
from engine.inputs.graph import Parts, assembled, split
from engine.inputs.node import (
    GraphInput,
    claims,
    distances,
    expand,
    fit,
    load,
    load_graph,
    neighbourhood,
    parsed,
)


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
    assert parsed("C:\\graphs\\x.npz:17") == ("C:\\graphs\\x.npz", "17")
    assert parsed("x.npz") == ("x.npz", None)
    assert parsed("x.npz:abc") == ("x.npz", "abc")
    assert parsed("C:\\x.npz") == ("C:\\x.npz", None)


CASES = Path(__file__).parents[2] / "cases" / "field"
"""Made for this project."""


def test_a_node_is_called_by_its_own_name():
    edges, names = str(CASES / "graphs" / "karate.edgelist"), str(CASES / "graphs/names.graphml")
    node = load(f"{edges}:33")
    assert node.graph.node_names[node.node] == "33"
    assert node.source == f"{edges}:33"
    assert all(load(spec).source == spec for spec in expand(edges))
    person = load(f"{names}:person 3")
    assert person.name.endswith("person 3")
    assert load(person.source).node == person.node
    with pytest.raises(UserError, match=r"no node that is called 99 \(0, 1, 2"):
        load(f"{edges}:99")
    with pytest.raises(UserError, match="has no node person 99"):
        load(f"{names}:person 99")


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


def model(**more: object) -> ModelIdentity:
    facts = {
        "name": "m",
        "source": "m",
        "format": "safetensors",
        "sha256": "0",
        "architecture": "gcn",
        "class_names": ("Mr. Hi", "Officer"),
        "input_shape": (0, 34),
        "kind": "graph",
    }
    return ModelIdentity(**(facts | more))  # type: ignore[arg-type]


@pytest.mark.parametrize("node", [0, 12, 16, 33])
@pytest.mark.parametrize("hops", [1, 2, 3])
def test_nodes_and_distances_are_those_of_networkx(node: int, hops: int):
    expected = nx.single_source_shortest_path_length(nx.karate_club_graph(), node, cutoff=hops)
    assert distances(load_graph("karate"), node, hops) == dict(expected)
    around = neighbourhood(load_graph("karate"), node, hops)
    assert dict(zip(around.nodes.tolist(), around.hops.tolist(), strict=True)) == dict(expected)
    assert around.nodes[0] == node and (np.diff(around.hops) >= 0).all()


def test_every_message_into_an_inner_node_is_there_and_no_other():
    graph = load_graph("karate")
    around = neighbourhood(graph, 11)
    edges = zip(around.sources, around.targets, strict=True)
    found = {(int(around.nodes[s]), int(around.nodes[t])) for s, t in edges}
    inner = around.nodes[around.hops < 2].tolist()
    assert found == {(int(other), node) for node in inner for other in graph.adjacency.row(node)}
    assert (np.diff(around.targets) >= 0).all()
    assert (around.degrees == graph.adjacency.counts[around.nodes]).all()


def test_a_node_without_neighbours_is_alone():
    parts = Parts(3, np.array([[0], [1]]), None, 0)
    lonely = assembled(parts, name="g", source="g", sha256="0")
    around = neighbourhood(lonely, 2)
    assert around.nodes.tolist() == [2] and not len(around.sources) and around.degrees[0] == 0


def test_the_features_of_the_neighbourhood_receive_the_noise():
    member = load("karate:12")
    fitted = fit(member, model())
    (features,) = fitted.arrays
    around = neighbourhood(member.graph, 12)
    assert features.dtype == np.float32
    assert (features == member.graph.adjacency.dense(around.nodes)).all()
    identity = fitted.identity
    assert identity.kind == "graph" and identity.shape == (len(around.nodes), 34)
    assert identity.adaptation == f"the {len(around.nodes)} of 34 nodes within 2 hops"
    assert identity.label == 0 and identity.label_name == "Mr. Hi"
    assert any("row of the adjacency matrix" in note for note in identity.notes)


def test_the_digest_pins_edges_too():
    """Two graphs whose neighbourhoods have the same features but other edges."""
    ones = np.array([[0, 1, 2], [0, 0, 0]])
    digests = set()
    for edges in ([[0, 0], [1, 2]], [[0, 1, 0], [1, 2, 2]]):
        parts = Parts(3, np.array(edges), ones, 1)
        graph = assembled(parts, name="g", source="g", sha256="0")
        given = GraphInput("n", "g:0", "0", graph, 0)
        digests.add(fit(given, model(input_shape=(0, 1))).identity.pixels_sha256)
    assert len(digests) == 2


def test_labels_are_matched_by_name_then_by_number():
    member = load("karate:33")
    assert fit(member, model(class_names=("Officer", "Mr. Hi"))).identity.label == 0
    unnamed = fit(member, model(class_names=("class 0", "class 1"))).identity
    assert unnamed.label == 1 and "('class 1'), its number in the data set" in unnamed.notes[-1]
    renamed = fit(member, model(class_names=("a", "b"))).identity
    assert renamed.label is None and "is not taken" in renamed.notes[-1]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"kind": "image", "input_shape": (1, 8, 8)},
            "The model 'm' takes no graphs; give a graph model, e.g. "
            "demo:karate-hierarchical-sparse.",
        ),
        (
            {"input_shape": (0, 2880), "encoding": "indicator"},
            "The model takes 2879 features per node, but karate:12 has 34; give the graph that "
            "the model was trained on.",
        ),
    ],
)
def test_models_that_take_something_else(changes, sentence):
    with pytest.raises(UserError) as caught:
        fit(load("karate:12"), model(**changes))
    assert str(caught.value) == sentence


def test_a_hub_too_large_for_one_sample(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("engine.inputs.node.MAX_CELLS", 100)
    with pytest.raises(UserError, match=r"^karate:0 has 26 nodes with 34 features within 2 hops"):
        fit(load("karate:0"), model())
