"""The window's pages as images, in every theme and size, to be looked at.

``python -m bench.screenshots --out out/screens`` writes ``THEME/SIZE/PAGE.png`` for all of them;
``--themes``, ``--sizes`` and ``--pages`` take some. A size is of the window in its own pixels, and
``1920x1080@2`` a screen of that size at 200 %; ``--text 1.5`` sets larger type. ``--readme`` writes
those that README shows.

What is on the pages is computed by the real engine: a shipped digit is certified, its report
verified, a few more are audited. Each size is a process of its own, since Qt takes its scale from
the environment.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QScrollBar

    from engine.evidence.evidence import Evidence
    from gui.shell.window import Window

SIZES = ("1280x800", "1920x1080", "1920x1080@2")
THEMES = ("light", "dark", "high-contrast")
README = Path("assets/screenshots")
_N = 20_000
_SET = ("digits:1", "digits:2", "digits:17", "digits:52", "digits:60", "digits:88")
_VOTES = (
    "idx,label,n0_0,n0_1,n_0,n_1\n"
    "first,0,99,1,9900,100\nsecond,1,8,92,400,9600\nthird,0,60,40,5100,4900\n"
)
_SETTLE, _PATIENCE = 0.4, 240.0


def main() -> None:
    """Take all images that are asked for."""
    options = _options()
    if options.child:
        _take(options)
        return
    sizes = SIZES[:1] if options.readme else options.sizes
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            _in_a_process(size, folder)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.screenshots")
    parser.add_argument("--out", type=Path, default=Path("out/screens"))
    parser.add_argument("--themes", nargs="+", choices=THEMES, default=list(THEMES))
    parser.add_argument("--sizes", nargs="+", default=list(SIZES))
    parser.add_argument("--pages", nargs="+", default=[], help="part of their names")
    parser.add_argument(
        "--text", type=float, default=1.0, help="size of type, as the View menu has"
    )
    parser.add_argument("--readme", action="store_true", help=f"those in {README}")
    parser.add_argument("--child", default="", help=argparse.SUPPRESS)
    return parser.parse_args()


def _in_a_process(size: str, folder: str) -> None:
    pixels, _, scale = size.partition("@")
    own = {name: folder for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")}
    environment = {"QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": scale or "1", **own}
    command = [sys.executable, "-m", "bench.screenshots", *sys.argv[1:], "--child", size]
    done = subprocess.run(command, check=False, env=os.environ | environment)
    if done.returncode != 0:
        raise SystemExit(f"No screenshots at {pixels}: exit status {done.returncode}.")


class Studio:
    """A window with something on every page."""

    def __init__(self, app: QApplication, folder: Path) -> None:
        from gui.shell.app import open_window

        self.app, self.folder = app, folder
        self.window: Window = open_window(remembers=False)
        self.session = self.window.session
        self.pages = self.window.pages

    def until(self, done: Callable[[], object]) -> None:
        """Let the window work until something is so."""
        from PySide6.QtCore import QEvent

        end = time.monotonic() + _PATIENCE
        while not done():
            if time.monotonic() > end:
                raise SystemExit("The window did not come to rest.")
            self.app.processEvents()
            self.app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            time.sleep(0.005)

    def settle(self) -> None:
        """Let jobs end, and what they found be laid out: nothing is at work for a while."""
        since = time.monotonic()

        def rests() -> bool:
            nonlocal since
            if self.session.worker.busy():
                since = time.monotonic()
            return time.monotonic() - since > _SETTLE

        self.until(rests)

    def fill(self) -> None:
        """A certified digit in a case, its report verified, a small set audited, a plan."""
        from engine.models.request import ModelRequest
        from gui.shell.app import DEMO_INPUT, DEMO_MODEL

        session, pages = self.session, self.pages
        session.loading.open_model(ModelRequest(DEMO_MODEL))
        session.loading.open_input(DEMO_INPUT)
        self.until(lambda: session.runs.ready and pages.documents_are_made)
        self.window.left.settings.put(n=_N)
        session.case.create(self.folder / "acceptance-test.certiscope")
        self.until(lambda: session.case.file is not None and session.runs.ready)
        session.runs.certify()
        self.until(lambda: session.runs.evidence is not None)
        self.settle()
        evidence = session.runs.evidence
        assert evidence is not None
        report, votes = self.folder / "report.pdf", self.folder / "votes.csv"
        session.exports.export(evidence, "pdf", report, session.illustrator.illustrations)
        votes.write_text(_VOTES)
        self.until(report.exists)
        self.settle()
        pages.verify.verify(report)
        self.until(lambda: pages.verify.checked is not None)
        pages.votes.open(votes)
        pages.votes.agree.click()
        self.until(lambda: pages.votes.result is not None)
        pages.logs.open([self._log(evidence)])
        pages.planner.take_run()
        self.settle()
        self.window.notices.clear("info", "warning", "error")

    def _log(self, evidence: Evidence) -> Path:
        """A log as certify scripts write it."""
        path = self.folder / "sigma_0.25"
        rows = [f"{i}\t7\t7\t{evidence.radius}\t1\t0:00:01" for i in range(3)]
        path.write_text("\n".join(("idx\tlabel\tpredict\tradius\tcorrect\ttime", *rows)) + "\n")
        return path

    def audit(self) -> None:
        """A few digits, all on one page."""
        self.pages.audit.setup.put(list(_SET))
        self.pages.audit.certify()
        self.until(lambda: not self.session.audits.running)
        self.settle()
        self.window.notices.clear("info", "warning", "error")

    def scenes(self) -> dict[str, Callable[[], object]]:
        """Each page by the name of its image, and what brings it in sight."""
        from gui.pages.help import CHAPTERS

        pages, do = self.pages, self.window.commands
        shown: dict[str, Callable[[], object]] = {
            "explore": pages.show_explore,
            "welcome": do["welcome"].trigger,
            "gallery": pages.show_gallery,
            "preview": pages.show_preview,
            "runs": pages.show_runs,
            "run": self._choose_run,
            "doctor": pages.show_doctor,
            "palette": do["palette"].trigger,
            "tour": do["tour"].trigger,
            "extend": self._extend,
            "talk": self._talk,
        }
        for name in ("audit", "verify", "planner", "votes", "logs", "tradeoff", "training",
                     "pruning", "encrypted", "keys", "labels", "playground"):  # fmt: skip
            shown[name] = partial(self._page, name)
        for chapter in CHAPTERS:
            shown[f"help-{chapter.lower().replace(' ', '-')}"] = partial(pages.show_help, chapter)
        steps = [name for name in do if name.startswith("lecture-")]
        for step in steps:
            shown[step] = do[step].trigger
        return shown

    def _page(self, name: str) -> None:
        self.pages.show_page(getattr(self.pages, name))

    def _choose_run(self) -> None:
        self.pages.show_runs()
        self.settle()
        self.pages.runs.table.selectRow(0)

    def _extend(self) -> None:
        self.pages.show_explore()
        self.window.extend_bar.ask()

    def _talk(self) -> None:
        self.pages.show_explore()
        self.window.commands["talk"].trigger()
        self.session.playback.stop()

    def strike(self) -> None:
        """Take away what is laid over the page."""
        window = self.window
        if window.commands["talk"].isChecked():
            window.commands["talk"].trigger()
        window.tour.end()
        window.extend_bar.hide()
        window.palette_finder.hide()
        self.pages.show_explore()

    def shoot(self, path: Path, size: tuple[int, int]) -> None:
        """The window as it is; where all of it scrolls, around what scrolls in it, that is said."""
        self.window.showNormal()  # talk mode takes the whole screen, which may be another
        self.window.resize(*size)
        self.settle()
        path.parent.mkdir(parents=True, exist_ok=True)
        self.window.grab().save(str(path))
        if any(bar.maximum() for bar in self.bars):
            page = self.pages.currentWidget()
            asks = page.minimumSizeHint().toTuple() if page is not None else ()
            sys.stdout.write(f"{path}: the window scrolls; the page asks for {asks}\n")

    @property
    def bars(self) -> tuple[QScrollBar, QScrollBar]:
        """Those of the window itself."""
        body = self.window.body
        return body.verticalScrollBar(), body.horizontalScrollBar()


def _take(options: argparse.Namespace) -> None:
    """In the child: one size in every theme."""
    from engine.system.openmp import wait_passively

    wait_passively()
    from gui.shell.app import application

    pixels, _, scale = options.child.partition("@")
    width, height = (round(int(side) / float(scale or 1)) for side in pixels.split("x"))
    app = application()
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(app, Path(folder))
        studio.until(lambda: studio.session.worker.is_warm)
        studio.window.resize(width, height)
        studio.fill()
        studio.window.appearance.set_text_size(options.text)
        if options.readme:
            for theme in THEMES[:2]:
                studio.window.appearance.set_theme(theme)
                studio.pages.show_explore()
                studio.shoot(README / f"explore-{theme}.png", (width, height))
        else:
            _take_pages(studio, options, (width, height))
        studio.window.leave()


def _take_pages(studio: Studio, options: argparse.Namespace, size: tuple[int, int]) -> None:
    studio.audit()
    wanted: dict[str, Any] = {
        name: scene
        for name, scene in studio.scenes().items()
        if not options.pages or any(part in name for part in options.pages)
    }
    for theme in options.themes:
        studio.window.appearance.set_theme(theme)
        for name, scene in wanted.items():
            scene()
            studio.shoot(options.out / theme / options.child / f"{name}.png", size)
            studio.strike()


if __name__ == "__main__":
    main()
