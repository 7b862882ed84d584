"""ONNX's runtime, loaded so that it computes and does nothing else."""

from __future__ import annotations

import os
from types import ModuleType


def loaded() -> ModuleType:
    """onnxruntime without its telemetry.

    Loaded as it comes it notes a session's identity in the temporary folder and may report on the
    machine; but nothing is to leave it, and no file is to be touched that was not asked for.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    return onnxruntime  # type: ignore[no-any-return]
