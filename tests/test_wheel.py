"""An installation adds `certiscope` and nothing else, and minds no program's own `engine`."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hatchling.build import build_wheel

import hatch_build

ROOT = Path(__file__).parents[1]
SCRIPT = """
import engine, gui  # the program's own
import certiscope as cs
result = cs.smooth("demo:digits-0.25", device="cpu").certify("digits:52", n=200).result()
assert cs.verify(result.save("r.json"), rerun=1).ok
assert (engine.OWN, gui.OWN) == ("engine", "gui")
print(type(result).__module__, cs.__file__)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        return folder / build_wheel(str(folder))


@pytest.fixture
def installed(wheel: Path, tmp_path: Path) -> Path:
    """A folder that holds what the wheel installs, beside which a program lies."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    for name in ("engine", "gui"):
        (tmp_path / f"{name}.py").write_text(f"OWN = {name!r}\n")
    (tmp_path / "script.py").write_text(SCRIPT)
    return tmp_path


def run(folder: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "site"), "PYTHONSAFEPATH": ""},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.thorough
def test_it_holds_one_name(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        points = next(name for name in names if name.endswith("entry_points.txt"))
        assert "certiscope = certiscope.__main__:main" in archive.read(points).decode()
    tops = {name.partition("/")[0] for name in names}
    assert sorted(top.partition("-")[0] for top in tops) == ["certiscope", "certiscope"]
    assert {"certiscope/engine/__init__.py", "certiscope/gui/__main__.py"} <= set(names)


def test_it_holds_whatever_is_shipped(wheel: Path) -> None:
    """The lab's table and the screenshots are for README alone."""
    shipped = {path.name for path in (ROOT / "assets").iterdir()} - {"lab", "screenshots"}
    assert set(hatch_build.ASSETS) == shipped
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for file in ("recorded/index.json", "slides/page.js", "talks/first-talk.json"):
        assert f"certiscope/assets/{file}" in names


@pytest.mark.thorough
def test_it_works_beside_a_program_with_an_engine_of_its_own(installed: Path) -> None:
    module, file = run(installed, "script.py").split()
    assert module == "certiscope.engine.api.result"
    assert Path(file).is_relative_to(installed / "site")
    assert "gaussian" in run(installed, "-m", "certiscope", "schemes")


def test_an_import_that_would_be_lost_ends_the_build() -> None:
    turned = hatch_build.inside_names("def f():\n    import engine.inputs\n")
    assert turned == "def f():\n    import certiscope.engine.inputs\n"
    assert hatch_build.inside_names("from engineering import x") == "from engineering import x"
    with pytest.raises(ValueError, match="write 'from engine"):
        hatch_build.inside_names("import engine.inputs\nengine.inputs.load_input('x')\n")
