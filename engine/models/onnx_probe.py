"""A first look at an ONNX file in a process of its own, with limits of its own.

A few bytes of ONNX can ask for any amount of memory or time while the model is opened or run, and
native code that reads a malformed file may end the process it runs in. So a file is opened and run
once in a child; only if that survives, the program opens it itself. No torch.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from engine.core.errors import UserError
from engine.models import onnx_runtime
from engine.models.onnx_session import open_session, read_graph
from engine.models.onnx_table_graph import is_tabular, read_table_graph
from engine.models.onnx_text_graph import is_text, read_text_graph
from engine.models.shapes import Shape, parse_shape, words

SECONDS = 60.0
"""Longest time to open a model and run it on two images."""
SPARE_MEMORY = 2 << 30
"""Bytes a model may take beyond eight times its file."""
_REFUSED = 3
_NO_MEMORY = 4


def probe(copy: Path, wanted: Shape | None, *, shown: Path, output: str = "") -> None:
    """Open and run the model in a child.

    Args:
        copy: of the model, alone in its folder but for files of its own weights.
        wanted: shape of the image, where the model leaves it open.
        shown: what refusals call the file.
        output: which output is read, where there are several.

    Raises:
        UserError: it cannot be opened, takes too long or too much memory, or ends the process.
    """
    shape = words(wanted) if wanted else ""
    memory = SPARE_MEMORY + 8 * sum(file.stat().st_size for file in copy.parent.iterdir())
    try:
        done = subprocess.run(
            # -P: a file that lies where the user stands must not be taken for a library.
            [
                sys.executable,
                "-P",
                "-m",
                __name__,
                str(copy),
                shape,
                str(memory),
                str(shown),
                output,
            ],
            capture_output=True,
            timeout=SECONDS,
            check=False,
            cwd=copy.parent,
            env=_environment(),
        )
    except subprocess.TimeoutExpired as error:
        raise UserError(
            f"{shown} takes longer than {SECONDS:g} s to open and to run once, so it is not used; "
            "export a smaller model."
        ) from error
    if done.returncode == _REFUSED:
        raise UserError(done.stdout.decode("utf-8", "replace").strip())
    if done.returncode == _NO_MEMORY:
        raise UserError(
            f"{shown} takes more than {memory / 2**30:.1f} GB of memory for two images, so it is "
            "not used; export a smaller model."
        )
    if done.returncode:
        raise UserError(
            f"{shown} makes onnxruntime fail without a message, as damaged files can; copy or "
            "export it again."
        )


def _environment() -> dict[str, str]:
    """This process's own, and where to find this package."""
    root = str(Path(__file__).resolve().parents[2])
    others = os.environ.get("PYTHONPATH", "")
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (root, others)))}


def _limit_memory(most: int) -> None:
    """At most so many bytes of address space more than now, where the system has such a limit."""
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        now = pages * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (now + most, now + most))
    except (ImportError, OSError, ValueError):
        return


def _look(copy: Path, shape: Shape | None, output: str, *, shown: Path) -> None:
    import numpy as np

    session = open_session(copy, threads=1, shown=shown)
    if is_text(session):
        read_text_graph(shown, session, output).trial(session)
        return
    if is_tabular(session):
        read_table_graph(shown, session).trial(session)
        return
    graph = read_graph(shown, session, shape, output)
    graph.run(session, np.zeros((graph.rows, *graph.shape), dtype=np.float32))


def main(arguments: list[str]) -> int:
    """What the child does; its exit status says how it went."""
    copy, shape, memory, shown, output = arguments
    onnx_runtime.loaded()  # before the limit, which counts from here

    _limit_memory(int(memory))
    try:
        _look(Path(copy), parse_shape(shape) if shape else None, output, shown=Path(shown))
    except MemoryError:
        return _NO_MEMORY
    except UserError as error:
        if _is_memory(error.__cause__):
            return _NO_MEMORY
        sys.stdout.buffer.write(str(error).encode("utf-8", "replace"))
        return _REFUSED
    except Exception as error:
        # onnxruntime's own; the program's trial tells it better.
        return _NO_MEMORY if _is_memory(error) else 0
    return 0


def _is_memory(error: BaseException | None) -> bool:
    text = str(error).lower()
    return "bad_alloc" in text or "bad allocation" in text or "failed to allocate" in text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
