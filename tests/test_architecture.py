"""The rules of the house, checked instead of promised."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
QT = {"PySide6", "shiboken6", "pyqtgraph", "superqt"}
SLOW = {"torch", "torchvision", "transformers", "scipy", "sklearn"}
MOST_LINES, LONGEST_FUNCTION = 400, 60

LAYERS = (
    ("core",),
    ("bounds", "noise", "system", "transforms", "demos.data"),
    ("certificates", "exact"),
    ("regions",),
    ("schemes",),
    ("evidence",),
    ("inputs", "models.pretrained_files"),
    ("models.pretrained",),
    ("encrypted", "oracles"),
    ("models",),
    ("sampling", "figures", "planning", "replay", "signing"),
    ("procedures", "logs"),
    ("explain", "report"),
    ("attacks", "case", "comparison", "playground", "slides", "training"),
    ("pruning",),
    ("cluster", "demos", "verify"),
    ("api", "cli"),
)
"""Rooms of the engine from the ground up: a room asks those of lower layers alone. What a lower
room needs of a higher one has a place of its own here, such as the data of the shipped examples."""
WINDOW_LAYERS = (
    ("style",),
    ("jobs", "widgets"),
    ("controllers", "plots"),
    ("results", "setup"),
    ("pages", "playground"),
    ("shell",),
)
"""Rooms of the window from the ground up; a room asks those of lower layers only."""

SOURCES = {
    path: ast.parse(path.read_text(encoding="utf-8"))
    for room in ("certiscope", "engine", "gui")
    for path in sorted((ROOT / room).rglob("*.py"))
    if "__pycache__" not in path.parts
}
TEXTS = {".py", ".md", ".toml", ".txt", ".typ", ".sh", ".json", ".svg", ".cfg", ".yml", ".yaml", ""}
UNSAFE = {("weights_only", False), ("trust_remote_code", True), ("allow_pickle", True)}
FORBIDDEN = re.compile(
    "|".join(
        [
            *(name + r"\.org" for name in ("py" + "pi", "python" + "hosted", "deb" + r"\.debian")),
            *("/" + name + "/" for name in ("work", r"root/\.py" + "env", "opt/" + "py" + "pi")),
            "/tmp" + "/t/v",
        ]
    )
)


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


def room(*names: str) -> dict[Path, ast.Module]:
    """The sources below some folders."""
    return {
        path: tree
        for path, tree in SOURCES.items()
        if any(path.is_relative_to(ROOT / name) for name in names)
    }


def offenders(
    sources: dict[Path, ast.Module], forbidden: set[str], *, deferred: bool = True
) -> list[str]:
    """Which sources import what, of the forbidden packages; deferred imports count if asked."""
    return [
        f"{label(path)} imports {name}"
        for path, tree in sources.items()
        for name in sorted(imported(ast.walk(tree) if deferred else tree.body))
        if name in forbidden or name.partition(".")[0] in forbidden
    ]


def test_the_engine_knows_no_window() -> None:
    assert not offenders(room("engine"), QT | {"gui", "certiscope"})


def test_the_window_loads_nothing_slow_at_module_level() -> None:
    assert not offenders(room("gui"), SLOW, deferred=False)


def test_the_window_computes_no_bound_and_draws_no_noise() -> None:
    forbidden = {
        "engine.bounds.clopper_pearson",
        "engine.bounds.eprocess",
        "engine.bounds.binomial_tests",
        "engine.noise.gaussian",
        "engine.sampling.sampler",
    }
    assert not offenders(room("gui"), forbidden)


def test_bounds_and_certificates_know_no_torch() -> None:
    networks = {"torch", "torchvision", "transformers"}
    assert not offenders(room("engine/bounds", "engine/certificates", "engine/exact"), networks)


def test_ray_is_known_to_one_file() -> None:
    assert offenders(room("engine"), {"ray"}) == ["engine/cluster/ray_crew.py imports ray"]
    assert not offenders(room("gui", "certiscope"), {"ray"})
    assert not offenders(room("engine"), {"ray"}, deferred=False)


def test_the_engine_has_rooms_and_no_corridor() -> None:
    assert {path.name for path in (ROOT / "engine").glob("*.py")} == {"__init__.py", "__main__.py"}
    rooms = {path.relative_to(ROOT / "engine").parts[0] for path in room("engine")}
    named = {name.partition(".")[0] for layer in LAYERS for name in layer}
    assert rooms - {"__init__.py", "__main__.py"} == named


def dependencies() -> dict[str, set[str]]:
    """Which file asks which, type-only and deferred imports counted, by the names of modules."""
    names = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): tree
        for path, tree in SOURCES.items()
    }
    found: dict[str, set[str]] = {name: set() for name in names}
    for name, tree in names.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found[name] |= {alias.name for alias in node.names} & names.keys()
            elif isinstance(node, ast.ImportFrom) and node.module:
                inner = {f"{node.module}.{alias.name}" for alias in node.names}
                found[name] |= inner & names.keys()
                if inner - names.keys():
                    found[name] |= {node.module} & names.keys()
        found[name].discard(name)
    return found


def circle(arrows: dict[str, set[str]]) -> list[str]:
    """Names along one circle, the first again at the end; empty if there is none."""
    done: set[str] = set()

    def search(name: str, trail: list[str]) -> list[str]:
        if name in trail:
            return [*trail[trail.index(name) :], name]
        if name not in done:
            for asked in sorted(arrows.get(name, ())):
                if found := search(asked, [*trail, name]):
                    return found
            done.add(name)
        return []

    return next((found for name in sorted(arrows) if (found := search(name, []))), [])


def test_no_files_stand_in_a_circle() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert not circle(dependencies())


def place(module: str, package: str, layers: tuple[tuple[str, ...], ...]) -> tuple[int, str]:
    """Layer and room of a module; what belongs to no room stands above all."""
    parts = module.removeprefix(f"{package}.").split(".")
    for name in (".".join(parts[:2]), parts[0]):
        for level, layer in enumerate(layers):
            if name in layer:
                return level, name
    return len(layers), ""


def upward(package: str, layers: tuple[tuple[str, ...], ...]) -> list[str]:
    """Which file of a package asks a room that is not below its own."""
    found = []
    for file, targets in dependencies().items():
        level, own = place(file, package, layers)
        for asked in sorted(targets) if file.startswith(f"{package}.") else ():
            other, room = place(asked, package, layers)
            below = other < level or room == own
            if asked.startswith(f"{package}.") and not below:
                found.append(f"{file} asks {asked}")
    return found


def test_rooms_ask_only_lower_ones() -> None:
    assert place("engine.demos.data.signs", "engine", LAYERS) == (1, "demos.data")
    assert place("engine.demos.recipes", "engine", LAYERS)[1] == "demos"
    assert not upward("engine", LAYERS)


def test_rooms_of_the_window_ask_only_lower_ones() -> None:
    assert not upward("gui", WINDOW_LAYERS)


def test_the_readme_draws_these_layers() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    drawn = [part for part in text.split("`") if " -> " in part and "core" in part.split()]
    window = [part for part in text.split("`") if part.startswith("shell -> ")]
    for layers, drawing in ((LAYERS, drawn[-1]), (WINDOW_LAYERS, window[-1])):
        rooms = [{name.strip() for name in part.split(",")} for part in drawing.split("->")]
        named = [{name for name in layer if "." not in name} for layer in reversed(layers)]
        assert rooms == [layer for layer in named if layer]


def test_core_asks_no_other_room() -> None:
    asked = set().union(*(imported(ast.walk(tree)) for tree in room("engine/core").values()))
    assert all(name.startswith("engine.core") for name in asked if name.startswith("engine"))


def test_nothing_is_unpickled() -> None:
    found = offenders(SOURCES, {"dill", "cloudpickle", "joblib"})
    for path, tree in SOURCES.items():
        for node in ast.walk(tree):
            names: list[str] = []
            if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "pickle":
                names = [node.attr]
            elif isinstance(node, ast.ImportFrom) and node.module == "pickle":
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.keyword) and isinstance(node.value, ast.Constant):
                names = [f"{node.arg}={node.value.value}"] * (
                    (node.arg, node.value.value) in UNSAFE
                )
            found += [f"{label(path)}: {name}" for name in names if not name.endswith("Error")]
    assert not found


def loads(statement: str) -> set[str]:
    """Top-level packages in a fresh interpreter after ``statement``."""
    code = f"import sys; {statement}; print(' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return roots(set(done.stdout.split()))


def test_forms_and_flags_need_neither_torch_nor_scipy_nor_qt() -> None:
    for statement in (
        "import engine.schemes, engine.evidence.evidence, engine.core.fields",
        "import engine.procedures.command_line",
        "import engine.cli",
        "import engine.models.request",
        "import gui.__main__",
    ):
        assert not loads(statement) & (SLOW | QT), statement


def test_a_verifier_needs_no_torch() -> None:
    assert not loads("import engine.bounds, engine.schemes") & {"torch", "torchvision", *QT}


def test_the_playground_needs_no_torch() -> None:
    statement = (
        "from engine.playground import abstentions, false_claims, shifts, sigma_table; "
        "abstentions.abstention('below-half'); shifts.shifted_image()"
    )
    assert not loads(statement) & {"torch", "torchvision", *QT}


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


def test_files_and_functions_stay_short() -> None:
    long = [
        label(path)
        for path in SOURCES
        if len(path.read_text(encoding="utf-8").splitlines()) >= MOST_LINES
    ]
    long += [
        f"{label(path)}: {node.name} ({node.end_lineno - node.lineno + 1} lines)"
        for path, tree in SOURCES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if node.end_lineno is not None and node.end_lineno - node.lineno >= LONGEST_FUNCTION
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
        folders = ("certiscope", "engine", "gui", "tests", "assets", "bench", "scripts")
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
