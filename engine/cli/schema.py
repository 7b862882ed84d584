"""``certiscope schema``: the JSON Schema of evidence."""

from __future__ import annotations

import sys

from engine.cli.outcome import CERTIFIED


def schema_command() -> int:
    """Print the JSON Schema that exported evidence follows."""
    from engine.evidence.json_schema import schema_text

    sys.stdout.write(schema_text())
    return CERTIFIED
