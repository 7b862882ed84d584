"""The files a run leaves: checked before it starts, written when it ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli.outcome import show
from engine.cli.sign import asked_key, sign_each
from engine.cli.terminal import Terminal, write_json, write_line
from engine.core.errors import UserError
from engine.core.files import is_special, write_atomically
from engine.core.records import Record
from engine.evidence.assignment import Assignment, assigned
from engine.evidence.evidence import Evidence

if TYPE_CHECKING:
    from engine.figures.images import Illustrations
    from engine.inputs.base import FittedInput
    from engine.models.base import Classifier
    from engine.signing.keys import SigningKey

Subject = Callable[[], "tuple[Classifier, FittedInput]"]
REPORTS = (".pdf", ".html", ".csv")
STDOUT = "-"


def print_json(record: Record, target: str) -> None:
    """A result as JSON into a file, onto standard output (``-``), or nowhere (empty).

    Raises:
        UserError: the file cannot be written.
    """
    print_text(json_of(record), target)


def json_of(record: Record) -> str:
    """A result as JSON."""
    return record.model_dump_json(indent=2) + "\n"


def print_text(text: str | Iterable[str], target: str) -> None:
    """A text, or its parts, into a file, onto standard output (``-``), or nowhere (empty).

    Raises:
        UserError: the file cannot be written.
    """
    parts = (text,) if isinstance(text, str) else text
    if target == STDOUT:
        for part in parts:
            write_json(sys.stdout, part)
    elif target:
        write_atomically(Path(target), (part.encode() for part in parts))


class WriteError(Exception):
    """A finished run whose files could not all be written: a failure, not a bad input."""


def deliver(
    text: Callable[[], Iterable[str]],
    target: str,
    others: Sequence[Callable[[], object]],
    show: Callable[[], None],
    *,
    failed: Sequence[str] = (),
    wrote: Sequence[Path] = (),
    quiet: bool = False,
) -> None:
    """Write the files of a finished work, print it, then say where the files are.

    A result that found none of the files that were asked for goes to standard output as JSON.

    Args:
        text: gives the JSON.
        target: its file, ``-`` for standard output, or empty.
        others: each writes a file.
        show: prints tables.
        failed: what could not be written before, a sentence each.
        wrote: what ``others`` write, and what was written before.
        quiet: say nothing of the files.

    Raises:
        WriteError: with the sentences of all that failed.
    """
    said = list(failed)
    writes = list(others)
    if target not in ("", STDOUT):
        writes.append(partial(_to_file, text, target))
    written = [tried(write, said) for write in writes]
    show()
    homeless = bool(said) and target != STDOUT and not any(written)
    if homeless or target == STDOUT:
        print_text(text(), STDOUT)
    if homeless:
        said.append("The result was printed to standard output instead.")
    if said:
        raise WriteError(" ".join(said))
    if not quiet:
        say_wrote([*named(target), *wrote])


def named(target: str) -> tuple[Path, ...]:
    """The file that ``--json`` names; none for standard output, or nothing."""
    return () if target in ("", STDOUT) else (Path(target),)


def of_a_set(values: Mapping[str, Any]) -> list[Path]:
    """What the flags of a set name beside ``--json``: reports, rows and a folder of evidence."""
    return [*(values["report"] or ()), *filter(None, (values["csv"], values["evidence"]))]


def _to_file(text: Callable[[], Iterable[str]], target: str) -> None:
    print_text(text(), target)


def say(sentence: str) -> None:
    """A line on standard error under the program's name; names of files keep their spaces."""
    write_line(sys.stderr, f"certiscope: {' '.join(map(str.strip, sentence.splitlines()))}")


def say_wrote(paths: Sequence[Path]) -> None:
    """Where the files of a finished work are; nothing for none."""
    if paths:
        *most, last = map(str, paths)
        say(f"Wrote {', '.join(most)} and {last}." if most else f"Wrote {last}.")


class WritingStopped(KeyboardInterrupt):
    """An interrupt while files were being written.

    Attributes:
        whole: those that were written before, and hold the votes.
    """

    def __init__(self, whole: Sequence[Path]) -> None:
        super().__init__()
        self.whole = tuple(whole)


class Stopped(Exception):
    """A second Ctrl+C: what it ended, and what is left of that, in one sentence."""


@dataclass(frozen=True)
class Outputs:
    """Where evidence goes.

    Attributes:
        json: a path, ``-`` for standard output, or empty.
        reports: files whose ending says which report.
        signer: signs the JSON and the PDFs; None to leave them unsigned.
        assignment: what is written into them of client, purpose, auditor and remarks.
    """

    json: str
    reports: tuple[Path, ...]
    signer: SigningKey | None = None
    assignment: Assignment | None = None

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Outputs:
        """The outputs some flags ask for.

        Raises:
            UserError: an ending without a report, a folder that cannot be written, a key that
                cannot be opened, nothing to sign, or a text that cannot be shown.
        """
        outputs = cls(
            assignment=assigned(**{name: values[name] for name in Assignment.model_fields}),
            json=values["json"],
            reports=tuple(values["report"] or ()),
            signer=asked_key(values),
        )
        if outputs.signer is not None and not outputs.signable:
            raise UserError("--sign needs a file to sign: --json F.json or --report F.pdf.")
        for path in outputs.reports:
            if path.suffix.lower() not in REPORTS:
                raise UserError(f"--report {path}: the ending must be one of {', '.join(REPORTS)}.")
            check_writable(path)
        if outputs.json and not outputs.json_to_stdout:
            check_writable(Path(outputs.json))
        return outputs

    @property
    def signable(self) -> tuple[Path, ...]:
        """The files that a signature would cover."""
        return (
            *named(self.json),
            *(path for path in self.reports if path.suffix.lower() == ".pdf"),
        )

    @property
    def json_to_stdout(self) -> bool:
        """Whether standard output belongs to the JSON."""
        return self.json == STDOUT

    def deliver(self, evidence: Evidence, subject: Subject, *, quiet: bool) -> None:
        """Write everything, then print it; evidence that found no file goes to standard output.

        The files come first: standard output may be a pipe whose reader leaves after a line.

        Args:
            evidence: of the run.
            subject: gives model and input, for the images of a report.
            quiet: print the statement alone.

        Raises:
            WriteError: with the sentences of all that failed.
            WritingStopped: interrupted.
        """
        if self.assignment is not None:
            evidence = evidence.model_copy(update={"assignment": self.assignment})
        whole: list[Path] = []
        try:
            self._deliver(evidence, subject, whole, quiet=quiet)
        except KeyboardInterrupt:
            raise WritingStopped(whole) from None

    def _deliver(
        self, evidence: Evidence, subject: Subject, whole: list[Path], *, quiet: bool
    ) -> None:
        failed: list[str] = []
        kept = self._write(evidence, subject, failed, whole)
        show(evidence, Terminal(stderr=self.json_to_stdout, soft_wrap=True), quiet=quiet)
        if self.json_to_stdout or not kept:
            _print_json(evidence)
        if not kept:
            failed.append("The evidence was printed to standard output instead.")
        if failed:
            raise WriteError(" ".join(failed))
        if not quiet:
            say_wrote([*named(self.json), *self.reports])

    def _write(
        self, evidence: Evidence, subject: Subject, failed: list[str], whole: list[Path]
    ) -> bool:
        """Write the files and sign them; whether the evidence is in one, if any was named."""
        kept = True
        if self.json and not self.json_to_stdout:
            from engine.report.json import write_json

            kept = tried(partial(write_json, evidence, Path(self.json)), failed)
            whole += [Path(self.json)] * kept
        if self.reports:
            saved = self._write_reports(evidence, subject, failed, whole)
            kept = kept and (saved or bool(self.json))
        if self.signer is not None and not failed:
            tried(partial(sign_each, self.signable, self.signer), failed)
        return kept

    def _write_reports(
        self, evidence: Evidence, subject: Subject, failed: list[str], whole: list[Path]
    ) -> bool:
        """Write the reports, without images where those fail; True if all were written."""
        from engine.figures.images import Illustrations
        from engine.report import write_report

        images = Illustrations()
        try:
            images = self._images(evidence, subject)
        except Exception as error:  # an image is no reason to lose a finished run
            failed.append(f"The report has no map: {_reason(error)}")
        saved = list[bool]()
        for path in self.reports:
            saved.append(tried(partial(write_report, evidence, path, images), failed))
            whole += [path] * (saved[-1] and path.suffix.lower() != ".csv")
        return all(saved)

    def _images(self, evidence: Evidence, subject: Subject) -> Illustrations:
        from engine.explain.illustrations import illustrate  # loads torch
        from engine.figures.images import Illustrations

        if all(path.suffix.lower() == ".csv" for path in self.reports):
            return Illustrations()

        return illustrate(evidence, *subject())


def _print_json(evidence: Evidence) -> None:
    from engine.report.json import evidence_json

    write_json(sys.stdout, evidence_json(evidence))
    sys.stdout.flush()


def tried(write: Callable[[], object], failed: list[str]) -> bool:
    """Whether ``write`` succeeded; whatever went wrong, a finished run is not to be lost."""
    try:
        write()
    except Exception as error:
        failed.append(_reason(error))
        return False
    return True


def _reason(error: Exception) -> str:
    if isinstance(error, UserError):
        return str(error)
    return f"An error inside the program ({type(error).__name__}: {error})."


def check_writable(path: Path) -> None:
    """Find out before an hour of sampling, not after it."""
    if is_special(path):
        if not os.access(path, os.W_OK):
            raise UserError(f"Cannot write {path}: it may not be written to.")
        return
    if path.is_dir():
        raise UserError(f"Cannot write {path}: it is a folder; name a file in it.")
    folder = path.parent
    if not folder.exists():
        raise UserError(f"Cannot write {path}: there is no folder {folder}; make it first.")
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise UserError(f"Cannot write {path}: {folder} is not a folder you may write to.")
