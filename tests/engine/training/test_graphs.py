import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.core.resources import assets
from engine.demos.recipes import CLUB
from engine.inputs import fit, load_input
from engine.inputs.graph import split
from engine.inputs.node import load_graph
from engine.models import ModelRequest, load_model
from engine.training import graphs
from engine.training.graph_data import views
from engine.training.graph_loop import GraphRecipe, train
from engine.training.graph_noise import NAMES, GraphNoise


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_is_what_was_trained(tmp_path: Path, name):
    graph = load_graph("karate")
    noise = GraphNoise(name, p=0.8, p_plus=0.05, p_minus=0.6)
    recipe = GraphRecipe("gcn", noise, epochs=2)
    network = train(views(graph, seed=0), 2, recipe).network
    path = tmp_path / "m.safetensors"
    path.write_bytes(graphs.weights(network, graph, recipe))
    model = load_model(ModelRequest(str(path)))
    assert model.identity.architecture == "gcn" and model.identity.encoding == noise.encoding
    assert model.identity.class_names == ("Mr. Hi", "Officer")
    stated, given = model.identity.training_scheme, noise.scheme()
    assert (stated is None) == (given is None)
    assert given is None or given.items() <= (stated or {}).items()
    for key, value in network.state_dict().items():
        assert torch.equal(model.network.state_dict()[key], value)
    assert graphs.weights(network, graph, recipe) == path.read_bytes()


def test_a_command_line_makes_a_model_and_its_cards(tmp_path: Path, capsys):
    edges = np.array([[a, (a + 1) % 24] for a in range(24)]).T
    labels = np.arange(24) % 2
    np.savez(tmp_path / "ring.npz", A=edges, X=np.array([range(24), labels]), y=labels)
    line = "--data {0}/ring.npz --scheme sparse --p-plus 0.1 --p-minus 0.2 --epochs 3 --certify 0"
    graphs.main([*line.format(tmp_path).split(), "--arch", "gcn", "--out", str(tmp_path)])
    assert "ring-sparse.safetensors and its card" in capsys.readouterr().out
    card = json.loads((tmp_path / "ring-sparse.json").read_text())
    assert card["command"] == (
        "python -m engine.training.graphs --data ring.npz --scheme sparse --p-plus 0.1 --p-minus "
        "0.2 --arch gcn --seed 0"
    )
    assert card["split"]["train"] == card["split"]["validation"] == 12 // 4 * 2
    assert "certified_accuracy" not in card
    model = load_model(ModelRequest(str(tmp_path / "ring-sparse.safetensors")))
    assert model.identity.name == "ring-sparse, GCN"
    assert "24 nodes and 24 edges" in (tmp_path / "ring-sparse.md").read_text()


def test_a_graph_that_is_not_there_is_one_sentence(tmp_path: Path):
    with pytest.raises(SystemExit, match=r"^There is no graph nowhere\.npz"):
        graphs.main(["--data", "nowhere.npz", "--out", str(tmp_path)])


def test_numbers_are_checked_before_training(tmp_path: Path):
    with pytest.raises(SystemExit) as caught:
        graphs.main(["--scheme", "sparse", "--p-plus", "1.5", "--out", str(tmp_path)])
    assert "p_plus" in str(caught.value) or "p plus" in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_a_graph_of_ones_own_goes_into_the_folder_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    made = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(graphs, "make", lambda *given, **more: made.append((given, more)))
    np.savez("g.npz", A=[[0], [1]], X=[[0], [0]], y=[0, 1])
    graphs.main(["--data", "g.npz"])
    (((graph, recipe, out), more),) = made
    assert recipe.noise.name == "hierarchical-sparse" and out == Path("out")
    assert graph.nodes == 2 and more == {"certified": None}


def test_cells_are_in_the_terms_of_the_scheme():
    for noise in CLUB.values():
        terms = {term for cell in graphs.cells(noise) for term in cell}
        assert (
            terms
            == {
                "hierarchical-sparse": {"entities", "additions", "deletions"},
                "sparse": {"additions", "deletions"},
                "ablation": {"entities"},
            }[noise.name]
        )


@pytest.mark.parametrize("name", CLUB)
def test_a_shipped_models_card_states_its_accuracy(name: str):
    """The clean accuracy on the card, measured again node by node with the program's own loader."""
    card = json.loads((assets() / "models" / f"{name}.json").read_text())
    model = load_model(ModelRequest(f"demo:{name}"))
    labels = load_graph("karate").labels
    test = split(labels, seed=card["seed"]).test
    assert card["split"]["nodes"]["test"] == list(test)
    right = 0
    for node in test:
        fitted = fit(load_input(f"karate:{node}"), model.identity)
        bound = model.bound_to(fitted)
        bound.prepare(torch.device("cpu"), "fp32")
        x = torch.from_numpy(fitted.pixels)
        if model.identity.encoding == "indicator":
            x = torch.cat([x, torch.zeros(len(x), 1)], 1)
        right += int(bound.classify(x[None])[0]) == labels[node]
    assert card["clean_accuracy"] == pytest.approx(right / len(test), abs=1e-4)
    assert card["smoothed_accuracy"] > 0.8
    weights = (assets() / "models" / f"{name}.safetensors").read_bytes()
    assert card["sha256"] == hashlib.sha256(weights).hexdigest() and len(weights) < 100_000
