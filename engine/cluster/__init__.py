"""A set of inputs counted by many workers, on this machine or on a Ray cluster.

``driver.py`` hands inputs to a crew and keeps what it says, ``worker.py`` is what each of the crew
does, ``crew.py`` is what they say to each other. ``ray_crew.py`` is the only file that knows Ray.
"""

from importlib.util import find_spec

from engine.core.errors import UserError


def check_installed() -> None:
    """Refuse to go on without Ray.

    Raises:
        UserError: it is not installed.
    """
    if find_spec("ray") is None:
        raise UserError(
            "--cluster needs Ray, which is not installed here; pip install 'certiscope[cluster]' "
            "installs it."
        )
