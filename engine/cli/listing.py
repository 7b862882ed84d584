"""``certiscope schemes``, ``schema`` and ``doctor``: what there is."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict
from json import dumps
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from engine import schemes
from engine.cli.outcome import CERTIFIED, FAILURE
from engine.cli.output import print_text
from engine.cli.terminal import Terminal
from engine.core.fields import FieldSpec, field_specs
from engine.core.glossary import meaning
from engine.schemes import Scheme, scheme_class

_MARKS = {"ok": "[green]ok[/]", "note": "[yellow]note[/]", "bad": "[red]bad[/]"}


_Json = Annotated[str, typer.Option("--json", help="As JSON instead; '-' is standard output.")]


_Key = Annotated[str, typer.Argument(metavar="[KEY]", help="One of them, in full.")]


def schemes_command(key: _Key = "", *, json: _Json = "") -> int:
    """List the schemes: what the attacker may do, parameters, source; or show one in full."""
    shown = [scheme_class(key)] if key else list(schemes.SCHEMES)
    if json:
        return _as_json([_as_data(scheme) for scheme in shown], json)
    console = Terminal(soft_wrap=not sys.stdout.isatty())
    for scheme in shown:
        console.print(f"[bold]{scheme.key}[/]  {scheme.title}", highlight=False)
        table = _table(2)
        for name, value in _card(scheme) if key else _facts(scheme):
            table.add_row(f"  {name}", escape(value))
        console.print(table, highlight=False)
    return CERTIFIED


def _card(scheme: type[Scheme]) -> Iterator[tuple[str, str]]:
    """All facts, and noise, region, commands and limits; with the usual parameters."""
    usual, kind = scheme(), scheme.region_type.model_fields["kind"].default
    for name, value in _facts(scheme):
        if name == "guarantee":
            yield "noise", usual.noise_in_words()
            yield "region", f"{kind}: {meaning(kind)}" if meaning(kind) else kind
            yield "commands", ", ".join(_commands(usual))
        yield name, value
    for sentence in scheme.limits:
        yield "does not say", sentence


def _commands(scheme: Scheme) -> Iterator[str]:
    """What may be run with it; what is exact tests nothing, and needs no plan and no phases."""
    yield from ("certify", "audit")
    if scheme.counted is None:
        yield from ("predict", "plan")
        if not scheme.sweeps:
            yield "decide"


def _facts(scheme: type[Scheme]) -> Iterator[tuple[str, str]]:
    yield "inputs", ", ".join(scheme.inputs)
    yield "the attacker may", scheme.attacker
    for spec in field_specs(scheme):
        yield spec.flag, _parameter(spec)
    for name, term in scheme.terms.items():
        yield f"--at {name}=X", str(term)
    yield "guarantee", f"{scheme.randomness}, {scheme.guarantee}"
    yield "source", scheme.citation


def _as_json(data: object, target: str) -> int:
    print_text(dumps(data, indent=2, ensure_ascii=False) + "\n", target)
    return CERTIFIED


def _as_data(scheme: type[Scheme]) -> dict[str, object]:
    return {
        "key": scheme.key,
        "title": scheme.title,
        "inputs": list(scheme.inputs),
        "attacker": scheme.attacker,
        "parameters": [asdict(spec) for spec in field_specs(scheme)],
        "terms": {name: str(term) for name, term in scheme.terms.items()},
        "guarantee": f"{scheme.randomness}, {scheme.guarantee}",
        "source": scheme.citation,
    }


def doctor_command(*, json: _Json = "") -> int:
    """Say whether this machine has what Certiscope needs; exit status 1 where it has not."""
    from engine.system.doctor import examine, healthy

    console = Terminal(soft_wrap=True)
    findings = list(examine())
    if json:
        _as_json([asdict(finding) for finding in findings], json)
        return CERTIFIED if healthy(findings) else FAILURE
    table = _table(3)
    for finding in findings:
        table.add_row(_MARKS[finding.level], finding.topic, finding.value)
    console.print(table)
    for finding in findings:
        if finding.advice:
            console.print(f"{finding.topic}: {finding.advice}", markup=False, highlight=False)
    return CERTIFIED if healthy(findings) else FAILURE


def _table(columns: int) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    for _ in range(columns):
        table.add_column(overflow="fold")
    return table


def _parameter(spec: FieldSpec) -> str:
    unit = f", {spec.unit}" if spec.unit else ""
    return f"{spec.help or spec.title}{unit}; default {spec.default}"


def schema_command(
    *,
    schemes: Annotated[
        bool, typer.Option("--schemes", help="The parameters of every scheme instead.")
    ] = False,
) -> int:
    """Print the JSON Schema that exported evidence follows."""
    from engine.evidence.json_schema import schema_text, schemes_schema

    sys.stdout.write(schema_text(schemes_schema() if schemes else None))
    return CERTIFIED
