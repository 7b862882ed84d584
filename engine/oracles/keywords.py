"""Words and regular expressions per class; the first class with a match takes the answer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from engine.core.errors import UserError, quoted
from engine.core.records import OracleIdentity
from engine.oracles.base import UNPARSEABLE, Oracle

KEY = "keywords"
_MOST_CLASSES, _MOST_RULES, _LONGEST_RULE = 200, 2000, 200
_READ = 1000
"""Characters of an answer that the rules look at."""
_MOST_LOOPS, _LONG_LOOP = 2, 50
"""Long repetitions in one expression: the time grows with this power of an answer's length."""
_LOOPS = ("MAX_REPEAT", "MIN_REPEAT")
_HEAVY = (*_LOOPS, "BRANCH", "GROUPREF")

Rules = list[tuple[str, list[str]]]
"""Class names in declared order, each with its words and ``/expressions/``."""


class KeywordOracle(Oracle):
    """Rules are tried in declared order, without regard to case; words match whole words only.

    Args:
        rules: classes in order.
        source: the file they come from.

    Raises:
        UserError: a rule that cannot be, or an expression that could run for ever.
    """

    def __init__(self, rules: Rules, *, source: str) -> None:
        _check(rules, source)
        self._patterns = [[_pattern(rule, source) for rule in each] for _, each in rules]
        names = [name for name, _ in rules if name != UNPARSEABLE]
        self._targets = [
            len(names) if name == UNPARSEABLE else names.index(name) for name, _ in rules
        ]
        self._unparseable = len(names)
        self.identity = OracleIdentity(
            key=KEY,
            source=source,
            summary=f"keywords: {len(names)} classes in declared order, first match wins",
            class_names=(*names, UNPARSEABLE),
            rules={"oracle": KEY, "classes": [[name, list(each)] for name, each in rules]},
        )

    def classify(self, answers: Sequence[str]) -> list[int]:
        """The first class with a match; ``unparseable`` where there is none."""
        return [self._one(answer) for answer in answers]

    def _one(self, answer: str) -> int:
        text = " ".join(answer[:_READ].split())
        for target, patterns in zip(self._targets, self._patterns, strict=True):
            if any(pattern.search(text) for pattern in patterns):
                return target
        return self._unparseable


def from_description(content: Mapping[str, Any], source: str) -> KeywordOracle:
    """The oracle of ``{"oracle": "keywords", "classes": {"left": ["left", "/port(side)?/"]}}``.

    Raises:
        UserError: no such description.
    """
    classes = content.get("classes")
    pairs = list(classes.items()) if isinstance(classes, dict) else classes
    if not isinstance(pairs, list):
        raise UserError(f"{source}: its classes must be an object of class names with their words.")
    rules: Rules = []
    for pair in pairs:
        if not (isinstance(pair, (list, tuple)) and len(pair) == 2 and isinstance(pair[1], list)):
            raise UserError(f"{source}: every class needs a name and a list of words.")
        rules.append((str(pair[0]).strip(), [str(rule) for rule in pair[1]]))
    return KeywordOracle(rules, source=source)


def from_text(text: str, source: str) -> KeywordOracle:
    """The oracle of lines such as ``turn left: left, /port(side)?/``; # starts a comment.

    Raises:
        UserError: a line that is no rule.
    """
    rules: Rules = []
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        name, colon, words = line.partition(":")
        if not colon:
            raise UserError(
                f"{source}, line {number}: write a class, a colon and its words, e.g. "
                "turn left: left, go left."
            )
        rules.append((name.strip(), [word.strip() for word in _split(words) if word.strip()]))
    return KeywordOracle(rules, source=source)


def _split(words: str) -> list[str]:
    """At commas, except inside an expression between slashes."""
    return re.findall(r"\s*/(?:[^/\\]|\\.)*/\s*|[^,]+", words)


def _check(rules: Rules, source: str) -> None:
    names = [name for name, _ in rules]
    if len(set(names) - {UNPARSEABLE}) < 1 or len(names) > _MOST_CLASSES:
        raise UserError(f"{source} must name between 1 and {_MOST_CLASSES} classes.")
    twice = next((name for name in names if names.count(name) > 1 or not name), None)
    if twice is not None:
        raise UserError(f"{source}: every class needs a name of its own ('{quoted(twice)}').")
    empty = next((name for name, each in rules if not each), None)
    if empty is not None:
        raise UserError(f"{source}: the class '{quoted(empty)}' has no words.")
    if sum(len(each) for _, each in rules) > _MOST_RULES:
        raise UserError(f"{source} has more than {_MOST_RULES:,} rules.")


def _pattern(rule: str, source: str) -> re.Pattern[str]:
    if not rule.strip() or len(rule) > _LONGEST_RULE:
        raise UserError(
            f"{source}: a rule must have between 1 and {_LONGEST_RULE} characters "
            f"('{quoted(rule, 40)}')."
        )
    if not (len(rule) > 2 and rule.startswith("/") and rule.endswith("/")):
        words = r"\s+".join(re.escape(word) for word in rule.split())
        return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)
    expression = rule[1:-1]
    try:
        pattern = re.compile(expression, re.IGNORECASE)
        parsed = list(re._parser.parse(expression))
        runaway = _runs_away(parsed) or _long_loops(parsed) > _MOST_LOOPS
    except (re.error, OverflowError, RecursionError) as error:
        raise UserError(
            f"{source}: {quoted(rule, 60)} is not a regular expression ({quoted(error, 60)})."
        ) from error
    if runaway:
        raise UserError(
            f"{source}: {quoted(rule, 60)} repeats a repetition or a choice, or more than "
            f"{_MOST_LOOPS} things without end, which can take for ever on some answers; write it "
            "without."
        )
    return pattern


def _runs_away(parsed: Sequence[Any], *, looping: bool = False) -> bool:
    """Whether a repetition, choice or back reference lies inside a repetition."""
    for operation, argument in parsed:
        name = str(operation)
        if looping and name in _HEAVY or name == "GROUPREF":
            return True
        inside = looping or name in _LOOPS and argument[1] != 1
        if any(_runs_away(part, looping=inside) for part in _parts(argument)):
            return True
    return False


def _long_loops(parsed: Sequence[Any]) -> int:
    """Repetitions without an end that is near."""
    return sum(
        (str(operation) in _LOOPS and argument[1] > _LONG_LOOP)
        + sum(map(_long_loops, _parts(argument)))
        for operation, argument in parsed
    )


def _parts(argument: Any) -> list[list[Any]]:
    """The parsed parts nested in an operation's argument."""
    import re._parser as parser  # type: ignore[import-not-found]

    if isinstance(argument, parser.SubPattern):
        return [list(argument)]
    if isinstance(argument, (list, tuple)):
        return [part for each in argument for part in _parts(each)]
    return []
