"""From what a person asks for to an order: the same for the command line and the window."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from engine.core.errors import BadValue, UserError
from engine.core.fields import FieldSpec, checked, field_specs
from engine.schemes import Gaussian, Scheme
from engine.training.cifar10 import cifar10
from engine.training.data import DataSet
from engine.training.digits import digits
from engine.training.image_folder import image_folder
from engine.training.making import Order, flags
from engine.training.methods import METHODS, Method, method_class
from engine.training.recipe import Recipe

CIFAR10 = "cifar10:"
"""How data begin that are CIFAR-10; its folder follows."""
RESNET = "cifar_resnet20"
WEIGHTS = ".safetensors"
RECIPES: Mapping[str, Mapping[str, Any]] = {
    "digits": {},
    "cifar10": {
        "epochs": 90,
        "batch": 256,
        "optimizer": "sgd",
        "learning_rate": 0.1,
        "weight_decay": 1e-4,
        "draws": 1,
        "check_every": 5,
        "kept": "last",
    },
}
"""Where a data set has other defaults than :class:`Recipe`. Batch, optimizer, learning rate, decay
and epochs of the second are those of Cohen et al. (ICML 2019), whose learning rate falls in steps.
Folders of images take the second as well."""


def data_of(asked: str) -> DataSet:
    """The images that ``digits``, ``cifar10:FOLDER`` or a folder name.

    Raises:
        UserError: there are none, or they are not whole.
    """
    if asked == "digits":
        return digits()
    if asked.startswith(CIFAR10):
        return cifar10(Path(asked.removeprefix(CIFAR10)))
    return image_folder(Path(asked))


def defaults_of(data: str) -> Mapping[str, Any]:
    """What a recipe for these images has in place of :class:`Recipe`'s own defaults."""
    return RECIPES["digits" if data == "digits" else "cifar10"]


def order_of(values: Mapping[str, Any], scheme: Scheme) -> Order:
    """The order that some values mean; those that are None or left out take their defaults.

    Args:
        values: ``data``, ``arch``, ``method``, ``name``, ``device``, ``watch`` (validation images
            to certify at every look), ``certify`` (test images to certify at the end), and fields
            of the method and of :class:`Recipe`.
        scheme: whose noise trains.

    Raises:
        UserError: a value out of range or of another method, or what :func:`data_of` raises.
    """
    method = method_of(values)
    recipe = recipe_of(values, scheme, method)
    data = data_of(values["data"])
    arch = values.get("arch") or ("digits_cnn" if data.name == "digits" else RESNET)
    watched, certified = values.get("watch"), values.get("certify")
    for name, images in (("watch", watched), ("certify", certified)):
        if images is not None and images < 0:
            raise BadValue(name, f"must be 0 or more (it was {images}).")
    if certified is None:
        certified = min(100, len(data.specs)) if data.name == "digits" else 0
    return Order(
        data=data,
        arch=arch,
        recipe=recipe,
        name=values.get("name") or name_of(data.name, recipe),
        certified=min(certified, len(data.specs)),
        device=values.get("device") or "cpu",
        command=command_of(values, recipe, arch),
        watched=20 if watched is None else watched,
    )


def placed(out: Path, name: str) -> tuple[Path, str]:
    """Folder and name of the files: ``out`` is a folder, or the file of weights itself.

    Raises:
        UserError: both the file and a name are given.
    """
    if out.suffix != WEIGHTS:
        return out, name
    if name and name != out.stem:
        raise UserError(
            f"--out {out} names the file of weights itself; leave --name out, or give --out a "
            "folder."
        )
    return out.parent, out.stem


def method_of(values: Mapping[str, Any]) -> Method:
    """The method of some values, with its settings among them.

    Raises:
        UserError: there is no such method, or a setting of another is given.
    """
    chosen = method_class(values.get("method") or METHODS[0].key)
    own = _given(values, chosen)
    for other in METHODS:
        for spec in field_specs(other):
            if values.get(spec.name) is not None and spec.name not in own:
                takes = ", ".join(one.flag for one in field_specs(chosen)) or "no setting"
                raise UserError(
                    f"{spec.flag} belongs to {_owners(spec)}; {chosen.key} takes {takes}."
                )
    return checked(chosen, **own)


def recipe_of(values: Mapping[str, Any], scheme: Scheme, method: Method) -> Recipe:
    """The recipe of some values.

    Raises:
        UserError: a value out of range, or noise that cannot train by the method.
    """
    own = {**defaults_of(values["data"]), **_given(values, Recipe)}
    return checked(Recipe, scheme=scheme, method=method, **own)


def name_of(data: str, recipe: Recipe) -> str:
    """A name for the files: ``digits-consistency-0.25``."""
    scheme = recipe.scheme
    level = f"{scheme.sigma:.2f}" if isinstance(scheme, Gaussian) else scheme.key
    return f"{data}-{recipe.method.key}-{level}"


def command_of(values: Mapping[str, Any], recipe: Recipe, arch: str) -> str:
    """The command line that trains this again; a folder stands there by its name alone."""
    data = values["data"]
    prefix = CIFAR10 if data.startswith(CIFAR10) else ""
    folder = data.removeprefix(prefix)
    named = data if data == "digits" else f"{prefix}{shlex.quote(Path(folder).name)}"
    usual = checked(Recipe, scheme=recipe.scheme, **defaults_of(data))
    return " ".join(
        [
            f"certiscope train --data {named} --arch {arch} --method {recipe.method.key}",
            *_words(recipe.method, type(recipe.method)()),
            flags(recipe.scheme, noise_alone=True),
            *(word for word in _words(recipe, usual) if not word.startswith("--seed")),
            f"--seed {recipe.seed}",
        ]
    )


def _words(chosen: BaseModel, usual: BaseModel) -> list[str]:
    """The fields that differ, as flags."""
    return [
        f"{spec.flag} {getattr(chosen, spec.name)}"
        for spec in field_specs(type(chosen))
        if getattr(chosen, spec.name) != getattr(usual, spec.name)
    ]


def _given(values: Mapping[str, Any], model: type[BaseModel]) -> dict[str, Any]:
    names = (spec.name for spec in field_specs(model))
    return {name: values[name] for name in names if values.get(name) is not None}


def _owners(spec: FieldSpec) -> str:
    keys = [
        method.key
        for method in METHODS
        if any(own.name == spec.name for own in field_specs(method))
    ]
    return ", ".join(keys)
