import subprocess
import sys

import pytest

from engine.core.errors import UserError
from engine.core.fields import checked, field_specs
from engine.schemes import Gaussian
from engine.schemes.ablation import Ablation
from engine.schemes.laplace import Laplace
from engine.training.methods import METHODS, method_class, parse_method
from engine.training.methods.consistency import Consistency
from engine.training.methods.macer import Macer
from engine.training.methods.smoothadv import SmoothAdv


def test_every_method_comes_back_from_its_serialised_form_and_says_its_source():
    assert len({method.key for method in METHODS}) == len(METHODS)
    for kind in METHODS:
        assert parse_method(kind().model_dump()) == kind()
        assert any(venue in kind.citation for venue in ("NeurIPS", "ICLR", "ICML"))
        assert all(spec.title and spec.help for spec in field_specs(kind))


def test_what_no_method_has_is_refused():
    with pytest.raises(UserError, match=r"There is no training method 'magic'; there are gaussian"):
        method_class("magic")
    with pytest.raises(UserError, match="m must be greater than or equal to 1"):
        checked(Consistency, m=0)
    with pytest.raises(UserError, match="There is no parameter weights"):
        parse_method({"key": "consistency", "weights": 1})


def test_noise_that_cannot_train_by_a_method_is_refused():
    for method in (SmoothAdv(), Macer()):
        method.check(Gaussian())
    SmoothAdv().check(Laplace())
    Consistency().check(Ablation())
    with pytest.raises(UserError, match="macer maximises the radius of Gaussian smoothing"):
        Macer().check(Laplace())
    with pytest.raises(UserError, match="smoothadv follows a gradient through noise that is added"):
        SmoothAdv().check(Ablation())


def test_a_form_needs_no_torch():
    code = "import sys, engine.training.recipe; print('torch' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"
