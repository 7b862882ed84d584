"""A request for a model as one text, ``a.pt + b.pt, combine=votes``, and as JSON. No torch.

A text names a model, or the members of an ensemble with ``+`` between them, and after commas what
else a request says, ``name=value``. A part that holds a comma, a plus or a quote itself stands in
double quotes, with a quote inside doubled; a value may go on after a comma, as in
``normalize=mean=.5,.5,.5,std=.2,.2,.2``, where no name follows. Consent to run code is in neither
form: it is given anew each time.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.core.errors import UserError
from engine.core.fields import as_number
from engine.models.request import REQUEST_FIELDS, ModelRequest
from engine.models.request_fields import RequestField

_FIELDS = {field.name: field for field in REQUEST_FIELDS}
_IN_PARTS = "normalize"
_WORDS = ("mean", "std", "scale", "channels", "resize")
"""The field whose values are made of parts, and the names of these."""
_NUMBERS = {"int": "a whole number", "float": "a number"}


def read_request(
    text: str, others: Collection[str] = (), *, trust: bool = False
) -> tuple[ModelRequest, dict[str, str]]:
    """The request that a text stands for.

    >>> read_request("demo:a + demo:b, combine=votes")[0].members
    ('demo:a', 'demo:b')

    Args:
        text: as above. The name of a file that is there is one model, whatever it is made of.
        others: names that belong to somebody else, such as the parameters of schemes.
        trust: consent to formats that can run code.

    Returns:
        The request, and the values of ``others`` as they were written.

    Raises:
        UserError: no model, no such name, or a value that is none.
    """
    first, *rest = _cut(text, ",")
    options: dict[str, str] = {}
    last = ""
    for part in rest:
        key, equals, value = (each.strip() for each in part.partition("="))
        key = key.replace("-", "_")
        goes_on = not equals or (last == _IN_PARTS and key in _WORDS)
        if last and goes_on:
            options[last] += f",{part}"
        elif equals and key in {*_FIELDS, *others}:
            last, options[key] = key, _bare(value)
        else:
            raise UserError(
                f"In '{text}', '{part}' is neither how a model is read nor a parameter of a "
                "scheme; say e.g. 'a.safetensors + b.safetensors, combine=votes'."
            )
    members = [first] if Path(first).exists() else [_bare(part) for part in _cut(first, "+")]
    if not all(members):
        raise UserError(f"'{text}' names no model where one is missing before or after a '+'.")
    given = {name: _value(_FIELDS[name], options.pop(name)) for name in _FIELDS if name in options}
    request = ModelRequest(_bare(members[0]), others=tuple(members[1:]), trust=trust)
    return replace(request, **given), options


def request_words(request: ModelRequest) -> str:
    """The text that :func:`read_request` reads as the same request."""
    names = " + ".join(map(_quoted, request.members or (request.spec,)))
    return ", ".join(filter(None, [names, request_options(request)]))


def request_options(request: ModelRequest) -> str:
    """What a request says beside the names of its models: ``combine=votes, consensus=2``."""
    return ", ".join(
        f"{field.name}={_quoted(field.text(getattr(request, field.name)))}"
        for field in REQUEST_FIELDS
        if field.given(request)
    )


def request_json(request: ModelRequest) -> str | dict[str, Any]:
    """A request for a file: the name of a model that is read as usual, else what is said of it."""
    said = {
        field.name: _plain(getattr(request, field.name))
        for field in REQUEST_FIELDS
        if field.given(request)
    }
    if not said and not request.others:
        return request.spec
    others = {"others": list(request.others)} if request.others else {}
    return {"spec": request.spec, **others, **said}


def request_of(found: Any) -> Any:
    """The request of :func:`request_json`; whatever is none comes back as it is.

    Raises:
        ValueError: it names what no request has.
    """
    if isinstance(found, str):
        return ModelRequest(found)
    if not isinstance(found, dict):
        return found
    unknown = found.keys() - _FIELDS.keys() - {"spec", "others"}
    if unknown or not isinstance(found.get("spec"), str):
        raise ValueError(f"no request for a model has {', '.join(sorted(unknown)) or 'no name'}")
    values = {name: _FIELDS[name].read(str(found[name])) for name in found if name in _FIELDS}
    return ModelRequest(found["spec"], others=tuple(map(str, found.get("others", ()))), **values)


def _value(field: RequestField, text: str) -> Any:
    kind = field.kind.__name__
    if kind in _NUMBERS:
        try:
            return as_number(text, kind)
        except (ValueError, OverflowError) as error:
            raise UserError(f"{field.name} must be {_NUMBERS[kind]} (it was '{text}').") from error
    return field.read(text)


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | float) else str(value)


def _cut(text: str, sign: str) -> list[str]:
    """The parts between signs that stand in no quotes."""
    parts, quoted = [""], False
    for letter in text:
        quoted ^= letter == '"'
        if letter == sign and not quoted:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]


def _bare(part: str) -> str:
    """A part without its quotes."""
    if len(part) > 1 and part[0] == part[-1] == '"':
        return part[1:-1].replace('""', '"')
    return part


def _quoted(name: str) -> str:
    """A name that is taken whole."""
    if any(sign in name for sign in ',+"') or name != name.strip():
        return '"' + name.replace('"', '""') + '"'
    return name
