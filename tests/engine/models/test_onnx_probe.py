"""Models that would end, fill or hang the program; met in a child instead."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from engine.core.errors import UserError
from engine.models import ModelRequest, load_model, onnx_probe
from engine.models.onnx_probe import probe
from tests.hostile.onnx import constant, linear, loop

linux = pytest.mark.skipif(sys.platform != "linux", reason="needs limits of a process")


def looked(tmp_path: Path, content: bytes) -> None:
    copy = tmp_path / "copy.onnx"
    copy.write_bytes(content)
    probe(copy, None, shown=Path("mine.onnx"))


def test_a_sound_model_passes(tmp_path):
    looked(tmp_path, linear(["n", 3, 4, 4]))
    looked(tmp_path, constant(1000))
    looked(tmp_path, loop(3))


def test_a_free_size_is_told_to_the_child(tmp_path):
    copy = tmp_path / "copy.onnx"
    copy.write_bytes(linear(["n", 3, "h", "w"]))
    probe(copy, (3, 4, 4), shown=copy)
    with pytest.raises(UserError, match=r"^mine\.onnx does not fix the size of its image"):
        probe(copy, None, shown=Path("mine.onnx"))


def test_refusals_name_the_file_as_the_user_did(tmp_path):
    with pytest.raises(UserError, match=r"^mine\.onnx is a damaged or truncated ONNX file"):
        looked(tmp_path, b"\x08\x08\xff")


@linux
def test_memory_that_a_number_asks_for_is_not_taken(tmp_path):
    with pytest.raises(UserError, match=r"^mine\.onnx takes more than 2\.0 GB of memory for two"):
        looked(tmp_path, constant(3 * 10**9))


@pytest.mark.thorough
def test_a_model_that_never_ends_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(onnx_probe, "SECONDS", 3.0)
    path = tmp_path / "m.onnx"
    path.write_bytes(loop(10**15))
    with pytest.raises(UserError, match=r"m\.onnx takes longer than 3 s to open and to run once"):
        load_model(ModelRequest(str(path)))


@pytest.mark.parametrize("status", [-11, -9, 1])
def test_a_child_that_dies_is_a_sentence(tmp_path, monkeypatch, status):
    died = subprocess.CompletedProcess([], status, b"", b"")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: died)
    with pytest.raises(UserError, match=r"^mine\.onnx makes onnxruntime fail without a message"):
        looked(tmp_path, b"")


def test_no_file_beside_the_model_is_taken_for_a_library(tmp_path):
    (tmp_path / "numpy.py").write_text("open('ran', 'w')")
    (tmp_path / "onnxruntime.py").write_text("open('ran', 'w')")
    looked(tmp_path, linear(["n", 3, 4, 4]))
    assert not (tmp_path / "ran").exists()


def test_the_child_loads_no_torch():
    code = "import engine.models.onnx_probe, sys; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[3])


def test_columns_are_met_in_the_child_too(tmp_path):
    golden = Path(__file__).parents[2] / "golden" / "pumps.onnx"
    looked(tmp_path, golden.read_bytes())
