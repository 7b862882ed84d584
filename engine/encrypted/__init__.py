"""Encrypted inference: a server classifies noisy samples that it cannot read.

``parameters.py`` says what is secure and what it costs, ``quadratic.py`` what is computed,
``comparison.py`` how classes are told apart, ``messages.py`` how two processes speak; ``server.py``
and ``client.py`` are the two of them. ``ciphers.py`` is the only file that knows TenSEAL.
"""

from importlib.util import find_spec

from engine.core.errors import UserError


def check_installed() -> None:
    """Refuse to go on without TenSEAL.

    Raises:
        UserError: it is not installed.
    """
    if find_spec("tenseal") is None:
        raise UserError(
            "Encrypted inference needs TenSEAL, which is not installed here; "
            "pip install 'certiscope[encrypted]' installs it."
        )
