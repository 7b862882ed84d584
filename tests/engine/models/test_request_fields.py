"""One entry for each field, from which flags, cases, re-runs and arguments follow."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from engine.case.places import request_from, request_text
from engine.models.request import REQUEST_FIELDS, ModelRequest
from engine.models.request_fields import asked, request_fields


@dataclasses.dataclass(frozen=True)
class Asked:
    """A request with one field of each kind."""

    spec: str
    words: str = asked("auto", "words")
    count: int = asked(0, "count", "&Count", most=9)
    share: float | None = asked(None, "share")
    place: Path | None = asked(None, "place")


WORDS, COUNT, SHARE, PLACE = request_fields(Asked)


def test_a_field_knows_what_its_record_says_of_it() -> None:
    assert (WORDS.name, WORDS.kind, WORDS.optional, WORDS.flag) == ("words", str, False, "--words")
    assert (SHARE.kind, SHARE.optional, PLACE.kind, PLACE.file) == (float, True, Path, True)
    assert (COUNT.label, COUNT.default, WORDS.file) == ("Count", 0, False)


def test_a_value_comes_back_from_its_text() -> None:
    for field, value in ((COUNT, 7), (SHARE, 0.1 + 0.2), (PLACE, Path("a b")), (WORDS, "x")):
        assert field.read(field.text(value)) == value
        assert field.read("") == field.default and field.text(None) == ""


@pytest.mark.parametrize("text", ["x", "nan", "inf", "9" * 400, "1/0"])
def test_what_is_no_number_is_the_default(text: str) -> None:
    assert SHARE.read(text if text[0] != "9" else "1e400") is None
    assert COUNT.read(text if text[0] != "9" else "1.5") == 0


def test_a_case_keeps_what_is_given_and_what_it_has_always_named() -> None:
    case = Path("a.certiscope")
    named = {"spec", *(each.name for each in REQUEST_FIELDS if each.named), "class_names_path"}
    assert set(json.loads(request_text(ModelRequest("m"), case))) == named
    other = {str: "x", int: 3, float: 0.1 + 0.2, Path: Path("p")}
    for field in REQUEST_FIELDS:
        request = ModelRequest("m", **{field.name: other[field.kind]})
        assert field.given(request) and not field.given(ModelRequest("m"))
        assert request_from(request_text(request, case), "", case) == request
