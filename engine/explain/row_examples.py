"""What the numbers mean for a row of a table: cells that noise and attacks touch."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from engine.evidence.settings import RunSettings
from engine.explain.noisy_samples import answers, copies_to_look_at, named
from engine.explain.row_attack import Row, find_row_attack
from engine.figures import RowColumn, RowsFigure, RowValues, sizes
from engine.inputs.base import FittedInput
from engine.inputs.coding import TableCoding
from engine.models.base import Classifier
from engine.procedures.run import clean_prediction
from engine.regions import Region


def row_meaning(
    classifier: Classifier,
    fitted: FittedInput,
    settings: RunSettings,
    coding: TableCoding,
    *,
    region: Region | None,
    center_class: int | None,
    copies: int,
    stop: threading.Event | None = None,
) -> RowsFigure:
    """Noisy samples with f's answers, and changes of the certified sizes.

    Args:
        classifier: the base classifier f.
        fitted: numbers (F,) and codes (G,).
        settings: of the run.
        coding: how the row became these.
        region: what is certified.
        center_class: the class that is attacked; None where none was chosen.
        copies: noisy samples to draw.
        stop: when set, nothing is attacked any more.

    Raises:
        UserError: model and input do not fit together.
    """
    bound, device, x, noisy, key = copies_to_look_at(classifier, fitted, settings, copies)
    assert isinstance(x, tuple) and isinstance(noisy, tuple)
    clean = named(bound, clean_prediction(bound, fitted, device))
    figure = RowsFigure(
        columns=_columns(coding),
        original=_values((x[0][None], x[1][None]), [clean])[0],
        samples=tuple(_values((noisy[0], noisy[1]), answers(bound, (noisy[0], noisy[1])))),
        noise_in_words=settings.scheme.noise_in_words(),
        region=region,
    )
    if center_class is None or (stop is not None and stop.is_set()):
        return figure
    row = (x[0], x[1])
    attack = find_row_attack(bound, row, arities=coding.arities, top=center_class, key=key)
    figure = figure.model_copy(update={"attack": attack})
    return figure.model_copy(update={"answers": _after(bound, figure, row)})


def _columns(coding: TableCoding) -> tuple[RowColumn, ...]:
    return tuple(
        RowColumn(name=one.name, values=one.values, mean=one.mean, scale=one.scale)
        for one in coding.columns
    )


def _values(batch: Row, answers: Sequence[str]) -> list[RowValues]:
    """Rows of a batch (B, F) and (B, G) with their answers."""
    numbers, codes = (part.tolist() for part in batch)
    return [
        RowValues(numbers=tuple(numbers[i]), codes=tuple(codes[i]), answer=answer)
        for i, answer in enumerate(answers)
    ]


def _after(classifier: Classifier, figure: RowsFigure, x: Row) -> tuple[str, ...]:
    """The base model's answers after changes of the certified sizes."""
    found = [figure.changed(change) for change in sizes(figure.region)]
    rows = [row for row in found if row is not None]
    if not rows or len(rows) < len(found):
        return ()
    batch = (x[0].new_tensor([row.numbers for row in rows]),
             x[1].new_tensor([row.codes for row in rows]))  # fmt: skip
    return tuple(answers(classifier, batch))
