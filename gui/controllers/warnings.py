"""What is said before and beside a run: why it may not mean what the person thinks."""

from __future__ import annotations

from collections.abc import Sequence

from engine.core.records import InputIdentity, ModelIdentity
from engine.evidence.settings import RunSettings


def differences(shown: RunSettings, settings: RunSettings) -> list[str]:
    """Settings in which a shown result differs from the form; empty if it is current.

    A form that asks for a fresh seed differs in none.
    """
    theirs, ours = shown.model_dump(), settings.model_dump()
    scheme, before = ours.pop("scheme"), theirs.pop("scheme")
    changed = [name for name in scheme if scheme[name] != before.get(name)]
    aside = {"kind", "seed_origin", *(["seed"] if settings.seed is None else [])}
    shared = [name for name in ours if name in theirs and name not in aside]
    return changed + [name for name in shared if ours[name] != theirs[name]]


def wrong_without_noise(
    model: ModelIdentity, image: InputIdentity, answer: int | None
) -> Sequence[str]:
    """A sentence if the base model's answer without noise is not the label; else nothing."""
    if image.label is None or answer in (None, image.label):
        return ()
    said = model.class_names[answer] if answer is not None and answer >= 0 else "no class"
    return (
        f"Without noise the base model predicts '{said}', but the label is "
        f"'{image.label_name or image.label}': check normalisation and classes.",
    )
