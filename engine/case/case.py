"""A case: one file that keeps models, inputs, runs with their votes, results, notes and a log."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from engine import __version__
from engine.case import answers, check, log, numbers, owner, votes
from engine.case.digests import digest, subject
from engine.case.file import CaseFile
from engine.case.listing import TARGET_REASONS
from engine.case.rows import (
    configurations,
    insert_input,
    insert_model,
    insert_run,
    settings_text,
    stored_digest,
)
from engine.core.errors import UserError
from engine.core.fields import checked
from engine.core.records import InputIdentity, ModelIdentity, Votes
from engine.evidence.evidence import Evidence
from engine.evidence.observations import FunctionCheckRecord
from engine.evidence.settings import USUAL, CertifySettings, Execution, RunSettings, task_of
from engine.evidence.snapshot import Snapshot
from engine.evidence.tries import claim_of, stream_of
from engine.evidence.vote_chain import Block, block_of
from engine.models.request import ModelRequest
from engine.procedures.resume import Resume

Labels = Mapping[tuple[str, int], str]
"""What a person says an answer means, by the answer and the oracle's class of it."""


class Case(CaseFile):
    """A case whose runs grow.

    Any thread may call it. Runs are only ever added: a list of tries from which some could be
    dropped would be worth nothing.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._tokens: dict[int, str] = {}

    def begin(
        self,
        model: ModelIdentity,
        image: InputIdentity,
        settings: RunSettings,
        *,
        model_request: ModelRequest,
        input_spec: str,
        key: int,
        execution: Execution = USUAL,
        at: Sequence[str] = (),
        block: int = 0,
        run_id: str = "",
    ) -> int:
        """A new run, claimed for this process before its first vote; its number in the case.

        Args:
            model, image: what is certified, and where; with exact noise the input on the grid.
            settings: declared now.
            model_request: how to open the model again.
            input_spec: how to open the input again.
            key: the noise key.
            execution: how it is to be carried out.
            at: perturbations to answer at the end.
            block: samples per block; 0 takes the usual number for n.
            run_id: of a run that was begun elsewhere; empty makes one.

        Raises:
            UserError: the file cannot be written.
        """
        kind = subject(model, image, settings)
        with self._writing() as db:
            run_id = run_id or uuid.uuid4().hex
            run = insert_run(
                db,
                run_id=run_id,
                procedure=task_of(settings),
                model=insert_model(db, model, model_request, self.path),
                image=insert_input(db, image, input_spec, self.path),
                subject=kind,
                settings=settings_text(settings, execution),
                at=tuple(at),
                block=block or block_of(settings),
                key=key,
            )
            votes.begin(db, run, run_id)
            log.append(
                db,
                "began",
                run,
                subject=kind,
                claim=digest(*claim_of(model, image, settings)),
                stream=digest(*stream_of(model, settings)),
                configuration=stored_digest(db, run),
                certiscope=__version__,
            )
            token = owner.take(db, run)
        self._tokens[run] = token
        self._checked.add(run)
        return run

    def know(self, claim: str, *streams: str) -> None:
        """Enter tries of a claim that another case counted, and whose runs are not here.

        Raises:
            UserError: the file cannot be written.
        """
        with self._writing() as db:
            for stream in streams:
                log.append(db, "known", claim=claim, stream=stream)

    def claim(self, run: int) -> None:
        """Make this case object the one that counts a run; twice is no harm.

        Raises:
            UserError: it is being counted in another window.
        """
        if run in self._tokens:
            return
        self._refuse_damaged(run)
        with self._writing() as db:
            token = owner.take(db, run)
            if not token:
                raise UserError(
                    f"Run {run} in {self.path} is being counted in another window (process "
                    f"{owner.holder(db, run)}); wait for it, or start a new run."
                )
            log.append(db, "resumed", run, certiscope=__version__)
        self._tokens[run] = token

    def release(self, run: int) -> None:
        """Let others count a run.

        Raises:
            UserError: the file cannot be written.
        """
        if token := self._tokens.pop(run, None):
            owner.let_go(token)
            with self._writing() as db:
                owner.give_back(db, run, token)

    def record(self, run: int, snapshot: Snapshot) -> None:
        """Keep the votes counted so far: on the disk when this returns.

        Raises:
            UserError: the file cannot be written, or another window counts this run.
        """
        self.record_all({run: snapshot})

    def record_all(
        self, counted: Mapping[int, Snapshot], ended: Mapping[int, Evidence] | None = None
    ) -> None:
        """Keep the votes that several runs have counted, and results, of all or of none.

        Raises:
            UserError: the file cannot be written, or another window counts one of them.
        """
        with self._writing() as db:
            for run, evidence in (ended or {}).items():
                self._finish(db, run, evidence)
            for run, snapshot in counted.items():
                selection = snapshot.chain_selection or snapshot.selection
                self._keep(db, run, selection, snapshot.blocks, snapshot.function_check)
                if snapshot.phase == "estimation":
                    answers.write(db, run, snapshot.answers, snapshot.blocks)
                    numbers.write(db, run, snapshot.blocks, snapshot.numbers)
        for run in ended or {}:
            self._tokens.pop(run, None)

    def finish(self, run: int, evidence: Evidence) -> None:
        """Keep a run's votes and result, and let others count it.

        Raises:
            UserError: the file cannot be written, or another window counts this run.
        """
        self.record_all({}, {run: evidence})

    def _finish(self, db: sqlite3.Connection, run: int, evidence: Evidence) -> None:
        blocks = evidence.chain.blocks if evidence.chain else ()
        self._keep(db, run, evidence.chain_selection, blocks, evidence.function_check)
        answers.write(db, run, evidence.answers, blocks)
        _end(db, run, evidence)
        owner.give_back(db, run, self._tokens.get(run, ""))

    def refuse(self, run: int, *, one_a_call_stands: bool = False) -> None:
        """Enter that the model of a run is no function of one sample: no run of it counts.

        Not those that were counted before, nor those that are being counted; one that is begun
        after this stands on what it finds itself.

        Args:
            run: in which that was found.
            one_a_call_stands: the model depends on its batch; runs that asked it about one sample a
                call stand.

        Raises:
            UserError: the file cannot be written.
        """
        with self._writing() as db:
            if any(event.kind == "refused" for event in log.of_run(db, run)):
                return  # with the run in which that was found
            known = configurations(db, self.path)
            model = known[run].model.function
            for number, one in known.items():
                stands = one_a_call_stands and one.execution.batch == 1 and number != run
                if one.model.function == model and not stands:
                    log.append(db, "refused", number, by=run)
                    self._damaged[number] = check.refusal(log.of_run(db, number))

    def label(self, run: int, evidence: Evidence, labels: Labels) -> None:
        """Keep a finished run's result once more, with the claim that a person's labels allow.

        The log holds when they were given and each of them; the result before stays too.

        Raises:
            UserError: the file cannot be written, another window counts this run, or its votes
                are not those of ``evidence``.
        """
        names = evidence.model.class_names
        given = [
            {"answer": answer, "said": names[index], "true": true}
            for (answer, index), true in labels.items()
        ]
        self._keep_again(run, evidence, "answers than those labelled", labels=given)

    def attacked(self, run: int, evidence: Evidence) -> None:
        """Keep a finished run's result once more, with an attack; the result before stays too.

        Raises:
            UserError: as for :meth:`label`.
        """
        self._keep_again(run, evidence, "votes than those attacked")

    def _keep_again(self, run: int, evidence: Evidence, other: str, **more: Any) -> None:
        """A result of the same votes with something added."""
        before = self.evidence(run)
        same = before is not None and (before.run_id, before.votes, before.answers) == (
            evidence.run_id,
            evidence.votes,
            evidence.answers,
        )
        if not same:
            raise UserError(f"Run {run} in {self.path} has other {other}.")
        with self._writing() as db:
            if owner.holder(db, run) is not None:
                raise UserError(f"Run {run} in {self.path} is being counted in another window.")
            _end(db, run, evidence, **more)

    def resume(self, run: int) -> Resume:
        """What was counted of a run that is to be resumed; nothing, for one that has just begun.

        Raises:
            UserError: the run is damaged.
        """
        known = self.configuration(run)
        with self._database.reading() as db:
            if clause := check.verdict(db, run, self._events_of(db, run), self.path):
                wrong = check.sentence(run, clause, f" in {self.path}")
                raise UserError(f"{wrong.rstrip('.')}; start a new run.")
            progress = votes.read_progress(db, run)
            blocks = votes.read_blocks(db, run)
            said, measured = answers.read(db, run), numbers.read(db, run, blocks)
        empty = Votes(counts=(0,) * len(known.model.class_names))
        selection = progress.selection if progress and progress.selection else empty
        return Resume(
            run_id=known.run_id,
            n_plan=known.settings.n,
            selection=selection,
            block=known.block,
            blocks=blocks,
            answers=said,
            numbers=measured,
            function_check=progress.function_check if progress else None,
        )

    def extend(self, run: int, n: int) -> CertifySettings:
        """Plan more votes for a run whose bound allows that; its new settings.

        A target that has ended the run is dropped.

        Raises:
            UserError: the bound was declared for its n, n is no larger than before, or an attack
                contradicts what is certified already.
        """
        from engine.bounds import bound_method  # loads scipy

        known, row = self.configuration(run), self.row(run)
        settings = known.settings
        if not isinstance(settings, CertifySettings) or not bound_method(settings.bound).extendable:
            what = f"The {settings.bound} bound" if known.procedure == "certify" else "The outcome"
            advice = "only the anytime bounds go past it. Start a new run with --bound anytime."
            if settings.kind == "sweep":
                advice = "at each anchor of its range. Start a new run with a larger --n."
            raise UserError(f"{what} of run {run} was declared for n = {settings.n:,}; {advice}")
        if n <= row.counted:
            raise UserError(
                f"Run {run} holds {row.counted:,} votes already; n must be larger (it was {n:,})."
            )
        if row.contradicted:
            raise UserError(f"An attack contradicts run {run}; it is not extended.")
        longer = checked(CertifySettings, **{**dict(settings), "n": n})
        if row.stop_reason in TARGET_REASONS:
            longer = longer.model_copy(update={"target": ""})
        text = settings_text(longer, known.execution)
        self.claim(run)
        with self._writing() as db:
            db.execute("UPDATE run SET settings = ? WHERE id = ?", (text, run))
            log.append(
                db, "extended", run, n=n, before=settings.n, configuration=stored_digest(db, run)
            )
        return longer

    def note(self, run: int, text: str) -> None:
        """Attach a text to a run; the last one counts, the log keeps all.

        Raises:
            UserError: the file cannot be written, or there is no such run.
        """
        self._remark(run, "noted", text=text)

    def pin(self, run: int) -> None:
        """Mark a run for comparison.

        Raises:
            UserError: the file cannot be written, or there is no such run.
        """
        self._remark(run, "pinned")

    def unpin(self, run: int) -> None:
        """Take the mark off.

        Raises:
            UserError: the file cannot be written, or there is no such run.
        """
        self._remark(run, "unpinned")

    def _remark(self, run: int, kind: log.Kind, **detail: str) -> None:
        self.configuration(run)
        with self._writing() as db:
            log.append(db, kind, run, **detail)

    def _keep(
        self,
        db: sqlite3.Connection,
        run: int,
        selection: Votes,
        blocks: Sequence[Block],
        function_check: FunctionCheckRecord | None,
    ) -> None:
        if not owner.beat(db, run, self._tokens.get(run, "")):
            raise UserError(f"Run {run} in {self.path} is being counted in another window.")
        (run_id,) = db.execute("SELECT run_id FROM run WHERE id = ?", (run,)).fetchone()
        votes.write(
            db, run, run_id, selection=selection, blocks=blocks, function_check=function_check
        )


def _end(db: sqlite3.Connection, run: int, evidence: Evidence, **more: Any) -> None:
    """A result and its event, inside the caller's transaction."""
    text, chain = evidence.model_dump_json(), evidence.chain
    done = db.execute("INSERT INTO result (run, evidence) VALUES (?, ?)", (run, text))
    log.append(
        db,
        "ended",
        run,
        result=int(done.lastrowid or 0),
        evidence=check.evidence_digest(text),
        head=chain.head if chain and chain.blocks else "",
        n=_counted(evidence),
        complete=evidence.complete,
        outcome=evidence.outcome,
        class_name=evidence.class_name,
        radius=evidence.radius,
        certified=evidence.region.headline() if evidence.region else "",
        stop_reason=evidence.stop_reason,
        **({"contradicted": True} if evidence.contradicted else {}),
        **more,
    )


def _counted(evidence: Evidence) -> int:
    """Estimation votes behind a result, of all phases."""
    decision = evidence.decision
    if decision is None:
        return sum(evidence.votes.estimation) + evidence.votes.estimation_failures
    return sum(sum(phase.estimation) + phase.estimation_failures for phase in decision.phases)
