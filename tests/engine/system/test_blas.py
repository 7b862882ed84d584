from __future__ import annotations

import numpy as np
from threadpoolctl import ThreadpoolController

from engine.system.blas import one_thread


def taken() -> list[int]:
    np.ones((2, 2)) @ np.ones((2, 2))
    return [
        one.num_threads for one in ThreadpoolController().select(user_api="blas").lib_controllers
    ]


def test_products_take_one_thread_while_it_lasts_and_what_they_took_before_after_it() -> None:
    before = taken()
    with one_thread():
        inside = taken()
    assert inside and set(inside) == {1} and taken() == before
