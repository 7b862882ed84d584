"""No facts stay none, whoever holds them."""

from __future__ import annotations

from typing import Any, cast

import pytest

from engine.schemes.base import NO_FACTS


def test_no_facts_cannot_be_added_to() -> None:
    with pytest.raises(TypeError):
        cast("dict[str, Any]", NO_FACTS)["more"] = 1.0
    assert not NO_FACTS
