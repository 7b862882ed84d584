"""What every command of the lab needs to leave the same files behind each time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch


def card_json(facts: Mapping[str, Any]) -> bytes:
    """Indented, with every list of numbers on one line."""
    text = json.dumps(facts, indent=2) + "\n"
    return re.sub(r"\[[\d,\s]+\]", lambda found: re.sub(r"\s+", "", found[0]), text).encode()


@contextmanager
def threads(number: int) -> Iterator[None]:
    """So many threads of torch: the order of a parallel sum would be part of the weights."""
    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)
