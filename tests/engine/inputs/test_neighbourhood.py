import networkx as nx
import numpy as np
import pytest

from engine.core.errors import UserError
from engine.core.records import ModelIdentity
from engine.inputs.graph import Parts, assembled
from engine.inputs.neighbourhood import distances, fit, neighbourhood
from engine.inputs.node import GraphInput, load, load_graph


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
    renamed = fit(member, model(class_names=("a", "b"))).identity
    assert renamed.label == 1 and "taken for class 1 ('b') by number" in renamed.notes[-1]


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
    monkeypatch.setattr("engine.inputs.neighbourhood.MAX_CELLS", 100)
    with pytest.raises(UserError, match=r"^karate:0 has 26 nodes with 34 features within 2 hops"):
        fit(load("karate:0"), model())
