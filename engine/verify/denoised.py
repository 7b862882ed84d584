"""What evidence states of a denoiser beside its digest, compared with its files. No torch.

The time step of a run follows from the schedule, so that another one would denoise another noise.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from engine.core.errors import UserError, quoted
from engine.core.records import PartIdentity
from engine.models.diffusers_config import CONFIG, NETWORK, places, read_schedule, shape_of
from engine.models.diffusion_schedule import Schedule
from engine.models.kinds import kind_of, read_header
from engine.models.native_metadata import stored
from engine.models.pretrained_files import read_json
from engine.verify.report import Claim

_DIFFUSION = "digits_unet"
"""The architecture of ours that has a schedule; of any other weights, and of a graph, none does."""


def check_denoiser_file(part: PartIdentity, path: Path) -> Claim:
    """Whether a denoiser is what its files say.

    Args:
        part: as the evidence states it.
        path: of the files, whose digest was compared.
    """
    name = f"denoiser as its files say: {quoted(part.name, 60)}"
    try:
        facts = stated_by(path)
    except (UserError, ValidationError) as error:
        reason = f"its files cannot be read: {str(error).partition(chr(10))[0].rstrip('.')}"
        return Claim(name=name, verdict="cannot be checked", detail=reason)
    wrong = [what.replace("_", " ") for what in facts if part.rules.get(what) != facts[what]]
    detail = f"another {', '.join(wrong)} than is stated" if wrong else ""
    return Claim(name=name, verdict="does not hold" if wrong else "holds", detail=detail)


def stated_by(path: Path) -> dict[str, Any]:
    """What a denoiser's files say, by the rules of its part (``denoiser_part``).

    Args:
        path: a folder of diffusers, weights, or a graph.

    Raises:
        UserError, ValidationError: they are damaged.
    """
    if path.is_dir():
        network, scheduler = places(path)
        shape = shape_of(path, read_json(network / CONFIG))
        schedule = read_schedule(scheduler).model_dump(mode="json")
        return {"architecture": NETWORK, "input_shape": list(shape), "schedule": schedule}
    header = read_header(path) if kind_of(str(path)) == "safetensors" else {}
    if header.get("architecture") != _DIFFUSION:
        return {"schedule": None}
    found = Schedule.model_validate(stored(header, "schedule")).model_dump(mode="json")
    return {"architecture": _DIFFUSION, "schedule": found}
