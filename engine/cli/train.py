"""``certiscope train``: an image model trained for its smoothed version."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli.flags import OUTPUT, RARE, RUN, SCHEME, WHAT, flag
from engine.cli.options import read_scheme, shared_flags
from engine.cli.outcome import CERTIFIED
from engine.cli.output import Stopped, say
from engine.cli.terminal import Terminal
from engine.core.fields import field_specs
from engine.core.generators import result_of
from engine.core.rounding import percent_down, round_down
from engine.system.interrupt import stoppable
from engine.system.progress import Meter
from engine.training.methods import METHODS
from engine.training.noises import NOISES
from engine.training.progress import MEASURING
from engine.training.recipe import Recipe

if TYPE_CHECKING:
    from engine.training.progress import Epoch, Progress

METHOD = "Settings of the method"


def train_flags() -> list[inspect.Parameter]:
    """The flags of the command."""
    keys = ", ".join(method.key for method in METHODS)
    return [
        data_flag(),
        flag("method", f"What is minimised: {keys}.", WHAT, default=METHODS[0].key, metavar="KEY"),
        arch_flag(),
        flag(
            "scheme",
            f"Whose noise trains: {', '.join(scheme.key for scheme in NOISES)}.",
            WHAT,
            default="gaussian",
            metavar="KEY",
        ),
        *shared_flags(
            {
                scheme.key: [spec for spec in field_specs(scheme) if spec.of_noise]
                for scheme in NOISES
            },
            SCHEME,
        ),
        *shared_flags({method.key: field_specs(method) for method in METHODS}, METHOD),
        *recipe_flags(),
        flag(
            "watch",
            "Validation images that are certified at every look, with the anytime bound; 0 for "
            "none.",
            RUN,
            int,
            default=20,
        ),
        flag(
            "certify",
            "Test images that are certified for the card; by default 100 digits, and none of other "
            "data.",
            RUN,
            int | None,
        ),
        flag("device", "cpu, cuda or auto.", RARE, default="cpu", metavar="NAME"),
        flag("name", "Of the files, without ending.", OUTPUT),
        flag(
            "out",
            "Folder of weights, card and state, or the file of weights (.safetensors), beside "
            "which they lie.",
            OUTPUT,
            Path,
            default=Path("out"),
            metavar="FOLDER|F.safetensors",
        ),
        flag("quiet", "Print no table.", OUTPUT, bool),
    ]


def data_flag() -> inspect.Parameter:
    """Which images train."""
    return flag(
        "data",
        "Images: digits; cifar10:FOLDER, with cifar-10-batches-py or train and test in it; or a "
        "folder with one folder per class, in train and test or alone.",
        WHAT,
        default="digits",
        metavar="digits|cifar10:FOLDER|FOLDER",
    )


def arch_flag() -> inspect.Parameter:
    """Which network is trained."""
    return flag(
        "arch",
        "Network: digits_cnn, cifar_resnet20 (and other depths), or one of torchvision's; by "
        "default the first for the digits and the second for other images.",
        WHAT,
        metavar="NAME",
    )


def recipe_flags() -> list[inspect.Parameter]:
    """What all methods have in common."""
    return shared_flags({"train": field_specs(Recipe)}, RUN, defaults=False)


def train_command(values: Mapping[str, Any]) -> int:
    """Train an image model by one of six methods, and write its weights with a card.

    Progress, the loss and what a few validation images are certified for are shown as it goes.
    After every epoch the state is kept in NAME.training: the same command resumes a training that
    was stopped or killed, and on a CPU comes to the same weights. Defaults are those of the
    papers; certiscope schemes lists the noises. Exit status: 0 done, 2 bad input, 130 stopped.
    """
    from engine.system.device import resolve
    from engine.training.making import making
    from engine.training.ordering import order_of, placed

    out, name = placed(values["out"], values["name"])
    asked = {**values, "device": str(resolve(values["device"])), "name": name}
    order = order_of(asked, read_scheme(_noise(values)))
    console = None if values["quiet"] else Terminal(stderr=True)
    said = 0
    with stoppable() as stop, Meter(console, "training", "epochs") as meter:

        def seen(now: Progress) -> None:
            nonlocal said
            meter.row("epochs", "training", now.done, now.epochs, 0.0, claim(now))
            for epoch in now.history[said:]:
                if epoch.validation is not None and console is not None:
                    console.print(line(epoch), highlight=False, markup=False)
            if now.done == now.epochs > said and console is not None:
                console.print(MEASURING, highlight=False, markup=False)
            said = now.done

        path = result_of(making(order, out, stop=stop), seen)
    if path is None:
        raise Stopped(
            f"Stopped; {out / order.name}.training holds the state after the last whole "
            "epoch, and the same command resumes there."
        )
    again = f"certiscope audit --model {path} --input FOLDER"
    say(f"Wrote {path} and its card. {again} certifies a set with it.")
    return CERTIFIED


def _noise(values: Mapping[str, Any]) -> dict[str, Any]:
    """Scheme and parameters: a method's setting may be called as a parameter of other inputs'."""
    methods = {spec.name for method in METHODS for spec in field_specs(method)}
    return {name: None if name in methods else value for name, value in values.items()}


def claim(now: Progress) -> str:
    """The loss of the epoch at hand, or of the last."""
    loss = now.loss if now.loss is not None else now.history[-1].loss if now.history else None
    return "" if loss is None else f"loss {loss:.4g}"


def line(epoch: Epoch) -> str:
    """What an epoch came to, in one line."""
    parts = [
        f"epoch {epoch.epoch}: loss {epoch.loss:.4g}",
        f"{percent_down(epoch.accuracy, 1)} of noisy training samples right",
    ]
    if epoch.validation is not None:
        parts.append(f"{percent_down(epoch.validation, 1)} of noisy validation samples")
    if (look := epoch.certified) is not None:
        acr = "" if look.acr is None else f", average radius {round_down(look.acr, 3)}"
        parts.append(
            f"{percent_down(look.right, 1)} of {look.images} validation images right and certified"
            f"{acr} (n = {look.n:,}, alpha {look.alpha:g})"
        )
    return "; ".join(parts)
