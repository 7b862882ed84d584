"""``certiscope schema``: the JSON Schema of evidence."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from engine.cli.outcome import CERTIFIED


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
