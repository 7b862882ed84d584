"""Case files (``.certiscope``): every run of an investigation in one file that survives a crash.

``case.py`` is the file, ``recording.py`` keeps a procedure in it, ``counting.py`` begins and
resumes CERTIFY runs. Importing this package loads no torch.
"""

from engine.case.case import Case
from engine.case.rows import Configuration, RunRow, State

__all__ = ["Case", "Configuration", "RunRow", "State"]
