"""The state of a training in a file of its own, so that a killed one loses the epoch at hand."""

from __future__ import annotations

import json
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
            "groups": moments["param_groups"],
            "schedule": state.schedule.state_dict(),
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
        except (OSError, SafetensorError, ValueError, KeyError, TypeError, RuntimeError) as error:
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
        return len(facts["history"]), int(facts["of"]["recipe"]["epochs"])
    except (OSError, SafetensorError, ValueError, KeyError, TypeError):
        return None


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
    moments: dict[int, dict[str, torch.Tensor]] = {}
    for name, tensor in _part("optimizer", tensors).items():
        index, _, moment = name.partition(".")
        moments.setdefault(int(index), {})[moment] = tensor
    state.network.load_state_dict(_part("network", tensors))
    state.optimizer.load_state_dict({"state": moments, "param_groups": facts["groups"]})
    state.schedule.load_state_dict(facts["schedule"])
    state.generator.set_state(tensors["random.noise"])
    torch.set_rng_state(tensors["random.torch"])
    state.best = _part("best", tensors)
    state.best_epoch, state.best_accuracy = facts["best"]
    state.history = tuple(Epoch.model_validate(one) for one in facts["history"])
