from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.evidence import Evidence
from engine.files import sha256_file
from engine.verify import digests
from engine.verify.digests import check_input, check_model, located, model_digest


def with_model(evidence: Evidence, **changes: object) -> Evidence:
    model = evidence.model.model_copy(update=changes)
    return evidence.model_copy(update={"model": model})


def test_shipped_model_and_digit_are_found_anywhere(certified: Evidence, tmp_path: Path) -> None:
    assert check_model(certified, "", tmp_path).verdict == "holds"
    assert check_input(certified, "", tmp_path).verdict == "holds"


def test_files_are_found_beside_the_report_and_compared(
    certified: Evidence, tmp_path: Path
) -> None:
    file = tmp_path / "net.onnx"
    file.write_bytes(b"weights")
    moved = with_model(certified, source="elsewhere/net.onnx", sha256=sha256_file(file))
    assert check_model(moved, "", tmp_path).verdict == "holds"
    file.write_bytes(b"other weights")
    changed = check_model(moved, "", tmp_path)
    assert changed.verdict == "does not hold"
    assert "the evidence names" in changed.detail


def test_what_is_not_here_cannot_be_checked(certified: Evidence, tmp_path: Path) -> None:
    claim = check_model(with_model(certified, source="gone.onnx"), "", tmp_path)
    assert claim.line().startswith("model file: cannot be checked because gone.onnx is not here")
    image = certified.input.model_copy(update={"source": "gone.png"})
    claim = check_input(certified.model_copy(update={"input": image}), "", tmp_path)
    assert claim.verdict == "cannot be checked"


def test_another_input_is_noticed(certified: Evidence, tmp_path: Path) -> None:
    assert check_input(certified, "digits:18", tmp_path).verdict == "does not hold"
    picture = tmp_path / "other.png"
    Image.fromarray(np.zeros((8, 8), dtype=np.uint8)).save(picture)
    assert check_input(certified, str(picture), tmp_path).verdict == "does not hold"


def test_a_report_starts_no_download_and_reads_no_device(
    certified: Evidence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def load(spec: str) -> None:
        asked.append(spec)
        raise digests.UserError("stop.")

    monkeypatch.setattr(digests, "load_input", load)
    image = certified.input.model_copy(update={"source": "torchvision:MNIST:test:0?download"})
    check_input(certified.model_copy(update={"input": image}), "", tmp_path)
    assert asked == ["torchvision:MNIST:test:0"]
    assert located("/dev/zero", tmp_path) is None


def test_a_folders_digest_is_that_of_the_loader(tmp_path: Path) -> None:
    from engine.models import huggingface

    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"x")
    (tmp_path / "README.md").write_text("not counted")
    assert tuple(huggingface._DATA) == digests.FOLDER_DATA
    assert model_digest(str(tmp_path), tmp_path) == huggingface._digest(tmp_path)
