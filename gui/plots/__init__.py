"""Live plots: votes, bounds over n, examples, and one plot per kind of region."""

import sys

_CUDA = "cuda.bindings"

if _CUDA not in sys.modules:
    # pyqtgraph loads CUDA's bindings, where there are some, for a widget that is not used here:
    # 50 ms before the first paint. Whoever asks for them later finds them.
    sys.modules[_CUDA] = None  # type: ignore[assignment]  # Python's sign for "not to be found"
    import pyqtgraph  # noqa: F401  it is to be loaded now

    del sys.modules[_CUDA]
