from __future__ import annotations

import threading

import pytest
import torch
from torch import nn
from transformers import AutoModel, AutoTokenizer

from engine.core import downloads
from engine.core.errors import UserError
from engine.models import pretrained
from engine.models.pretrained import GrowthError, bounded, open_text_part
from tests.pretrained import bert_tokenizer


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


def test_what_a_file_names_alone_comes_out_of_the_cache_or_not_at_all(tmp_path, monkeypatch):
    import huggingface_hub

    asked, kept = [], {"owner/kept"}

    def snapshot(spec, allow_patterns, *, local_files_only=False):
        asked.append((spec, local_files_only))
        if local_files_only and spec not in kept:
            raise OSError("not in the cache")
        return tmp_path

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot)
    with downloads.only("owner/named"):
        assert pretrained.local_folder("owner/named", ("*",)) == tmp_path
        assert pretrained.local_folder("owner/kept", ("*",)) == tmp_path
        with pytest.raises(UserError, match="a file's word is enough for no download; name it"):
            pretrained.local_folder("owner/stranger", ("*",))
    assert asked == [("owner/named", False), ("owner/kept", True), ("owner/stranger", True)]


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


def test_a_network_that_its_file_can_fill_is_built():
    with bounded(4 * 100 * 100):
        network = nn.Sequential(nn.Linear(100, 100), nn.BatchNorm1d(100))
    assert network(torch.zeros(2, 100)).shape == (2, 100)


def test_a_layer_larger_than_the_file_stops_the_building():
    refused = pytest.raises(GrowthError, match="more than 1,000,000,000,000 numbers")
    with torch.device("meta"), refused, bounded(10_000):
        nn.Linear(10**6, 10**6)


def test_more_parts_than_any_network_has_stop_the_building():
    layers, empty = nn.ModuleList(), nn.Identity()
    with pytest.raises(GrowthError, match="20,001 parts"), bounded(10**9):
        for _ in range(10**6):
            layers.append(empty)


def test_it_ends_with_the_block_and_counts_this_thread_alone():
    with pytest.raises(KeyError), bounded(10):
        raise KeyError
    with bounded(10):
        other = threading.Thread(target=nn.Linear, args=(2000, 2000))
        other.start()
        other.join()
    nn.Linear(2000, 2000)


def test_a_missing_sentencepiece_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("engine.models.pretrained.find_spec", lambda name: None)
    (tmp_path / "spiece.model").write_bytes(b"\n\x03")
    with pytest.raises(UserError) as error:
        open_text_part(AutoTokenizer, tmp_path, "tokenizer")
    assert str(error.value) == (
        f"{tmp_path}: its tokenizer is a SentencePiece model (spiece.model), which needs a package "
        "that is not installed; pip install sentencepiece, or save the tokenizer as "
        "tokenizer.json where it is."
    )
    bert_tokenizer(tmp_path)  # with a tokenizer.json nothing else is needed
    assert len(open_text_part(AutoTokenizer, tmp_path, "tokenizer")) > 10
