from __future__ import annotations

import json
import subprocess
import sys

import pytest

from engine.core.errors import UserError
from engine.oracles import ORACLES, UNPARSEABLE, load_oracle


def written(folder, content) -> object:
    path = folder / "oracle.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_lines_and_json_say_the_same(tmp_path):
    lines = tmp_path / "rules.txt"
    lines.write_text("# commands\n\nleft: left, to port\nright: right\n")
    described = written(
        tmp_path,
        {"oracle": "keywords", "classes": {"left": ["left", "to port"], "right": ["right"]}},
    )
    a, b = load_oracle(lines), load_oracle(described)
    assert a.identity.sha256 == b.identity.sha256
    assert a.identity.class_names == ("left", "right", UNPARSEABLE)
    assert load_oracle(lines, source="shipped").identity.source == "shipped"


def test_every_kind_has_its_module():
    import importlib

    for key in ORACLES:
        assert callable(importlib.import_module(f"engine.oracles.{key}").from_description)


def test_no_torch_before_a_model_is_named():
    code = (
        "import sys, engine.oracles, engine.oracles.keywords, engine.oracles.equivalence, "
        "engine.oracles.audit, engine.oracles.classifier; print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{broken", "damaged JSON"),
        ({"oracle": "crystal ball"}, "names no oracle that is known ('crystal ball'"),
        ({"oracle": ["keywords"]}, "names no oracle that is known"),
        ("left left\n", "write a class, a colon and its words"),
        ("", "must name between 1 and 200 classes"),
        ({"oracle": "keywords"}, "must be an object of class names"),
        ({"oracle": "keywords", "classes": {"a": "left"}}, "a name and a list of words"),
    ],
)
def test_what_is_no_oracle_is_refused(tmp_path, content, sentence):
    with pytest.raises(UserError) as refusal:
        load_oracle(written(tmp_path, content))
    assert sentence in str(refusal.value)


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(UserError, match="Cannot read the oracle"):
        load_oracle(tmp_path / "none.txt")
    binary = tmp_path / "binary.txt"
    binary.write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(UserError, match="is not a text"):
        load_oracle(binary)
    large = tmp_path / "large.txt"
    large.write_bytes(b"a" * ((1 << 20) + 1))
    with pytest.raises(UserError, match=r"large\.txt is larger than 1 MiB\."):
        load_oracle(large)
