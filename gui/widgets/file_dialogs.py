"""Files from the person: what they are, and dialogs that stop nothing while they are open."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import QBuffer, QByteArray, QDir, QIODevice, Qt
from PySide6.QtGui import QImage, QImageWriter
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHeaderView,
    QToolButton,
    QTreeView,
    QWidget,
)

from engine.core.errors import UserError
from engine.core.files import write_atomically
from gui.widgets.tips import plain_tip, set_tip

SUFFIX = ".certiscope"
"""Of case files."""
MODEL_SUFFIXES = (
    ".safetensors", ".pt", ".pth", ".th", ".tar", ".ckpt", ".bin", ".onnx", ".pt2",
)  # fmt: skip
_STUMPS = {".json": "xgboost", ".txt": "lightgbm"}
"""Files of other kinds end so too: these are told by how they begin."""
MODEL_FILTER = f"Models ({' '.join(f'*{s}' for s in (*MODEL_SUFFIXES, *_STUMPS))});;All files (*)"
REPORT_SUFFIXES, VOTES_SUFFIXES = (".pdf", ".json"), (".csv", ".tsv")
REPORT_FILTER = f"Reports, evidence and cases (*.pdf *.json *{SUFFIX});;All files (*)"
VOTES_FILTER = "Votes (*.csv *.tsv *.txt *.jsonl *.npy);;All files (*)"
LOG_FILTER = "Logs (*.tsv *.csv *.txt *.log *.mat);;All files (*)"
KEY_FILTER = "Public keys (*.pub.json);;All files (*)"
CASE_FILTER = f"Cases (*{SUFFIX});;All files (*)"
SLIDES_FILTER = (
    "Replay (*.gif *.mp4 *.webm);;Page for any browser (*.html);;Slide (*.png *.svg *.pdf);;"
    "All files (*)"
)
_TEXTS, _TABLES, _ARRAYS = "*.txt", "*.csv *.tsv", "*.npy *.npz"
_HEAD = 64
_LONG_KIND = 60
"""Letters of a kind of file from which on its endings are listed in the tip alone."""
_ARROWS = {
    "backButton": Qt.ArrowType.LeftArrow,
    "forwardButton": Qt.ArrowType.RightArrow,
    "toParentButton": Qt.ArrowType.UpArrow,
}
"""Buttons of Qt's own dialog."""


def input_filter() -> str:
    """Of every kind of input."""
    from engine.inputs import image, node  # not for the start of a window

    images = " ".join(f"*{s}" for s in image.SUFFIXES)
    graphs = f"{' '.join(f'*{s}' for s in node.SUFFIXES)} *.json"
    return (
        f"Inputs ({images} {graphs} {_TEXTS} {_TABLES} {_ARRAYS});;Images ({images} {_ARRAYS});;"
        f"Graphs ({graphs});;Texts ({_TEXTS});;Tables ({_TABLES});;All files (*)"
    )


def image_filter() -> str:
    """Of images alone."""
    from engine.inputs import image

    return f"Images ({' '.join(f'*{s}' for s in image.SUFFIXES)} {_ARRAYS});;All files (*)"


def is_model(path: Path) -> bool:
    """Whether a dropped file or folder, or a name in the command line, is meant as a model."""
    if path.is_dir():
        return (path / "config.json").is_file()
    suffix = path.suffix.lower()
    return (
        is_shipped_model(path)
        or suffix in MODEL_SUFFIXES
        or (suffix in _STUMPS and _holds_stumps(path))
    )


def is_shipped_model(path: Path) -> bool:
    """Whether it is the name of a model that comes with the program, and no file."""
    from engine.models.kinds import DEMO

    return str(path).startswith(DEMO) and not path.exists()


def _holds_stumps(path: Path) -> bool:
    from engine.models.kinds import kind_of

    try:
        return kind_of(str(path)) == _STUMPS[path.suffix.lower()]
    except UserError:
        return False


def is_case(path: Path) -> bool:
    """Whether a dropped file is a case."""
    return path.suffix.lower() == SUFFIX


def is_report(path: Path) -> bool:
    """Whether a dropped file can be verified; a graph or a model in JSON cannot."""
    from engine.inputs import node

    known = path.suffix.lower() in REPORT_SUFFIXES and path.name != "config.json"
    return known and not node.claims(str(path)) and not is_model(path)


def is_votes(path: Path) -> bool:
    """Whether a dropped table is one of votes: its first column is called idx, and it is no log."""
    if path.suffix.lower() not in VOTES_SUFFIXES or is_log(path):
        return False
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return True
    return head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \"'").lower().startswith(b"idx")


def is_log(path: Path) -> bool:
    """Whether a file is a log of certifications or predictions: published ones have any ending."""
    from engine.logs.reading import is_log as says_so

    return says_so(path)


def is_document(path: Path) -> bool:
    """Whether a dropped file has a page of its own."""
    return is_case(path) or is_report(path) or is_votes(path) or is_log(path)


def model_spec(path: Path) -> str:
    """What to open: for a config.json, the folder it describes."""
    return str(path.parent if path.name == "config.json" else path)


def pasted_image(image: QImage, folder: Path) -> Path:
    """Keep an image from the clipboard as a file, so that its run can be repeated.

    Raises:
        UserError: the disk is full, or the folder is not writable.
    """
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"PNG")).write(image)
    digest = hashlib.sha256(data.data()).hexdigest()
    path = folder / "pasted" / f"pasted-{digest[:12]}.png"
    write_atomically(path, bytes(data.data()), folders=True)  # it may be there, the input of a run
    return path


class FileAsker:
    """Window-modal dialogs: they return at once, the run goes on, the answer comes later.

    Attributes:
        current: the dialog opened last.
        size: of the next one, where the desktop has none of its own: as somebody left the last.
        folder: where the next one begins: that of the last answer; None before there was one.
    """

    size: ClassVar[tuple[int, int]] = (900, 560)
    folder: ClassVar[Path | None] = None

    def __init__(self, parent: QWidget) -> None:
        self._parent = parent
        self.current: QFileDialog | None = None

    def open_file(self, title: str, filters: str, answer: Callable[[Path], None]) -> QFileDialog:
        """Ask for a file to read."""
        dialog = self._dialog(title, answer)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(filters.split(";;"))
        return self._opened(dialog)

    def open_files(
        self, title: str, filters: str, answer: Callable[[list[Path]], None]
    ) -> QFileDialog:
        """Ask for files to read."""
        dialog = QFileDialog(self._parent, title)
        self._ready(dialog)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters(filters.split(";;"))
        dialog.filesSelected.connect(lambda names: answer([_kept(name) for name in names]))
        return self._opened(dialog)

    def open_folder(self, title: str, answer: Callable[[Path], None]) -> QFileDialog:
        """Ask for a folder."""
        dialog = self._dialog(title, answer)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        return self._opened(dialog)

    def save_file(
        self, title: str, name: str, answer: Callable[[Path], None], kinds: str = ""
    ) -> QFileDialog:
        """Ask where to write; ``name`` is proposed and gives the suffix, of several ``kinds``."""
        dialog = self._dialog(title, answer)
        suffix = name.rsplit(".", 1)[-1]
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(kinds or f"{suffix.upper()} (*.{suffix})")
        dialog.setDefaultSuffix(suffix)
        dialog.selectFile(name)
        return self._opened(dialog)

    def _dialog(self, title: str, answer: Callable[[Path], None]) -> QFileDialog:
        dialog = QFileDialog(self._parent, title)
        self._ready(dialog)
        dialog.fileSelected.connect(lambda name: answer(_kept(name)))
        return dialog

    def _ready(self, dialog: QFileDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        known = FileAsker.folder is not None and FileAsker.folder.is_dir()  # it may be gone since
        # said in either case: Qt has a folder of its own in mind, that of a dialog before
        dialog.setDirectory(str(FileAsker.folder if known else QDir.currentPath()))
        self.current = dialog

    def _opened(self, dialog: QFileDialog) -> QFileDialog:
        """Show it; Qt's own, where the desktop has none, is made to fit what it holds."""
        if any(len(kind) > _LONG_KIND for kind in dialog.nameFilters()):
            dialog.setOption(QFileDialog.Option.HideNameFilterDetails)
        dialog.open()
        rows = dialog.findChild(QTreeView, "treeView")
        if rows is not None:
            screen = dialog.screen().availableSize()
            width, height = FileAsker.size
            dialog.resize(min(width, screen.width()), min(height, screen.height()))
            dialog.finished.connect(lambda: _keep_size(dialog))
            _fit(dialog, rows)
        return dialog


def _kept(name: str) -> Path:
    """An answer, in whose folder the next dialog begins; a folder is its own."""
    path = Path(name)
    FileAsker.folder = path if path.is_dir() else path.parent
    return path


def _keep_size(dialog: QFileDialog) -> None:
    FileAsker.size = dialog.width(), dialog.height()


def _fit(dialog: QFileDialog, rows: QTreeView) -> None:
    """Columns as wide as their words, kinds with a tip that lists endings, arrows to be seen."""
    header = rows.header()
    header.setStretchLastSection(False)
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    kinds = dialog.findChild(QComboBox, "fileTypeCombo")
    if kinds is not None:
        for place, kind in enumerate(dialog.nameFilters()):
            kinds.setItemData(place, plain_tip(kind), Qt.ItemDataRole.ToolTipRole)
        set_tip(kinds, "\n".join(dialog.nameFilters()))
    for name, arrow in _ARROWS.items():
        button = dialog.findChild(QToolButton, name)
        if button is not None:
            button.setArrowType(arrow)  # in the theme's ink: Qt's pictures are black on any ground
