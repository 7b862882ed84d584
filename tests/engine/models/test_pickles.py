from __future__ import annotations

from collections import OrderedDict

from engine.models.pickles import Inert, stand_in


def test_an_inert_object_keeps_nothing():
    made = Inert(1, [2], three=3)
    made.__setstate__({"a": 1})
    assert not hasattr(made, "a")


def test_mappings_stay_mappings():
    assert stand_in("omegaconf.AttributeDict") is OrderedDict
    assert stand_in("collections.defaultdict")(list) == OrderedDict()
    for name in ("argparse.Namespace", "builtins.dict", "numpy.dtype"):
        assert stand_in(name) is Inert
