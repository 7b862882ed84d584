"""The state of a training in a file of its own, so that a killed one loses the epoch at hand.

What follows from the recipe is not read from the file: learning rates are stepped through again,
and an accuracy is measured again (``engine.training.loop``). The rest must fit the training.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open

from engine.core.errors import UserError
from engine.core.files import write_atomically
from engine.training.loop import State
from engine.training.progress import Epoch
from engine.training.writing import safetensors_bytes

ENDING = ".training"
_KIND = "certiscope training"
_MOMENTS = {"SGD": {"momentum_buffer"}, "AdamW": {"step", "exp_avg", "exp_avg_sq"}}
"""What an optimizer keeps of each parameter."""
_NO_FACTS = (ValueError, LookupError, TypeError, AttributeError, RuntimeError, OverflowError)
"""What reading or filling in raises where something else stands in a file; JSON that is too deep
raises a RuntimeError."""


@dataclass(frozen=True)
class Checkpoint:
    """Keeps the state after every epoch, weights and moments as safetensors and the rest as JSON.

    Attributes:
        path: of the file, replaced whole.
        of: what the training is of: recipe, network and data. Another training's state is refused.
    """

    path: Path
    of: Mapping[str, Any]

    def save(self, state: State) -> None:
        """Write it; what was there before stays if the disk is full."""
        moments = state.optimizer.state_dict()
        tensors = {
            **_named("network", state.network.state_dict()),
            **_named("best", state.best),
            **{
                f"optimizer.{index}.{name}": torch.as_tensor(value)
                for index, found in moments["state"].items()
                for name, value in found.items()
            },
            "random.noise": state.generator.get_state(),
            "random.torch": torch.get_rng_state(),
        }
        facts = {
            "of": self.of,
            "best": [state.best_epoch, state.best_accuracy],
            "history": [one.model_dump() for one in state.history],
        }
        header = {"kind": _KIND, "facts": json.dumps(facts, sort_keys=True)}
        kept = {name: tensor.detach().cpu() for name, tensor in tensors.items()}
        write_atomically(self.path, safetensors_bytes(kept, header), folders=True)

    def load(self, state: State) -> None:
        """Put the file's state in place of ``state``, if there is a file.

        Raises:
            UserError: it is damaged, or of another training.
        """
        if not self.path.exists():
            return
        try:
            facts, tensors = _read(self.path)
            self._check(facts["of"])
            _fill(state, facts, tensors)
        except (OSError, SafetensorError, *_NO_FACTS) as error:
            raise UserError(
                f"{self.path} holds no state of a training that can be resumed; delete it to begin "
                "again."
            ) from error

    def forget(self) -> None:
        """Remove the file, once the training is done."""
        self.path.unlink(missing_ok=True)

    def _check(self, of: Mapping[str, Any]) -> None:
        ours, theirs = _flat(json.loads(json.dumps(self.of))), _flat(of)
        other = [name for name in {**theirs, **ours} if ours.get(name) != theirs.get(name)]
        if other:
            name = other[0]
            raise UserError(
                f"{self.path} is of another training: its {name} is {theirs.get(name, 'not given')}"
                f", not {ours.get(name, 'given')}. Resume with the same settings, choose another "
                "--name, or delete the file."
            )


def standing(path: Path) -> tuple[int, int] | None:
    """How many epochs a kept state has behind it, of how many; None where it is no such state."""
    try:
        with safe_open(path, framework="pt") as file:
            header = file.metadata() or {}
        facts = json.loads(header["facts"]) if header.get("kind") == _KIND else {}
        done, epochs = len(list(facts["history"])), int(facts["of"]["recipe"]["epochs"])
    except (OSError, SafetensorError, *_NO_FACTS):
        return None
    return (done, epochs) if done <= epochs else None


def _named(part: str, tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {f"{part}.{name}": tensor for name, tensor in tensors.items()}


def _part(part: str, tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    begins = f"{part}."
    return {
        name.removeprefix(begins): tensor
        for name, tensor in tensors.items()
        if name.startswith(begins)
    }


def _flat(facts: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """Facts by their whole names, ``scheme.sigma``."""
    found: dict[str, Any] = {}
    for name, value in facts.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{above}{name}.")
        else:
            found[f"{above}{name}"] = value
    return found


def _read(path: Path) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    with safe_open(path, framework="pt") as file:
        header = file.metadata() or {}
        if header.get("kind") != _KIND:
            raise ValueError("another kind of file")
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        return json.loads(header["facts"]), tensors


def _fill(state: State, facts: dict[str, Any], tensors: dict[str, torch.Tensor]) -> None:
    """Put what was read in place of a fresh state, whose weights have no gradient yet."""
    history = tuple(Epoch.model_validate(one) for one in facts["history"])
    best, moments = _part("best", tensors), _moments(state.optimizer, _part("optimizer", tensors))
    for part in (best, _part("network", tensors)) if best else (_part("network", tensors),):
        state.network.load_state_dict(part)  # both must be whole; what is trained comes last
    _step_through(state, history)
    groups = state.optimizer.state_dict()["param_groups"]
    state.optimizer.load_state_dict({"state": moments, "param_groups": groups})
    state.generator.set_state(tensors["random.noise"])
    torch.set_rng_state(tensors["random.torch"])
    state.best, state.history = best, history
    state.best_epoch, state.best_accuracy = _best(facts["best"], history if best else ())


def _step_through(state: State, history: tuple[Epoch, ...]) -> None:
    """The learning rate after these epochs; without gradients the steps change no weight."""
    for number, one in enumerate(history, 1):
        rate = state.optimizer.param_groups[0]["lr"]
        shares = (one.accuracy, 0.0 if one.validation is None else one.validation)
        right = math.isfinite(one.loss) and all(0.0 <= share <= 1.0 for share in shares)
        if not right or one.epoch != number or not math.isclose(one.learning_rate, rate):
            raise ValueError("an epoch of another training")
        state.optimizer.step()
        state.schedule.step()
    if len(history) > state.schedule.T_max:
        raise ValueError("more epochs than the training has")


def _best(found: tuple[int, float], history: tuple[Epoch, ...]) -> tuple[int, float]:
    """Which epoch was kept, and its accuracy: those of one that was looked at, if any was."""
    epoch, accuracy = found
    looked = [(one.epoch, one.validation) for one in history if one.validation is not None]
    if (epoch, accuracy) not in (looked or [(0, -1.0)]):
        raise ValueError("an epoch that was not looked at")
    return epoch, accuracy


def _moments(
    optimizer: torch.optim.Optimizer, tensors: Mapping[str, torch.Tensor]
) -> dict[int, dict[str, torch.Tensor]]:
    """What the optimizer keeps, by the place of the parameter."""
    weights = [one for group in optimizer.param_groups for one in group["params"]]
    found: dict[int, dict[str, torch.Tensor]] = {}
    for name, tensor in tensors.items():
        index, _, moment = name.partition(".")
        shape = torch.Size() if moment == "step" else weights[int(index)].shape
        usable = tensor.shape == shape and tensor.is_floating_point()
        if not usable or not tensor.isfinite().all() or (moment == "step" and tensor < 1):
            raise ValueError("no moment of this network")
        found.setdefault(int(index), {})[moment] = tensor
    if any(set(one) != _MOMENTS[type(optimizer).__name__] for one in found.values()):
        raise ValueError("moments of another optimizer")
    return found
