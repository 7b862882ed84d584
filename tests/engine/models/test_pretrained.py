from __future__ import annotations

import pytest
from transformers import AutoModel, AutoTokenizer

from engine.core.errors import UserError
from engine.models import pretrained


def test_folders_and_names(tmp_path, monkeypatch):
    import huggingface_hub

    assert pretrained.local_folder(str(tmp_path), ("*",)) == tmp_path
    monkeypatch.setattr(huggingface_hub, "snapshot_download", lambda spec, allow_patterns: tmp_path)
    assert pretrained.local_folder("owner/name", ("*",)) == tmp_path

    def fails(spec, allow_patterns):
        raise OSError("no network")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", fails)
    with pytest.raises(UserError, match=r"Cannot get owner/name .* \(no network\)"):
        pretrained.local_folder("owner/name", ("*",))
    with pytest.raises(UserError, match="There is no folder nowhere"):
        pretrained.local_folder("nowhere", ("*",))


def test_weights_must_be_safetensors(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80")
    with pytest.raises(UserError, match="has no safetensors file"):
        pretrained.read_config(tmp_path)


def test_what_does_not_open_is_said_in_a_sentence(tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    (tmp_path / "model.safetensors").write_bytes(b"broken")
    with pytest.raises(
        UserError, match="cannot be opened as a sentence model|much larger than its weights"
    ):
        pretrained.open_network(AutoModel, tmp_path, "a sentence model")
    with pytest.raises(UserError, match="has no tokenizer that opens"):
        pretrained.open_text_part(AutoTokenizer, tmp_path, "tokenizer")
