"""``certiscope slides``: a result for a talk, as a slide, a film, or a page for any browser."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli.flags import OUTPUT, RUN, argument, flag
from engine.cli.outcome import CERTIFIED
from engine.cli.output import check_writable, say, say_wrote
from engine.cli.report import chosen
from engine.cli.terminal import Terminal
from engine.core.errors import UserError
from engine.slides.film import SHOWN, Film
from engine.system.interrupt import INTERRUPTED, stoppable
from engine.system.progress import Meter

if TYPE_CHECKING:
    from engine.evidence.evidence import Evidence
    from engine.figures.images import SliceFigure


def slides_flags() -> list[inspect.Parameter]:
    """The flags of the command."""
    usual = Film()
    out = "What is written: F.gif, F.mp4, F.webm, F.html, F.png, F.svg, F.pdf, or a folder."
    return [
        argument("file", "FILE", "Evidence (.json), report (.pdf) or case."),
        flag("out", out, OUTPUT, Path | None, metavar="F"),
        flag("run", "Which run of a case, by default the last with a result.", RUN, int | None),
        flag(
            "beside",
            "Draw the certificate, and the attack, of this result of contrast-brightness over an "
            "exact map of the same image and model; one slide. Repeatable.",
            OUTPUT,
            list[Path],
            metavar="F.json",
        ),
        flag("plot", "all, votes, bounds or region.", OUTPUT, default="all", metavar="NAME"),
        flag("seconds", "Length of a film up to the result.", OUTPUT, float, default=usual.seconds),
        flag("fps", "Frames in a second.", OUTPUT, int, default=usual.fps),
        flag("width", "Pixels across; the height is 9/16.", OUTPUT, int, default=usual.width),
        flag("dark", "Light ink on a dark page.", OUTPUT, bool),
        flag("quiet", "Show no progress, and say nothing at the end.", OUTPUT, bool),
    ]


def slides_command(values: Mapping[str, Any]) -> int:
    """Write a result for a talk: nothing is counted, a replay shows what was recorded.

    F.png, F.svg and F.pdf are one slide of 16 to 9; F.gif, F.mp4 and F.webm (extra 'video') replay
    the recorded votes, a folder holds the same as PNG frames; F.html is one page with the votes and
    a plot that moves, which any browser opens without this program. Exit status: 0 done, 2 bad
    input, 1 failure.
    """
    from engine.slides.export import write_slides

    if values["out"] is None:
        raise UserError("Name what is to be written: --out replay.gif.")
    if values["out"].suffix:  # before it is drawn
        check_writable(values["out"])
    if values["plot"] not in SHOWN:
        raise UserError(f"--plot must be one of {', '.join(SHOWN)} (it was '{values['plot']}').")
    film = Film(
        seconds=values["seconds"],
        fps=values["fps"],
        width=values["width"],
        shown=values["plot"],
        dark=values["dark"],
    )
    film.check()  # before a result is read and its claims are checked
    evidence, image = _result(values["file"], values["run"])
    if values["beside"]:
        from engine.slides.together import write_together

        beside = [(path.stem, _result(path, None)[0]) for path in values["beside"]]
        write_together(evidence, beside, values["out"], film)
        return _written(values)
    console = None if values["quiet"] else Terminal(stderr=True)
    with stoppable() as stop, Meter(console, "drawing", "frames") as meter:
        write_slides(evidence, values["out"], film, image=image, progress=meter.items, stop=stop)
        if stop.is_set():
            return INTERRUPTED
    return _written(values)


def _written(values: Mapping[str, Any]) -> int:
    """Says where it is, and ends."""
    if not values["quiet"]:
        say_wrote([values["out"]])
    return CERTIFIED


def _result(path: Path, run: int | None) -> tuple[Evidence, SliceFigure | None]:
    """The result in a file, and the slice that a report holds beside it.

    Raises:
        UserError: there is none, or its claims do not follow from its votes: a slide states them
            in large type.
    """
    from engine.report import attached
    from engine.verify import Plan, verify
    from engine.verify.reading import attachments, evidence_of, kind_of, read_bytes

    kind = kind_of(path)
    if kind == "case":
        from engine.case import Case

        return chosen(Case.open(path), run)[1], None
    if run is not None:
        raise UserError(f"--run chooses among the runs of a case, and {path} is none.")
    evidence, report = evidence_of(path), verify(path, Plan(counts_only=True))
    if not report.ok and not report.count("does not hold"):
        report = verify(path, Plan())  # maps, rooms and distances follow from the files
    if report.count("does not hold"):
        raise UserError(f"{report.summary()} certiscope verify {path} says why.")
    if not report.ok:
        say(f"{report.summary()} It is shown as stated; certiscope verify says what is open.")
    illustrations = attachments(read_bytes(path), path).illustrations if kind == "PDF" else None
    if illustrations is None:
        return evidence, None
    return evidence, attached.read(illustrations, evidence)[0]
