"""Names that a person gave, and those that a file gives."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.core.downloads import allowed, fetching, only


def test_everything_may_be_fetched_that_nobody_forbade() -> None:
    assert allowed("owner/model")


def test_within_it_only_what_was_named_also_after_an_error() -> None:
    with pytest.raises(RuntimeError), only("owner/model"):
        assert allowed("owner/model") and not allowed("owner/other")
        with only():
            assert not allowed("owner/model")
        assert allowed("owner/model")
        raise RuntimeError
    assert allowed("owner/other")


def test_another_thread_is_not_concerned() -> None:
    with only(), ThreadPoolExecutor(1) as pool:
        assert pool.submit(allowed, "owner/other").result()


def test_work_for_a_file_fetches_nothing() -> None:
    assert fetching(lambda: allowed("owner/model"), named=True)
    assert not fetching(lambda: allowed("owner/model"), named=False)
    assert allowed("owner/model")
