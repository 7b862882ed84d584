from __future__ import annotations

from engine.models.pretrained_files import READING, WRITING, folder_digest


def test_the_digest_is_over_what_decides_and_nothing_else(tmp_path):
    for name in ("config.json", "model.safetensors", "tokenizer.json", "generation_config.json"):
        (tmp_path / name).write_text(name)
    reading, writing = folder_digest(tmp_path, READING), folder_digest(tmp_path, WRITING)
    assert reading != writing
    (tmp_path / "README.md").write_text("words")
    assert folder_digest(tmp_path, WRITING) == writing
    (tmp_path / "generation_config.json").write_text("other")
    assert folder_digest(tmp_path, READING) == reading
    assert folder_digest(tmp_path, WRITING) != writing
    (tmp_path / "tokenizer.json").write_text("other")
    assert folder_digest(tmp_path, READING) != reading
