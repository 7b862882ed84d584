import json

import pytest

from engine.models.native_metadata import own_noise
from engine.schemes import Gaussian


@pytest.mark.parametrize(
    ("spec", "key"),
    [
        ("demo:digits-0.50", "gaussian"),
        ("demo:digits-ablation", "ablation"),
        ("demo:digits-hierarchical", "hierarchical-gaussian"),
        ("demo:filter", "hybrid-mask"),
        ("demo:karate-sparse", "sparse"),
    ],
)
def test_shipped_models_say_their_noise(spec: str, key: str):
    found = own_noise(spec)
    assert found is not None and found.key == key


def test_the_level_comes_along():
    assert own_noise("demo:digits-0.50") == Gaussian(sigma=0.5)
    assert own_noise("demo:filter").vocabulary == 72


def test_agrees_with_the_loaded_model():
    from engine.models import ModelRequest, catalogue, load_model
    from engine.models.trained_scheme import taught_scheme

    for shipped in catalogue():
        identity = load_model(ModelRequest(spec=shipped.name)).identity
        assert own_noise(shipped.name) == taught_scheme(identity)


@pytest.mark.parametrize("name", ["m.onnx", "nothing.safetensors", "demo:nothing", "owner/name"])
def test_others_say_nothing(name: str):
    assert own_noise(name) is None


def test_a_broken_card_or_file_says_nothing(tmp_path):
    path = tmp_path / "m.safetensors"
    path.write_bytes(b"\xff" * 40)
    path.with_suffix(".json").write_text(json.dumps({"training_scheme": {"key": "magic"}}))
    assert own_noise(str(path)) is None
    path.with_suffix(".json").write_text("[")
    assert own_noise(str(path)) is None
