"""The README states what the program has: schemes, bounds, commands, files."""

import re
from pathlib import Path

import pytest

from engine.bounds import BOUND_METHODS, bound_method
from engine.core.fields import field_specs
from engine.schemes import SCHEMES

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda s: s.key)
def test_scheme_table(scheme):
    (row,) = [line for line in README.splitlines() if line.startswith(f"| `{scheme.key}` |")]
    assert scheme.attacker in row
    assert all(spec.flag in row for spec in field_specs(scheme))
    assert all(f"`{term}`" in row for term in scheme.terms)


@pytest.mark.parametrize("method", (*BOUND_METHODS, bound_method("soft")), ids=lambda m: m.key)
def test_bound_table(method):
    assert f"| `{method.key}`" in README


def test_every_link_leads_to_a_file():
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_two_commands_are_make_targets():
    makefile = (ROOT / "Makefile").read_text()
    for name in re.findall(r"make ([a-z-]+)", README):
        assert re.search(rf"^{name}:", makefile, re.MULTILINE), name


@pytest.mark.thorough
def test_the_script_runs(monkeypatch, tmp_path, capsys):
    (script,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    exec(compile(script, "README.md", "exec"), {"__name__": "readme"})
    assert (tmp_path / "certified-accuracy.svg").read_text().startswith("<svg")
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 3
    assert all("20 of 20 inputs" in line for line in printed)
