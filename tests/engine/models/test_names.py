from __future__ import annotations

import pytest

from engine.core.errors import UserError
from engine.models.names import class_names


def test_well_known_names():
    assert class_names(10, given=None, family="cifar10")[3] == "cat"
    assert class_names(1000, given=None, family="imagenet")[0] == "tench"
    assert class_names(10, given=None, family="digits")[7] == "7"
    assert class_names(3, given=None, family="cifar10") == ("class 0", "class 1", "class 2")


def test_given_wins_over_stored_and_stored_over_known(tmp_path):
    file = tmp_path / "names.txt"
    for encoding in ("utf-8", "utf-8-sig"):
        file.write_text("un\ndeux\n\n", encoding=encoding)
        assert class_names(2, given=file, stored=("a", "b")) == ("un", "deux")
    assert class_names(2, given=None, stored=("a", "b")) == ("a", "b")
    assert class_names(2, given=None, stored=("a",)) == ("class 0", "class 1")


def test_another_number_of_names_is_refused(tmp_path):
    file = tmp_path / "names.txt"
    file.write_text("one\ntwo\n")
    with pytest.raises(UserError, match="has 2 class names but the model has 10 classes"):
        class_names(10, given=file)


def test_names_that_cannot_be_read_are_refused(tmp_path):
    with pytest.raises(UserError, match="Cannot read class names from"):
        class_names(10, given=tmp_path / "absent.txt")
    binary = tmp_path / "names.bin"
    binary.write_bytes(b"\xff\xfe\x00\x9f")
    with pytest.raises(UserError, match="it is not readable text"):
        class_names(10, given=binary)
