import pytest
from pydantic import ValidationError

from engine.core.errors import UserError
from engine.evidence.assignment import LINE, TEXT, Assignment, assigned


def test_what_is_written_is_kept_and_nothing_written_is_none():
    found = assigned(client=" ACME ", purpose="", auditor="Ada", remarks="one\ntwo")
    assert found == Assignment(client="ACME", auditor="Ada", remarks="one\ntwo")
    assert list(found.lines()) == [
        ("client", "ACME"),
        ("auditor", "Ada"),
        ("remarks", "one\ntwo"),
    ]
    assert assigned(client="  ", remarks="\n") is None


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("client", "x" * (LINE + 1), "The client must have at most 200 characters (it has 201)."),
        (
            "remarks",
            "x" * (TEXT + 1),
            "The remarks must have at most 1,000 characters (it has 1,001).",
        ),
        ("auditor", "a\x1b[2J", "The auditor must not hold control characters or direction marks."),
        ("client", "a\u202eb", "The client must not hold control characters or direction marks."),
        ("purpose", "a\nb", "The purpose must not hold control characters or direction marks."),
    ],
)
def test_what_cannot_be_shown_is_refused_when_typed_and_when_read(name, text, sentence):
    with pytest.raises(UserError) as error:
        assigned(**{name: text})
    assert str(error.value) == sentence
    with pytest.raises(ValidationError):
        Assignment(**{name: text})
