from __future__ import annotations

import io

from rich.table import Table

from engine.cli.terminal import Terminal, write_json, write_line

HOSTILE = "\x1b[2J\x9b2Jname\u202e\r"


class Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_texts_and_cells_steer_no_terminal() -> None:
    out = io.StringIO()
    terminal = Terminal(file=out, width=200)
    table = Table(HOSTILE)
    table.add_row(HOSTILE)
    terminal.print(HOSTILE, markup=False)
    terminal.print(table)
    terminal.print("two\nlines")
    told = out.getvalue()
    assert not {"\x1b", "\x9b", "\u202e", "\r"} & set(told)
    assert told.count("\\x1b[2J") == 3 and "two\nlines" in told


def test_a_line_is_one_line() -> None:
    out = io.StringIO()
    write_line(out, f"{HOSTILE}\nAll 16 claims hold.")
    assert out.getvalue().count("\n") == 1 and "\x1b" not in out.getvalue()


def test_json_is_left_alone_unless_it_goes_onto_a_terminal() -> None:
    for stream, raw in ((io.StringIO(), True), (Tty(), False)):
        write_json(stream, '{"a": "\x9b\u202e"}\n')
        assert ("\x9b" in stream.getvalue()) == raw
        assert stream.getvalue().endswith("}\n")
