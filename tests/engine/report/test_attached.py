"""Illustrations that travel with a report, and what a reader refuses of them."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import pytest

from engine.core.errors import UserError
from engine.report import attached
from engine.report.plots import drawing
from tests.factories import make_evidence, make_illustrations

EVIDENCE, IMAGES = make_evidence(), make_illustrations()


def written() -> bytes:
    assert IMAGES.region is not None and IMAGES.examples is not None
    data = attached.attachment(IMAGES.region, drawing(IMAGES.examples))
    assert data is not None
    return data


def test_what_was_attached_is_read_back_number_by_number() -> None:
    region, examples = attached.read(written(), EVIDENCE)
    assert region is not None and examples is not None and IMAGES.examples is not None
    for name, value in IMAGES.region or ():
        np.testing.assert_array_equal(getattr(region, name), value)
    drawn = drawing(IMAGES.examples)
    assert examples.files == drawn.files and examples.alt == drawn.alt
    assert json.loads(json.dumps(examples.data)) == json.loads(json.dumps(drawn.data))
    assert attached.attachment(None, None) is None


def changed(*path: Any, to: Any) -> bytes:
    tree = json.loads(written())
    place = tree
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return json.dumps(tree).encode()


def svg(inside: str) -> str:
    frame = 'viewBox="0 0 9 9" width="9" height="9"'
    return base64.b64encode(
        f'<svg xmlns="http://www.w3.org/2000/svg" {frame}>{inside}</svg>'.encode()
    ).decode()


def test_drawings_of_graphs_are_lines_and_discs() -> None:
    good = svg('<path d="M1.0 2.0L3.0 4.0" stroke="#aabbcc" stroke-width="0.8"/>')
    _, examples = attached.read(changed("images", to={"noisy1.svg": good}), EVIDENCE)
    assert examples is not None and list(examples.files) == ["noisy1.svg"]


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        (b"{", "cannot be read"),
        (b"[]", "cannot be read"),
        (changed("slice", "base", "type", to="|O"), "cannot be read"),
        (changed("slice", "base", "shape", to=[3, 5]), "cannot be read"),
        (changed("slice", "extent", to="wide"), "cannot be read"),
        (changed("images", to={"../report.typ": "AAAA"}), "cannot be read"),
        (changed("images", to={"noisy1.png": "AAAA"}), "cannot be read"),
        (changed("images", to={"noisy1.svg": svg('<image href="/etc/hosts"/>')}), "cannot be read"),
        (changed("slice", "radius", to=9.0), "a larger radius"),
        (changed("slice", "norm", to="l1"), "another norm"),
        (changed("slice", "class_names", to=["a", "b"]), "other classes"),
    ],
)
def test_a_strangers_illustrations_are_refused_in_a_sentence(data: bytes, wrong: str) -> None:
    with pytest.raises(UserError, match=wrong):
        attached.read(data, EVIDENCE)
