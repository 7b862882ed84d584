"""The catalogue loads a scheme when it is asked for, and all where all are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from engine import schemes

_BEGINNING = """
import sys
from engine import schemes
def loaded():
    return [name for name in schemes.FILES if name in sys.modules]
assert loaded() == ["engine.schemes.gaussian"], loaded()
"""


def run(code: str) -> None:
    subprocess.run([sys.executable, "-c", _BEGINNING + code], check=True)


def test_one_scheme_is_loaded_alone() -> None:
    run(
        "assert schemes.parse_scheme({'key': 'laplace', 'lam': 0.5}).key == 'laplace'\n"
        "assert 'engine.schemes.laplace' in loaded() and len(loaded()) == 2\n"
        "from engine.schemes import Blur\n"
        "assert Blur.key == 'blur' and schemes.Blur is Blur is schemes.scheme_class('blur')\n"
        "assert len(loaded()) == 3"
    )


def test_all_are_loaded_where_they_are_asked_for() -> None:
    run("assert len(schemes.SCHEMES) == len(loaded()) == len(schemes.FILES)")


def test_a_kind_of_region_is_read_before_its_file_is_loaded() -> None:
    run(
        "from engine.regions import REGIONS, Ball, Region\n"
        "assert 'boxed ball' not in REGIONS\n"
        "ball = Ball(radius=0.5, norm='l1', unit='pixels', closed=False)\n"
        "found = Region.parse({**ball.model_dump(), 'kind': 'boxed ball'})\n"
        "assert type(found).__name__ == 'BoxedBall' and found.radius == 0.5"
    )


def test_all_kinds_of_regions_are_told_and_described() -> None:
    run(
        "from engine.regions import Region\n"
        "from engine.regions.region import shipped_kinds\n"
        "try: Region.parse({'kind': 'disc'})\n"
        "except ValueError as error: said = str(error)\n"
        "for kind in ('undone', 'rotations', 'boxed ball', 'field steps', 'ball'):\n"
        "    assert kind in said, said\n"
        "names = {kind.__name__ for kind in shipped_kinds()}\n"
        "assert names >= {'Undone', 'FieldSteps', 'Ball'}"
    )


def test_names_follow_from_the_keys() -> None:
    for scheme in schemes.SCHEMES:
        assert scheme.__module__ == f"engine.schemes.{scheme.key.replace('-', '_')}"
        assert getattr(schemes, scheme.__name__) is scheme is schemes.scheme_class(scheme.key)
    folder = Path(schemes.__file__).parent
    assert len({*schemes.FILES}) == len(schemes.SCHEMES)
    assert all((folder / f"{file.rpartition('.')[2]}.py").exists() for file in schemes.FILES)


def test_another_name_is_refused() -> None:
    with pytest.raises(AttributeError, match=r"module 'engine\.schemes' has no attribute 'Nobody'"):
        schemes.Nobody  # type: ignore[attr-defined]  # noqa: B018
