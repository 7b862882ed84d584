"""Real runs on a shipped model, exported once and copied for every test that damages them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings, Execution
from engine.report.json import write_json
from engine.report.pdf import write_pdf
from tests.fakes import finish

AT = ("radius=0.1", "radius=2.0")


def run(**changes: Any) -> Evidence:
    """CERTIFY on the shipped digits."""
    from engine.cli.run import load
    from engine.models import ModelRequest
    from engine.procedures.certify import certify

    classifier, fitted = load(ModelRequest(spec="demo:digits-0.25"), "digits:17")
    settings = CertifySettings(**{"n": 600, "n0": 20, **changes})
    running = certify(
        classifier,
        fitted,
        settings,
        execution=Execution(device="cpu", batch=50),
        at=AT,
        command="certiscope certify",
    )
    return finish(running)


@pytest.fixture(scope="session")
def certified() -> Evidence:
    return run()


@pytest.fixture(scope="session")
def _exported(certified: Evidence, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported")
    write_json(certified, folder / "run.json")
    write_pdf(certified, folder / "run.pdf")
    return folder


@pytest.fixture
def exported(_exported: Path, tmp_path: Path) -> Path:
    """A folder with run.json and run.pdf of its own."""
    for file in _exported.iterdir():
        shutil.copy(file, tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def make_run() -> Callable[..., Evidence]:
    return run
