"""Evidence names the content that ran, whoever writes to the file meanwhile."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from engine.core.errors import UserError
from engine.inputs import load_input
from engine.models import ModelRequest, fitted, load_model
from engine.models.demo import shipped
from engine.models.networks.checked import read_network
from engine.models.opened import read_again, unchanged
from tests.engine.models.stumps.test_onnx_trees import onnx_file
from tests.hostile.onnx import MATRIX, linear

WRITTEN = "was written to while it was being opened"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return Path(shutil.copy(shipped("demo:digits-0.25").path, tmp_path / "m.safetensors"))


def saved_over(path: Path) -> None:
    """As a training script does after each epoch."""
    beside = shutil.copy(shipped("demo:digits-0.50").path, path.with_name("new"))
    Path(beside).replace(path)


def test_a_file_that_is_saved_over_between_reading_and_digest_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.models import checkpoint

    digest = checkpoint.sha256_file

    def late(file: Path) -> str:
        saved_over(path)
        return digest(file)

    with monkeypatch.context() as moment:
        moment.setattr(checkpoint, "sha256_file", late)
        with pytest.raises(UserError, match=WRITTEN):
            load_model(ModelRequest(str(path)))
    assert load_model(ModelRequest(str(path))).identity.parameters


def test_other_content_of_the_same_size_and_time_is_refused(path: Path) -> None:
    before, bits = path.stat(), bytearray(path.read_bytes())
    bits[-1] ^= 1
    with pytest.raises(UserError, match=WRITTEN), unchanged(path):
        path.write_bytes(bits)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = path.stat()
    assert (after.st_ino, after.st_size, after.st_mtime_ns) == (
        before.st_ino,
        before.st_size,
        before.st_mtime_ns,
    )


def test_layers_are_not_read_of_what_was_put_there_since(path: Path) -> None:
    model = load_model(ModelRequest(str(path)))
    saved_over(path)
    with pytest.raises(UserError, match="is not what it was .* was opened; open the model"):
        read_network(model, None)  # type: ignore[arg-type]


def test_the_same_content_is_read_again(path: Path) -> None:
    model = load_model(ModelRequest(str(path)))
    shutil.copy(path, path.with_name("same"))
    path.with_name("same").replace(path)
    with read_again(path, model.identity):
        pass


@pytest.mark.parametrize("name", ["model-00001-of-2.safetensors", "unet/config.json"])
def test_every_file_of_a_folder_counts_that_decides_something(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("one")
    with unchanged(tmp_path):
        (tmp_path / "training.log").write_text("epoch 7")
    with pytest.raises(UserError, match=WRITTEN), unchanged(tmp_path):
        file.write_text("another")


def test_weights_beside_an_onnx_file_count(tmp_path: Path) -> None:
    path, data = tmp_path / "m.onnx", tmp_path / "weights.bin"
    path.write_bytes(linear(["n", 3, 4, 4], external=data.name))
    data.write_bytes(MATRIX.tobytes())
    with pytest.raises(UserError, match=WRITTEN), unchanged(path):
        data.write_bytes((MATRIX + 1).tobytes())


def test_trees_are_not_read_of_what_was_put_there_since(tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("a,b,label\n0.1,0.5,0\n0.6,0.4,1\n0.9,0.2,1\n")
    path = onnx_file(tmp_path / "m.onnx", [(0, 0.5, [-1.0], [1.0])], 2)
    model = load_model(ModelRequest(str(path)))
    bound = model.bound_to(fitted(model, load_input(f"{rows}:1?columns=a,b")))
    assert bound.stumps is not None
    onnx_file(path, [(0, -3.0, [-1.0], [1.0])], 2)
    with pytest.raises(UserError, match="is not what it was when m.onnx was opened"):
        _ = bound.stumps


def test_a_name_is_no_file() -> None:
    with unchanged(Path("demo:digits-0.25")):
        pass
