"""The rules of the house, checked instead of promised."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
QT = {"PySide6", "shiboken6", "pyqtgraph", "superqt"}
SLOW = {"torch", "torchvision", "transformers", "scipy", "sklearn"}
MOST_LINES, LONGEST_FUNCTION = 400, 60

SOURCES = sorted(
    path
    for room in ("engine", "gui")
    for path in (ROOT / room).rglob("*.py")
    if "__pycache__" not in path.parts
)
TEXTS = {".py", ".md", ".toml", ".txt", ".typ", ".sh", ".json", ".svg", ".cfg", ".yml", ".yaml", ""}
FORBIDDEN = re.compile(
    "|".join(
        [
            *(name + r"\.org" for name in ("py" + "pi", "python" + "hosted", "deb" + r"\.debian")),
            *("/" + name + "/" for name in ("work", r"root/\.py" + "env", "opt/" + "py" + "pi")),
            "/tmp" + "/t/v",
        ]
    )
)


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(nodes: Iterator[ast.AST] | list[ast.stmt]) -> set[str]:
    """Full names of the modules that some statements import."""
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def roots(names: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}


def label(path: Path) -> str:
    return str(path.relative_to(ROOT))


def room(name: str) -> list[Path]:
    return [path for path in SOURCES if path.is_relative_to(ROOT / name)]


@pytest.mark.parametrize("path", room("engine"), ids=label)
def test_the_engine_knows_no_window(path: Path) -> None:
    assert not roots(imported(ast.walk(tree(path)))) & (QT | {"gui"})


@pytest.mark.parametrize("path", room("gui"), ids=label)
def test_the_window_loads_nothing_slow_at_module_level(path: Path) -> None:
    assert not roots(imported(tree(path).body)) & SLOW


@pytest.mark.parametrize("path", room("gui"), ids=label)
def test_the_window_computes_no_bound(path: Path) -> None:
    asked = imported(ast.walk(tree(path)))
    forbidden = {
        "engine.bounds.clopper_pearson",
        "engine.bounds.eprocess",
        "engine.bounds.binomial_tests",
        "engine.noise.gaussian",
        "engine.sampling.sampler",
    }
    assert not asked & forbidden


@pytest.mark.parametrize("path", room("engine/bounds"), ids=label)
def test_bounds_know_no_torch(path: Path) -> None:
    assert not roots(imported(ast.walk(tree(path)))) & {"torch", "torchvision", "transformers"}


@pytest.mark.parametrize("path", SOURCES, ids=label)
def test_nothing_is_unpickled(path: Path) -> None:
    module = tree(path)
    assert not roots(imported(ast.walk(module))) & {"dill", "cloudpickle", "joblib"}
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "pickle":
            assert node.attr.endswith("Error"), f"pickle.{node.attr}"
        if isinstance(node, ast.ImportFrom) and node.module == "pickle":
            assert all(alias.name.endswith("Error") for alias in node.names)
        if isinstance(node, ast.keyword) and isinstance(node.value, ast.Constant):
            assert not (node.arg == "weights_only" and node.value.value is False)
            assert not (node.arg == "trust_remote_code" and node.value.value is True)
            assert not (node.arg == "allow_pickle" and node.value.value is True)


def loads(statement: str) -> set[str]:
    """Top-level packages in a fresh interpreter after ``statement``."""
    code = f"import sys; {statement}; print(' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return roots(set(done.stdout.split()))


@pytest.mark.parametrize(
    "statement",
    [
        "import engine.schemes, engine.evidence.evidence, engine.core.fields",
        "import engine.procedures.command_line",
        "import engine.cli",
        "import engine.models.request",
        "import gui.__main__",
    ],
)
def test_forms_and_flags_need_neither_torch_nor_scipy_nor_qt(statement: str) -> None:
    assert not loads(statement) & (SLOW | QT)


def test_a_verifier_needs_no_torch() -> None:
    assert not loads("import engine.bounds, engine.schemes") & {"torch", "torchvision", *QT}


def test_the_window_paints_before_torch_is_loaded() -> None:
    assert not loads("import gui.shell.app") & SLOW


def test_every_source_has_a_test_of_its_name() -> None:
    missing = [
        label(path)
        for path in SOURCES
        if path.name != "__init__.py"
        and not (ROOT / "tests" / path.relative_to(ROOT).parent / f"test_{path.name}").exists()
    ]
    assert not missing


@pytest.mark.parametrize("path", SOURCES, ids=label)
def test_files_and_functions_stay_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) < MOST_LINES
    long = [
        f"{node.name} ({node.end_lineno - node.lineno + 1} lines)"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= LONGEST_FUNCTION
    ]
    assert not long


def shipped_texts() -> list[Path]:
    """Text files of the project: what git tracks or, without git, what lies in its folders."""
    done = subprocess.run(
        ["git", "ls-files", "-z"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    if done.returncode == 0 and done.stdout:
        files = [ROOT / name for name in done.stdout.split("\0") if name]
    else:
        folders = ("engine", "gui", "tests", "assets", "bench", "scripts")
        files = [path for folder in folders for path in (ROOT / folder).rglob("*")]
    return [path for path in files if path.is_file() and path.suffix in TEXTS]


def test_no_registry_address_and_no_path_of_a_machine() -> None:
    found = [
        f"{label(path)}:{number}"
        for path in shipped_texts()
        for number, line in enumerate(path.read_text(errors="ignore").splitlines(), 1)
        if FORBIDDEN.search(line)
    ]
    assert not found
