"""A model under the noise of a scheme, as a program makes and asks it."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.api import inputs as given_inputs
from engine.api.models import Base, FromFile, InMemory, Shape
from engine.api.run import Run
from engine.api.table import Table
from engine.core.errors import UserError
from engine.core.generators import result_of
from engine.core.records import MEMORY
from engine.evidence import settings as declaring
from engine.evidence.settings import Counting, Execution, RunSettings, TestName
from engine.procedures.command_line import command_line
from engine.schemes import Scheme
from engine.system.interrupt import stoppable

if TYPE_CHECKING:
    from torch import nn

    from engine.api.inputs import Named
    from engine.case.sets import CaseSet
    from engine.evidence.evidence import Evidence
    from engine.evidence.snapshot import Snapshot
    from engine.inputs import FittedInput, GivenInput
    from engine.models.base import Classifier
    from engine.procedures.resume import Resume
    from engine.verify import VerificationReport


Procedure = Generator["Snapshot", None, "Evidence"]


def smooth(
    model: nn.Module | str | Path | Sequence[nn.Module] | Sequence[str | Path],
    scheme: Scheme | None = None,
    *,
    classes: Sequence[str] = (),
    normalize: str | tuple[Sequence[float], Sequence[float]] = "",
    input_shape: Shape | None = None,
    device: str = "auto",
    precision: str = "fp32",
    batch: int = 0,
    **opening: Any,
) -> Smoothed:
    """The smoothed version of a model.

    Args:
        model: a module from images (B, C, H, W) in [0, 1] to scores (B, K), of which a copy is
            used and nothing is changed; or a path, a Hugging Face id or a ``demo:`` name. Several
            in a list or tuple are the members of an ensemble.
        scheme: the noise and its certificate, e.g. ``Gaussian(sigma=0.25)``; may be left out for a
            file that says what noise it was trained with.
        classes: a name for each output.
        normalize: what stands between noise and network: a name such as ``cifar10``, or means and
            deviations per channel. By default a module does it itself, and of a file it is taken
            from what is stored or detected.
        input_shape: (C, H, W) that images are brought to for a module; None takes them as they are.
        device: ``auto``, ``cpu``, ``cuda``, ``cuda:1``, ``mps``.
        precision: ``fp32``, ``bf16`` or ``fp16``: part of what is certified.
        batch: samples per batch; 0 measures a good size.
        **opening: further fields of :class:`engine.models.ModelRequest` for files: ``arch``,
            ``encoding``, ``trust``, ``oracle``, ``prompt``, ``max_new_tokens``, ... Of these a
            module takes ``encoding``. For ensembles of both ``combine`` (``logits``, ``softmax`` or
            ``votes``) and ``consensus``, the first members that decide where they agree.

    Raises:
        CertiscopeError: the model cannot be opened or copied, or no scheme is named.
    """
    execution = declaring.carried_out({"device": device, "batch": batch})
    models = model if isinstance(model, list | tuple) else [model]
    if not models:
        raise UserError("Give at least one model.")
    if all(isinstance(each, str | Path) for each in models):
        named = [str(each) for each in models]
        base: Base = FromFile(named, classes, normalize, opening)
        if scheme is None:
            from engine.models.native_metadata import common_noise

            scheme = common_noise(named)
    else:
        base = InMemory(models, classes, normalize, input_shape, opening)
    if not isinstance(scheme, Scheme):
        raise UserError("Name the noise: smooth(model, Gaussian(sigma=0.25)), for example.")
    return Smoothed(base, scheme, execution, precision)


class Smoothed:
    """A model under the noise of a scheme: what is certified is this, not the model itself.

    Attributes:
        scheme: the noise and its certificate.
    """

    def __init__(self, base: Base, scheme: Scheme, execution: Execution, precision: str) -> None:
        self.scheme = scheme
        self._base = base
        self._execution = execution
        self._precision = precision

    def __repr__(self) -> str:
        return f"<Smoothed: {self._base.name} under {self.scheme.noise_in_words()}>"

    def certify(
        self,
        x: Any,
        *,
        n: int = 100_000,
        n0: int = 100,
        alpha: float = 0.001,
        bound: str | None = None,
        seed: int | None = None,
        noise: str = "float",
        target: str = "",
        at: Sequence[str] = (),
        label: int | None = None,
        name: str = "",
    ) -> Run:
        """Certify one input: the class by n0 samples, its region by n fresh ones.

        Args:
            x: a tensor or array (C, H, W) in [0, 1] (or uint8), an image of Pillow, or a path or
                name as on the command line (``digits:52``, ``photo.png``).
            n: samples that bound the class's probability.
            n0: samples that choose the class.
            alpha: chance that the claim is wrong.
            bound: how votes become a claim, fixed before the run: ``anytime``, ``live``,
                ``clopper-pearson``, ``two-class``, ...; None takes the usual one.
            seed: of an earlier run, to draw its noise again; None draws a fresh one before the run.
            noise: ``float``, or ``exact``: integers, sound in floating point.
            target: ends the run once this is certified or out of reach, e.g. ``radius=0.5``.
            at: perturbations to answer in the evidence, e.g. ``radius=0.25``.
            label, name: index of the true class, and a short name, of an input in memory.

        Returns:
            The run: iterate over its snapshots, or ask for its ``result()``.

        Raises:
            CertiscopeError: the input is no such thing, or does not fit.
        """
        given = {"n": n, "n0": n0, "alpha": alpha, "bound": bound, "seed": seed, "noise": noise}
        settings = declaring.declared("certify", self.scheme, self._said(**given, target=target))
        for text in at:
            self.scheme.parse_at(text, name="at")
        return self._run(x, settings, at, name=name, label=label)

    def predict(
        self,
        x: Any,
        *,
        n: int = 1_000,
        alpha: float = 0.001,
        test: TestName = "two-sided",
        seed: int | None = None,
        noise: str = "float",
        label: int | None = None,
        name: str = "",
    ) -> Run:
        """The smoothed model's prediction by a binomial test on n samples, without a region.

        Args:
            x, n, alpha, seed, noise, label, name: as for :meth:`certify`.
            test: ``two-sided`` (the two leading classes against each other) or ``one-sided`` (the
                first against one half).

        Raises:
            CertiscopeError: as :meth:`certify`.
        """
        said = self._said(n=n, alpha=alpha, seed=seed, noise=noise, test=test)
        settings = declaring.declared("predict", self.scheme, said)
        return self._run(x, settings, name=name, label=label)

    def measure(
        self,
        x: Any,
        *,
        epsilon: float,
        n: int = 10_000,
        alpha: float = 0.001,
        bound: str | None = None,
        seed: int | None = None,
        noise: str = "float",
        name: str = "",
    ) -> Run:
        """Where the medians of a model's numbers stay: median smoothing, for Gaussian noise.

        Args:
            x, n, alpha, seed, noise, name: as for :meth:`certify`.
            epsilon: largest l2 norm of the change.
            bound: ``anytime``, at any stop, or ``clopper-pearson``, at n; None takes the first.

        Raises:
            CertiscopeError: the model names classes (``smooth(path, scheme, output="numbers")``
                reads numbers), or as :meth:`certify`.
        """
        given = {"epsilon": epsilon, "n": n, "alpha": alpha, "bound": bound}
        said = self._said(**given, seed=seed, noise=noise)
        return self._run(x, declaring.declared("measure", self.scheme, said), name=name, label=None)

    def certify_dataset(
        self,
        inputs: Any,
        *,
        limit: int | None = None,
        n: int = 100_000,
        n0: int = 100,
        alpha: float = 0.001,
        bound: str | None = None,
        seed: int | None = None,
        noise: str = "float",
        at: Sequence[str] = (),
        done: Callable[[int, int], None] | None = None,
        case: str | Path | None = None,
    ) -> Table:
        """Certify every input of a set, each by itself; Ctrl+C keeps those that are done.

        Args:
            inputs: a DataLoader or Dataset of (image, label), a pair of arrays (N, C, H, W) and
                (N,), or paths or names as on the command line.
            limit: the largest number taken, evenly over the set; of a loader the first.
            n, n0, alpha, bound, seed, noise, at: as for :meth:`certify`.
            done: told after each input how many of how many are done.
            case: file that keeps every run; the same call again takes what it holds, also after a
                crash, and without a seed goes on with that of the case.

        Raises:
            CertiscopeError: the set is empty, or none of its inputs opens and fits; one that does
                not has no row, and ``table.result.unread`` says why.
        """
        said = self._said(n=n, n0=n0, alpha=alpha, bound=bound, seed=seed, noise=noise)
        settings = declaring.declared("certify", self.scheme, said)
        named = given_inputs.several(inputs, limit)
        with stoppable() as stop:
            return self._certify_set(named, settings, tuple(at), done, stop, case)

    def _certify_set(
        self,
        named: Sequence[Named],
        settings: Counting,
        at: Sequence[str],
        done: Callable[[int, int], None] | None,
        stop: threading.Event,
        case: str | Path | None,
    ) -> Table:
        from engine.models import fitted
        from engine.procedures.dataset import certify_set
        from engine.procedures.shelf import Runs

        classifier = self._base.classifier(_first_read(named))
        for one in named:
            if one.given is not None:  # found out before the first is certified
                self._base.check(one.given, classifier)
                _check_label(one.given, classifier)
        by_name, kept = {one.name: one for one in named}, Runs()

        def read(name: str) -> FittedInput:
            given = by_name[name].read()
            self._base.check(given, classifier)
            return fitted(classifier, given)

        def keep(name: str, evidence: Evidence) -> None:
            kept.add(evidence)
            if done is not None:
                done(len(kept), len(named))

        keeping: dict[str, Any] = {}
        if case is None:
            settings = declaring.seeded(settings)
        else:
            kept_in = self._kept_in(case, classifier, settings, at, stop)
            settings = kept_in.settings
            keeping = {"count": kept_in.count, "ahead": kept_in.ahead}
        certifying = certify_set(
            classifier,
            [one.name for one in named],
            settings,
            execution=self._execution,
            at=at,
            stop=stop,
            command=lambda name: self._command(name, settings, at),
            done=keep,
            read=read,
            **keeping,
        )
        return Table(result_of(certifying), kept)

    def _kept_in(
        self,
        case: str | Path,
        classifier: Classifier,
        settings: Counting,
        at: Sequence[str],
        stop: threading.Event,
    ) -> CaseSet:
        """The runs of a set in a case, which is made if there is none."""
        from engine.case import Case
        from engine.case.sets import CaseSet
        from engine.models.request import ModelRequest
        from engine.verify.sound import fault

        return CaseSet(
            Case.at(case),
            classifier,
            settings,
            request=self._base.request or ModelRequest(classifier.identity.source),
            execution=self._execution,
            at=at,
            stop=stop,
            warn=lambda sentence: warnings.warn(sentence, stacklevel=2),
            fault=fault,
        )

    def _said(self, **given: Any) -> dict[str, Any]:
        """What a program asks for, without what it leaves to the defaults."""
        said = {name: value for name, value in given.items() if value is not None}
        return {**said, "precision": self._precision}

    def _run(
        self, x: Any, settings: RunSettings, at: Sequence[str] = (), *, name: str, label: int | None
    ) -> Run:
        from engine.models import fitted
        from engine.procedures.beginning import begin
        from engine.procedures.run import check_fit

        given = given_inputs.one(x, name=name, label=label)
        classifier = self._base.classifier(given)
        _check_label(given, classifier)
        fit = fitted(classifier, given)
        check_fit(classifier, fit, self.scheme)
        settings = declaring.seeded(settings)
        more: dict[str, Any] = {"at": at} if at else {}
        more |= {"execution": self._execution}

        def drive(settings: RunSettings, stop: threading.Event, resume: Resume | None) -> Procedure:
            votes = {"resume": resume} if resume else {}
            command = self._command(x, settings, at)
            return begin(classifier, fit, settings, stop=stop, command=command, **votes, **more)

        return Run(drive, settings, classifier, fit)

    def _command(self, x: Any, settings: RunSettings, at: Sequence[str] = ()) -> str:
        """The same run on the command line; empty where something of it lives in memory."""
        request = self._base.request
        if request is None or not isinstance(x, str | Path):
            return ""
        return command_line(request, str(x), settings, self._execution, at)


def _first_read(named: Sequence[Named]) -> GivenInput:
    """The first input of a set that opens."""
    refused: UserError | None = None
    for one in named:
        try:
            return one.read()
        except UserError as error:
            refused = refused or error
    raise refused or UserError("The set is empty.")


def _check_label(given: GivenInput, classifier: Classifier) -> None:
    """Refuse a label that a program gave and the model does not have: they may be counted from 1.

    Raises:
        UserError: naming both.
    """
    classes = len(classifier.identity.class_names)
    if given.source.startswith(MEMORY) and given.label is not None and given.label >= classes:
        raise UserError(
            f"The label of the {given.name} is {given.label}, but {classifier.identity.name} has "
            f"{classes} classes, numbered 0 to {classes - 1}."
        )


def verify(path: str | Path, **plan: Any) -> VerificationReport:
    """Check every claim of a report (PDF), of evidence (JSON) or of a case, without trusting it.

    Args:
        path: the file.
        **plan: how far to go: ``counts_only=True``, ``rerun=3`` or ``rerun="all"``,
            ``model="..."``, ``input="..."``; see :class:`engine.verify.Plan`.

    Returns:
        The claims, each with a verdict; its ``ok`` is True only if all hold, and its ``level`` says
        how far that goes: votes are taken as recorded unless they are drawn again.

    Raises:
        CertiscopeError: the file cannot be read, or is none of these.
    """
    from engine.verify import Plan
    from engine.verify import verify as check

    return check(Path(path), Plan(**plan))
