from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.core.errors import UserError
from engine.models.request import REQUEST_FIELDS, ModelRequest
from engine.models.request_text import read_request, request_json, request_of, request_words

REQUESTS = {
    "demo:a": ModelRequest("demo:a"),
    "demo:a + demo:b, combine=logits": ModelRequest("demo:a", others=("demo:b",)),
    "a + b + c, combine=votes, consensus=2": ModelRequest(
        "a", others=("b", "c"), combine="votes", consensus=2
    ),
    "a, denoiser=demo:digits-denoiser": ModelRequest("a", denoiser="demo:digits-denoiser"),
    'a, normalize="mean=.5,.5,.5,std=.2,.2,.2"': ModelRequest(
        "a", normalize="mean=.5,.5,.5,std=.2,.2,.2"
    ),
    '"odd, ""name"" + plus.pt" + b, denoiser="c,d.pt", combine=softmax': ModelRequest(
        'odd, "name" + plus.pt', others=("b",), combine="softmax", denoiser="c,d.pt"
    ),
    "a, class_names=names.txt, output=1:4, threshold=0.5, max_new_tokens=7": ModelRequest(
        "a", class_names=Path("names.txt"), output="1:4", threshold=0.5, max_new_tokens=7
    ),
}


@pytest.mark.parametrize(("text", "request_"), REQUESTS.items())
def test_a_request_is_the_same_after_it_was_written(text: str, request_: ModelRequest) -> None:
    words = request_words(request_)
    assert sorted(words.split(", ")) == sorted(text.split(", "))
    assert read_request(words) == (request_, {}) == read_request(text)
    kept = json.loads(json.dumps(request_json(request_)))
    assert request_of(kept) == request_


def test_what_is_read_as_usual_is_its_name_alone() -> None:
    assert request_json(ModelRequest("demo:a", trust=True)) == "demo:a"
    assert request_json(ModelRequest("a", others=("b",))) == {
        "spec": "a",
        "others": ["b"],
        "combine": "logits",
    }


def test_spaces_and_dashes_do_not_matter_and_values_go_on_after_a_comma() -> None:
    text = "a+b ,class-names = names.txt,normalize=mean=.5,.5,.5,std=.2,.2,.2,scale=255,sigma=0.25"
    request, others = read_request(text, {"sigma", "scale"}, trust=True)
    assert request.members == ("a", "b") and request.class_names == Path("names.txt")
    assert request.normalize == "mean=.5,.5,.5,std=.2,.2,.2,scale=255" and request.trust
    assert others == {"sigma": "0.25"}


def test_a_file_that_is_there_is_one_model_whatever_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a+b.pt").touch()
    assert read_request("a+b.pt")[0] == ModelRequest("a+b.pt")
    assert read_request("a+c.pt")[0].members == ("a", "c.pt")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a, speed=3", "In 'a, speed=3', 'speed=3' is neither how a model is read nor a parameter"),
        ("a, b", "'b' is neither how a model is read"),
        ("a, consensus=two", "consensus must be a whole number (it was 'two')."),
        ("a, threshold=high", "threshold must be a number (it was 'high')."),
        ("a + ", "'a + ' names no model where one is missing before or after a '+'."),
        ("", "names no model"),
    ],
)
def test_what_names_nothing_is_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(UserError) as refused:
        read_request(text)
    assert sentence in str(refused.value)


def test_a_file_that_holds_no_request_is_refused() -> None:
    for found in ({"others": ["b"]}, {"spec": "a", "speed": 3}):
        with pytest.raises(ValueError, match="no request for a model has"):
            request_of(found)
    assert request_of(3) == 3


def test_every_field_has_a_place_in_both_forms() -> None:
    for field in REQUEST_FIELDS:
        assert field.kind in (str, int, float, Path)
