"""Certiscope's engine: randomized-smoothing certificates, with no window attached.

The engine is a library and a command line. It never imports Qt or ``gui``.
"""

__version__ = "0.1.0"
