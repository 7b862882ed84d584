"""The command line of the lab: ``python -m engine.training``.

It makes one model of images; for several values of ``--sigma``, one each. The shipped models are
made by ``python -m engine.demos``.
"""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from engine.core.errors import UserError
from engine.core.fields import checked, field_specs
from engine.schemes import Gaussian, Scheme, scheme_class
from engine.training.cifar10 import cifar10, turned_cifar10
from engine.training.data import DataSet
from engine.training.digits import digits
from engine.training.loop import Recipe
from engine.training.making import Order, flags, make
from engine.training.noises import NOISES

_ARCH = {"digits": "digits_cnn", "cifar10": "cifar_resnet20", "cifar10-rotation": "cifar_resnet20"}
_CIFAR10: dict[str, Any] = {
    "epochs": 90,
    "optimizer": "sgd",
    "learning_rate": 0.1,
    "weight_decay": 5e-4,
    "draws": 1,
}
_RECIPES: dict[str, dict[str, Any]] = {
    "digits": {},
    "cifar10": _CIFAR10,
    "cifar10-rotation": {**_CIFAR10, "epochs": 12, "learning_rate": 0.05, "check_every": 2},
}
_STARTS = {"cifar10-rotation": "demo:cifar10-0.25"}
"""Weights to start from, where none are named."""
_FEW = 1000
"""Data sets with fewer test images are certified on all of them."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Train what the options name."""
    given = _parser().parse_args(arguments)
    try:
        data = digits() if given.data == "digits" else _cifar10(given)
        for name, scheme in _models(given).items():
            print(f"Wrote {make(_order(given, data, name, scheme), given.out)} and its card.")
    except UserError as error:
        raise SystemExit(str(error)) from error


def _cifar10(given: argparse.Namespace) -> DataSet:
    if given.root is None:
        raise UserError(
            f"--data {given.data} needs --root, the folder with cifar-10-batches-py, or with train "
            "and test, in it."
        )
    make_data = cifar10 if given.data == "cifar10" else turned_cifar10
    return make_data(given.root, download=given.download)


def _models(given: argparse.Namespace) -> dict[str, Scheme]:
    """What to make, by the name of its files."""
    chosen = scheme_class(given.scheme or Gaussian.key)
    values = {spec.name: getattr(given, spec.name) for spec in field_specs(chosen)}
    values = {name: value for name, value in values.items() if value is not None}
    foreign = [
        name for name in _values() if getattr(given, name) is not None and name not in values
    ]
    if foreign:
        flag = f"--{foreign[0].replace('_', '-')}"
        raise UserError(f"{flag} is not a parameter of {chosen.key}.")
    sigmas = values.pop("sigma", [None])
    schemes = [
        checked(chosen, **values, **({} if sigma is None else {"sigma": sigma})) for sigma in sigmas
    ]
    return {_name(given, scheme): scheme for scheme in schemes}


def _name(given: argparse.Namespace, scheme: Scheme) -> str:
    if given.data in _STARTS and scheme == Gaussian():
        return str(given.data)
    level = f"{scheme.sigma:.2f}" if isinstance(scheme, Gaussian) else scheme.key
    return f"{given.data}-{level}"


def _order(given: argparse.Namespace, data: DataSet, name: str, scheme: Scheme) -> Order:
    values = {**_RECIPES[given.data], "scheme": scheme, "seed": given.seed}
    chosen = {"epochs": given.epochs, "precision": given.precision}
    values.update({key: value for key, value in chosen.items() if value is not None})
    recipe = Recipe(**values)
    arch = given.arch or _ARCH[given.data]
    certified = given.certify
    if certified is None:
        certified = len(data.specs) if len(data.specs) < _FEW else 0
    return Order(
        data=data,
        arch=arch,
        recipe=recipe,
        name=name,
        certified=certified,
        device=given.device,
        command=_command(given, arch, recipe),
        start=_start(given),
    )


def _start(given: argparse.Namespace) -> str:
    """The model whose weights training starts from; empty for random ones."""
    return _STARTS.get(given.data, "") if given.start is None else given.start


def _command(given: argparse.Namespace, arch: str, recipe: Recipe) -> str:
    """The line that makes this model again."""
    words = ["python -m engine.training"]
    if given.data != "digits":
        words.append(f"--data {given.data} --root {shlex.quote(given.root.name)} --arch {arch}")
    if given.start is not None:
        words.append(f"--start {shlex.quote(Path(given.start).name)}")
    words.append(flags(recipe.scheme))
    for name in ("epochs", "precision"):
        if getattr(given, name) is not None:
            words.append(f"--{name} {getattr(given, name)}")
    return " ".join([*words, f"--seed {recipe.seed}"])


def _values() -> dict[str, type]:
    """Every parameter of the schemes of the lab."""
    kinds = {"float": float, "int": int}
    return {
        spec.name: kinds[spec.kind]
        for scheme in NOISES
        for spec in field_specs(scheme)
        if spec.kind in kinds
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--data", choices=tuple(_ARCH), default="digits")
    add("--root", type=Path, help="folder with cifar-10-batches-py, or train and test, in it")
    add("--download", action="store_true", help="fetch CIFAR-10 if it is not there")
    add("--start", help="model of the same network whose weights to start from, demo:NAME or file")
    add("--arch", default="", help="digits_cnn, cifar_resnet20, cifar_resnet110, ...")
    add("--scheme", choices=[scheme.key for scheme in NOISES], default="")
    for name, kind in _values().items():
        flag = f"--{name.replace('_', '-')}"
        repeatable = name == "sigma"
        add(
            flag,
            type=kind,
            action="append" if repeatable else "store",
            help="training noise; repeatable" if repeatable else "of the scheme",
        )
    add("--seed", type=int, default=0)
    add("--epochs", type=int)
    add("--precision", choices=("fp32", "bf16"), help="of the products in training")
    add("--certify", type=int, help="test images to certify for the card; default: all, or none")
    add("--device", default="cpu", help=f"cpu or cuda; {torch.cuda.device_count()} GPUs here")
    add("--out", type=Path, default=Path("out"))
    return parser
