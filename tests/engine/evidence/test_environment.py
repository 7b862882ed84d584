import platform

import numpy
import torch

from engine import __version__
from engine.evidence.environment import software


def test_versions_are_those_that_run():
    found = software(torch.device("cpu"))
    assert found.certiscope == __version__
    assert found.torch == str(torch.__version__)
    assert found.numpy == numpy.__version__
    assert found.python == platform.python_version()
