"""Makes the recorded cases of the welcome page: runs by the command line, and pictures of them.

Every case is run once, as anybody would run it, with a seed that is drawn; what comes out is
shipped, whatever it is.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from engine.core.errors import UserError
from engine.core.files import sha256_bytes, write_atomically
from engine.core.generators import result_of
from engine.demos.gallery import CASES, INDEX, GalleryCase, Recorded
from engine.demos.gallery_pictures import page_picture, shrunk
from engine.evidence.evidence import Evidence
from engine.evidence.statement import headline_of
from engine.explain.slices import explore
from engine.figures.bounds import bounds_figure
from engine.figures.regions import region_figure
from engine.figures.votes import votes_figure
from engine.inputs import load_input
from engine.models import ModelRequest, fitted, load_model
from engine.report.drawing import render_figure
from engine.report.enumerated import is_map
from engine.report.plots import Figure

_ENCRYPTED = "encrypted"
_SERVED = re.compile(r"127\.0\.0\.1:\d+")
_DONE = (0, 3)
"""Exit statuses of a run that has a result: certified, and abstained."""
_SLICE_SECONDS = 20.0


def record(keys: Sequence[str], folder: Path) -> Iterator[Path]:
    """Run cases and draw them; without a key, all of them.

    Args:
        keys: of :data:`engine.demos.gallery.CASES`.
        folder: where evidence, pictures and the index are written.

    Yields:
        what was written.

    Raises:
        UserError: a run had no result.
    """
    for case in CASES:
        if keys and case.key not in keys:
            continue
        if case.command:
            path = folder / f"{case.key}.json"
            write_atomically(path, recorded(case), folders=True)
            yield path
        yield from _draw(case, folder)
    yield _write_index(folder)


def recorded(case: GalleryCase) -> bytes:
    """The evidence of a run of a case.

    Raises:
        UserError: it had no result.
    """
    with tempfile.TemporaryDirectory(prefix="certiscope-") as scratch:
        path = Path(scratch) / "evidence.json"
        words = [*shlex.split(case.command), "--json", str(path), "--quiet"]
        if case.key != _ENCRYPTED:
            _run(words)
        else:
            with _server() as address:
                _run([*words, "--encrypted", address])
        return path.read_bytes()


def told(data: bytes) -> Recorded:
    """What the card of a run says, by the file of its evidence."""
    evidence = Evidence.model_validate_json(data)
    n = evidence.estimation.n
    votes = f"n = {n:,}"
    if is_map(evidence):
        votes = "exact map, no votes"
    elif evidence.settings.kind == "exact":
        votes = "computed, no alpha"
    elif evidence.anchors:
        votes = f"{n:,} votes at {len(evidence.anchors):,} anchors"
    return Recorded(
        headline=headline_of(evidence),
        votes=votes,
        created=evidence.created[:10],
        sha256=sha256_bytes(data),
    )


def _run(words: Sequence[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "engine", *words], capture_output=True, text=True, check=False
    )
    if done.returncode not in _DONE:
        raise UserError(f"{shlex.join(words)} failed: {done.stderr.strip()}")


@contextmanager
def _server() -> Iterator[str]:
    """The address of a server of the shipped encrypted model, as long as it is needed."""
    words = ["serve-encrypted", "--model", "demo:digits-encrypted", "--port", "0"]
    command = [sys.executable, "-u", "-m", "engine", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            lines = server.stdout or ()
            found = next((one for line in lines if (one := _SERVED.search(line))), None)
            if found is None:
                raise UserError("The server of the encrypted case did not start.")
            yield found.group()
        finally:
            server.terminate()


def _draw(case: GalleryCase, folder: Path) -> Iterator[Path]:
    """The picture of a case in both grounds."""
    figure = None
    if case.command:
        evidence = Evidence.model_validate_json((folder / f"{case.key}.json").read_bytes())
        figure = _figure(case, evidence)
    for dark in (False, True):
        path = folder / f"{case.key}-{'dark' if dark else 'light'}.png"
        drawn = (
            page_picture(case.picture, dark=dark)
            if figure is None
            else shrunk(render_figure(figure, "png", dark=dark))
        )
        write_atomically(path, drawn, folders=True)
        yield path


def _figure(case: GalleryCase, evidence: Evidence) -> Figure:
    names = evidence.model.class_names
    if case.picture == "bounds":
        return bounds_figure(evidence, names)
    if case.picture == "votes":
        return votes_figure(evidence, names)
    found = region_figure(evidence, names)
    if found is not None:
        return found
    classifier = load_model(ModelRequest(evidence.model.source))
    given = fitted(classifier, load_input(evidence.input.source))
    return result_of(
        explore(
            classifier,
            given,
            evidence.settings,
            region=evidence.region,
            center_class=evidence.top,
            budget_seconds=_SLICE_SECONDS,
            device="cpu",
        )
    )


def _write_index(folder: Path) -> Path:
    """What the cards say, of every case that is there."""
    found = {}
    for case in CASES:
        path = folder / f"{case.key}.json"
        if case.command and path.exists():
            found[case.key] = told(path.read_bytes()).model_dump()
    path = folder / INDEX
    write_atomically(path, f"{json.dumps(found, indent=2)}\n".encode(), folders=True)
    return path
