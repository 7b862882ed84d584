from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from safetensors.torch import save_file
from torch import nn

from engine.core.errors import UserError
from engine.core.records import ModelIdentity
from engine.models.native_file import own_identity
from engine.models.request import ModelRequest
from engine.models.weights import read_safetensors

HEADER = {
    "architecture": "table_mlp",
    "classes": json.dumps(["sound", "worn"]),
    "training_scheme": json.dumps({"key": "gaussian", "sigma": 0.5}),
}


def identity(path: Path, names: Path | None = None, **header: str) -> ModelIdentity:
    network = nn.Linear(3, 2)
    save_file(network.state_dict(), path, HEADER | header)
    return own_identity(
        path,
        ModelRequest(str(path), class_names=names),
        read_safetensors(path),
        network,
        classes=2,
        input_shape=(3,),
        kind="table",
    )


def test_header_and_bytes_say_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    found = identity(path)
    assert found.name == "m.safetensors" and found.architecture == "table_mlp"
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert found.class_names == ("sound", "worn") and found.parameters == 8
    assert found.training_sigma == 0.5 and found.encoding == "plain" and found.notes == ()


def test_a_card_beside_it_gives_the_name(tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text(json.dumps({"name": "pumps"}))
    assert identity(tmp_path / "m.safetensors").name == "pumps"


def test_unknown_training_noise_is_a_note(tmp_path: Path) -> None:
    found = identity(tmp_path / "m.safetensors", training_scheme='{"key": "magic"}')
    assert found.training_scheme is None and found.training_sigma is None
    assert found.notes == ("It states training noise that is not known here.",)


def test_names_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    names = tmp_path / "names.txt"
    names.write_text("one\ntwo\nthree\n")
    with pytest.raises(UserError, match="3 class names but the model has 2 classes"):
        identity(tmp_path / "m.safetensors", names)
