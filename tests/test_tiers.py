"""Two tiers of tests: `make test` runs both, `make test-fast` leaves out what is thorough."""

from __future__ import annotations

import ast
import random
import secrets
from pathlib import Path

import pytest

from tests.tiers import own_lots, share_out

ROOT = Path(__file__).resolve().parents[1]


def marked(mark: str) -> list[tuple[str, list[str]]]:
    """Names of the tests that carry a mark, with their decorators."""
    return [
        (node.name, decorators)
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
        and f"pytest.mark.{mark}" in (decorators := [ast.unparse(d) for d in node.decorator_list])
    ]


def test_a_walk_has_cases_and_is_not_left_out_whole() -> None:
    walks = marked("walk")
    assert walks and marked("thorough")
    for name, decorators in walks:
        assert any("parametrize" in one for one in decorators), name
        assert "pytest.mark.thorough" not in decorators, name


def test_of_a_walk_the_first_case_is_fast() -> None:
    class Item:
        def __init__(self, nodeid: str, *, walk: bool = True) -> None:
            self.nodeid, self.walk, self.added = nodeid, walk, list[str]()

        def get_closest_marker(self, name: str) -> bool | None:
            return name == "walk" and self.walk or None

        def add_marker(self, name: str) -> None:
            self.added.append(name)

    items = [Item("a::t[1]"), Item("a::t[2]"), Item("b::t[1]"), Item("b::u[1]", walk=False)]
    share_out(items)  # type: ignore[arg-type]
    assert [item.added for item in items] == [[], ["thorough"], [], []]


def test_all_tests_are_run_before_a_change_is_handed_in() -> None:
    """Nothing but `make test-fast` names the thorough ones."""
    assert "thorough" not in (ROOT / "pyproject.toml").read_text("utf-8").partition("markers")[0]
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert "thorough and" not in makefile.partition("test-fast:")[0]
    assert "-m 'not thorough and not statistics" in makefile
    assert "make test\n" in (ROOT / ".ci" / "run").read_text("utf-8")


def test_lots_follow_from_the_name_of_a_test(request: pytest.FixtureRequest) -> None:
    drawn = []
    for _ in range(2):
        with own_lots(request.node):
            drawn.append((secrets.randbits(63), random.SystemRandom().random()))
    assert drawn[0] == drawn[1]
    before = secrets.randbits(63)
    assert before != secrets.randbits(63)


@pytest.mark.statistics
def test_statistics_draw_as_the_program_does(request: pytest.FixtureRequest) -> None:
    kept = secrets.randbits
    with own_lots(request.node):
        assert secrets.randbits is kept
