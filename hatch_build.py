"""Builds the wheel: `certiscope` is the only name that an installation adds.

In the checkout the rooms ``engine/`` and ``gui/`` lie beside ``certiscope/`` and import each other
under these names. In the wheel they lie inside it, and every import says so: ``engine`` becomes
``certiscope.engine``. A researcher's own ``engine.py`` is neither hidden nor mistaken for ours.
An editable installation is the checkout itself, names and all.
"""

from __future__ import annotations

import ast
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOMS = ("engine", "gui")
ASSETS = (
    "denoisers", "examples", "icons", "models", "recorded", "report", "schema", "slides", "tables",
    "talks",
)  # fmt: skip
_IMPORT = re.compile(rf"^(\s*)(from|import) ({'|'.join(ROOMS)})(?=[. ])", re.MULTILINE)


class RoomsInside(BuildHookInterface[Any]):
    """Puts the rooms into the package, with imports that find them there."""

    _folder: Path | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the package as it is installed, and have it taken into the wheel."""
        if version == "editable":
            return
        root, self._folder = Path(self.root), Path(tempfile.mkdtemp(prefix="certiscope-"))
        for room in ("certiscope", *ROOMS):
            for source in (root / room).rglob("*.py"):
                inside = () if room == "certiscope" else (room,)
                target = self._folder.joinpath(*inside, source.relative_to(root / room))
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(inside_names(source.read_text("utf-8")), "utf-8")
        for folder in ASSETS:
            shutil.copytree(root / "assets" / folder, self._folder / "assets" / folder)
        build_data["force_include"][str(self._folder)] = "certiscope"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what was written."""
        if self._folder is not None:
            shutil.rmtree(self._folder)


def inside_names(text: str) -> str:
    """A module's source with every import of a room turned to one of ``certiscope``'s.

    Raises:
        ValueError: ``import engine.x`` binds a name that is used and would no longer be there.

    >>> inside_names("from engine.bounds import eprocess")
    'from certiscope.engine.bounds import eprocess'
    """
    turned = _IMPORT.sub(r"\1\2 certiscope.\3", text)
    nodes = list(ast.walk(ast.parse(turned)))
    plain = any(
        one.name.startswith("certiscope.") and not one.asname
        for node in nodes
        if isinstance(node, ast.Import)
        for one in node.names
    )
    if plain and any(isinstance(node, ast.Name) and node.id in ROOMS for node in nodes):
        raise ValueError("write 'from engine... import ...' where the name is used")
    return turned
