"""Decision maps as images: soft class colours with hatches, and the lines between classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from engine.core.late import np
from gui.style.theme import Theme, mixed, rgba

if TYPE_CHECKING:
    import numpy.typing as npt

NOT_COMPUTED, NO_CLASS = -2, -1
SOFT = 0.5
"""Strength of a class colour over the card; hatched cells alternate with a fainter one."""
FAINT = 0.22
_DETAIL = 512
"""The image is drawn at about this many pixels a side, so that hatches are finer than cells."""
_PITCH = 10
_FEW = 0.02
"""A class on less than this part of the map gets no name on it."""

ClassMap: TypeAlias = "npt.NDArray[np.int16]"


def map_image(cells: ClassMap, theme: Theme, *, chosen: int | None) -> npt.NDArray[np.uint8]:
    """An RGBA image of a class map, row 0 at the bottom; cells not computed are transparent."""
    factor = max(1, _DETAIL // max(cells.shape))
    fine = np.kron(cells, np.ones((factor, factor), dtype=np.int16))
    image = np.zeros((*fine.shape, 4), dtype=np.uint8)
    rows, columns = np.ogrid[: fine.shape[0], : fine.shape[1]]
    for index in np.unique(cells):
        if index == NOT_COMPUTED:
            continue
        where = fine == index
        color, turn = _look(int(index), theme, chosen)
        image[where] = rgba(mixed(color, theme.surface, SOFT))
        gaps = where & ~_stripes(rows, columns, turn)
        image[gaps] = rgba(mixed(color, theme.surface, FAINT))
    return image


def borders(cells: ClassMap, extent: float) -> tuple[npt.NDArray[np.float64], ...]:
    """Segments between neighbouring cells of different class, as x and y in pairs of points.

    Cells not computed yet have no border.
    """
    size = cells.shape[0]
    edges = np.linspace(-extent, extent, size + 1)
    known = cells != NOT_COMPUTED
    across = (cells[:, 1:] != cells[:, :-1]) & known[:, 1:] & known[:, :-1]
    along = (cells[1:, :] != cells[:-1, :]) & known[1:, :] & known[:-1, :]
    row, column = np.nonzero(across)
    x_up = np.repeat(edges[column + 1], 2)
    y_up = np.column_stack((edges[row], edges[row + 1])).ravel()
    row, column = np.nonzero(along)
    x_flat = np.column_stack((edges[column], edges[column + 1])).ravel()
    y_flat = np.repeat(edges[row + 1], 2)
    return np.concatenate((x_up, x_flat)), np.concatenate((y_up, y_flat))


def classes_present(*maps: ClassMap) -> list[int]:
    """The classes seen on any of the maps, most frequent first; marks of missing cells left out."""
    cells = np.concatenate([cells.ravel() for cells in maps])
    found, counts = np.unique(cells[cells != NOT_COMPUTED], return_counts=True)
    return [int(found[i]) for i in np.argsort(-counts, kind="stable")]


def roomiest_cell(cells: ClassMap, index: int) -> tuple[int, int] | None:
    """(row, column) of a cell of the class that lies deepest in it; None if it has few cells.

    The class is worn away from its edges until nothing is left; the edge of the map wears nothing.
    """
    left = cells == index
    if left.mean() < _FEW:
        return None
    while True:
        ring = np.pad(left, 1, mode="edge")
        worn = left & ring[:-2, 1:-1] & ring[2:, 1:-1] & ring[1:-1, :-2] & ring[1:-1, 2:]
        if not worn.any() or worn.all():
            break
        left = worn
    rows, columns = np.nonzero(left)
    middle = np.argmin((rows - rows.mean()) ** 2 + (columns - columns.mean()) ** 2)
    return int(rows[middle]), int(columns[middle])


def _look(index: int, theme: Theme, chosen: int | None) -> tuple[str, int]:
    if index == NO_CLASS:
        return theme.muted, 3
    if index == chosen:
        return theme.accent, 0
    return theme.class_color(index), index // len(theme.classes)


def _stripes(
    rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp], turn: int
) -> npt.NDArray[np.bool_]:
    """Where the strong colour goes: full, diagonal, rows, cross, as in ``Theme.class_pattern``."""
    wide = _PITCH // 2
    if turn % 4 == 0:
        return np.ones(np.broadcast_shapes(rows.shape, columns.shape), dtype=bool)
    if turn % 4 == 1:
        return (rows - columns) % _PITCH < wide
    if turn % 4 == 2:
        return np.broadcast_to(rows % _PITCH < wide, np.broadcast_shapes(rows.shape, columns.shape))
    return ((rows - columns) % _PITCH < wide) ^ ((rows + columns) % _PITCH < wide)
