from __future__ import annotations

import subprocess
import sys


def test_naming_a_model_loads_no_torch():
    code = (
        "import sys, engine.models; engine.models.ModelRequest('x'); engine.models.catalogue();"
        "sys.exit('torch' in sys.modules or 'torchvision' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
