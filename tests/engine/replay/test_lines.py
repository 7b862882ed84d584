"""Lines of cells keep the numbers that they have in the file."""

from pathlib import Path

import pytest

from engine.replay.lines import lines_of


@pytest.mark.parametrize(
    ("text", "numbered"),
    [
        ("a,b\n\n1,2\n", [(1, ["a", "b"]), (3, ["1", "2"])]),
        ("\n# said\nsep=;\na;b\n1;2\n", [(4, ["a", "b"]), (5, ["1", "2"])]),
        (
            '\n{"n": [3, 4]}\n\n{"n": [5, 6]}',
            [(2, ["n_0", "n_1"]), (2, ["3", "4"]), (4, ["5", "6"])],
        ),
        ("", []),
    ],
)
def test_numbers_of_lines(text: str, numbered: list[object]) -> None:
    assert list(lines_of(Path("v"), text.encode())) == numbered
