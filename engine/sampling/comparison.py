"""Noisy samples asked about again, compared with what was counted, and why they differ.

Another class is refused with its likeliest cause, unless rounding explains it: then it is a near
tie, and counts against the top class.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch

from engine.core.batches import Batch, alike, is_out_of_memory, joined, parts
from engine.core.errors import NotAFunction, NotOneSample, Unreachable
from engine.models.base import NO_CLASS, Classifier
from engine.sampling.questions import (
    Answer,
    Asked,
    Asking,
    Cause,
    Rounding,
    Samples,
    Scores,
    Stretch,
)

_REPEATS = 16
"""How often a batch is repeated that was answered in another way."""


class _Said(NamedTuple):
    """A batch, and what came.

    Attributes:
        batch: as it was asked about; a model may overwrite what it is given.
        places: in it, of the rows that are looked at.
    """

    batch: Batch
    found: Answer | None
    places: Sequence[int]


class Comparison:
    """Asks a classifier about samples that were counted.

    Args:
        classifier: that is asked.
        device: where it is.
        rounding: that explains a difference.

    Attributes:
        asking: what was asked again here; of packed streams, about the samples of all.
        suspicious: a sample had other scores alone than among others, by more than rounding.
    """

    def __init__(self, classifier: Classifier, device: torch.device, rounding: Rounding) -> None:
        self.asking = Asking()
        self.suspicious = False
        self._classifier, self._device, self._rounding = classifier, device, rounding
        self._places: dict[Samples, set[int]] = defaultdict(set)
        self._short = False
        self._held: tuple[Stretch, Batch] | None = None
        self._first: tuple[Stretch, Batch] | None = None

    def hold(self, stretch: Stretch, batch: Batch, *, first: bool = True) -> None:
        """Ask about these samples; with ``first`` the very first are kept, for later."""
        self._held = stretch, batch
        if first:
            self._first = self._first or self._held

    def forget(self, before: int, kept: set[int]) -> None:
        """Count samples of earlier places as new ones, if they come again, but for those kept."""
        for samples, known in self._places.items():
            self._places[samples] = {one for one in known if one >= before or one in kept}

    def ask(self, batch: Batch) -> Answer | None:
        """Classes and scores; None where the classifier fails or memory is short."""
        self._short = False
        try:
            found = Answer.of(self._classifier, batch)
        except Unreachable:
            raise
        except Exception as error:  # a stranger's model fails in any way
            self._short = is_out_of_memory(error)
            return None
        return found if len(found.classes) == len(parts(batch)[0]) else None

    def compare(
        self, stretch: Stretch, group: Sequence[int], answered: Sequence[torch.Tensor]
    ) -> Answer | None:
        """Ask about some rows in one batch and compare the classes with those that were counted.

        Args:
            stretch: the samples.
            group: rows of it, in the order in which they are asked about; copies are one answer.
            answered: class indices of the batches that they come from, by the numbers of their
                homes; a near tie is taken out in place.

        Raises:
            UserError: the classifier is no function of one sample.
        """
        batch = self.rows(stretch, group)
        said = _Said(batch, self.ask(alike(batch, torch.clone)), range(len(group)))
        return self._settled(stretch, group, said, answered)

    def alone(
        self,
        stretch: Stretch,
        group: Sequence[int],
        place: int,
        among: Answer | None,
        answered: Sequence[torch.Tensor],
    ) -> Asked:
        """Ask about a row alone that was asked about among others, and compare scores too.

        So a dependence that changes no class is seen as well. Where the scores differ, by rounding
        perhaps, as batches of every size are computed in another way, the row is asked about among
        copies of itself: in batches of one size its scores at one place are the same to the last
        bit or two, whatever stands beside it.

        Args:
            stretch, group, answered: as for :meth:`compare`.
            place: of the row in the group.
            among: the answer to the group.

        Raises:
            UserError: its scores depend on its neighbours, or its class on them or on chance.
        """
        row = group[place]
        batch = self.rows(stretch, [row])
        found = self.ask(alike(batch, torch.clone))
        if among is None or found is None or found.scores is None:
            self._among_copies(stretch, group, place, among, answered)
        elif not self._rounding.alike(among, place, found, 0):
            self.suspicious = True
            self._among_copies(stretch, group, place, among, answered)
        said = _Said(batch, found, [0])
        return Asked(stretch, [row], self._settled(stretch, [row], said, answered))

    def again(self, earlier: Asked) -> None:
        """The same batch later: other scores show a model that follows what it is asked, slowly.

        Raises:
            UserError: they are others.
        """
        then, now = earlier.found, self.compare(earlier.stretch, earlier.group, ())
        if then and now and not self._rounding.all_same(then, now):
            raise self.refusal(Cause.CHANCE)

    def beside(
        self,
        earlier: Asked,
        stretch: Stretch,
        group: Sequence[int],
        answered: Sequence[torch.Tensor],
    ) -> Answer | None:
        """Both :meth:`again` and :meth:`compare` in one batch, the earlier rows first.

        Where anything comes out otherwise, each is asked by itself as well, which tells the cause.

        Args:
            earlier: that is asked about once more.
            stretch, group, answered: as for :meth:`compare`.

        Raises:
            UserError: as of the two.
        """
        count, rows = len(earlier.group), self.rows(stretch, group)
        batch = joined([self.rows(earlier.stretch, earlier.group), rows])
        found = self.ask(alike(batch, torch.clone))
        if found is None or earlier.found is None:
            self.again(earlier)
            return self.compare(stretch, group, answered)
        first, second = range(count), range(count, len(found.classes))
        then, now = found.at(first), found.at(second)
        same = self._rounding.all_same(earlier.found, then)
        if not (
            same and _agree(earlier.stretch, earlier.group, then) and _agree(stretch, group, now)
        ):
            self.again(earlier)
            self.compare(stretch, group, answered)
        self._settled(earlier.stretch, earlier.group, _Said(batch, found, first), ())
        self._settled(stretch, group, _Said(batch, found, second), answered)
        return now

    def among(
        self,
        stretch: Stretch,
        group: Sequence[int],
        found: Answer,
        places: Sequence[int],
        batch: Callable[[], Batch],
    ) -> Answer:
        """As :meth:`compare`, of rows that were asked about in a batch among others.

        Where one got another class they are asked by themselves as well, which tells the cause.

        Args:
            stretch, group: as for :meth:`compare`.
            found: the answer to the whole batch.
            places: of the rows in it.
            batch: makes it once more.

        Raises:
            UserError: the classifier is no function of one sample.
        """
        own = found.at(places)
        if _agree(stretch, group, own):
            self._note(stretch, group)
        else:
            self.compare(stretch, group, ())
            self._settled(stretch, group, _Said(batch(), found, places), ())
        return own

    def evidently_same(
        self,
        stretch: Stretch,
        group: Sequence[int],
        classes: Sequence[int],
        scores: tuple[Scores, Scores],
    ) -> bool:
        """Whether rows got their classes again, and scores that are plainly the same.

        Args:
            stretch, group: as for :meth:`compare`.
            classes: that came now, by the rows of the group.
            scores: (B, K) then and now.
        """
        same = [stretch.classes[row] for row in group] == classes
        if same and self._rounding.alike_at_a_glance(*scores):
            self._note(stretch, group)
            return True
        return False

    def same_scores(self, one: Answer, other: Answer) -> bool:
        """Whether the same samples have the same scores, up to rounding, in two batches."""
        return self._rounding.all_same(one, other)

    def refusal(self, cause: Cause) -> NotAFunction:
        """The error that says why."""
        kind = NotAFunction if cause is Cause.CHANCE else NotOneSample
        return kind(cause.value.format(name=self._classifier.identity.name))

    def _among_copies(
        self,
        stretch: Stretch,
        group: Sequence[int],
        place: int,
        among: Answer | None,
        answered: Sequence[torch.Tensor],
    ) -> None:
        copies = self.compare(stretch, [group[place]] * len(group), answered)
        if among is None or copies is None or self._rounding.same(among, copies, place):
            return
        repeated = self._repeats(self.rows(stretch, group), among)
        raise self.refusal(Cause.NEIGHBOURS if repeated else Cause.CHANCE)

    def _repeats(self, batch: Batch, found: Answer) -> bool:
        """Whether the same batch is answered in the same way again and again."""
        again = (self.ask(alike(batch, torch.clone)) for _ in range(_REPEATS))
        return all(one is not None and self._rounding.all_same(found, one) for one in again)

    def _settled(
        self,
        stretch: Stretch,
        group: Sequence[int],
        said: _Said,
        answered: Sequence[torch.Tensor],
    ) -> Answer | None:
        """What came of some rows in one batch, once their classes are compared."""
        found = said.found
        if found is None:
            self._excuse(stretch, group)
            return None
        self._note(stretch, group)
        ties = set[int]()
        for place, row in zip(said.places, group, strict=True):
            counted = stretch.classes[row]
            # A sample without a class counts against every class already.
            if counted not in (NO_CLASS, found.classes[place]):
                self._judge(stretch, row, place, said.batch, found, counts=row not in ties)
                _take_out(stretch, row, answered)
                ties.add(row)
        return found

    def _judge(
        self,
        stretch: Stretch,
        row: int,
        place: int,
        batch: Batch,
        found: Answer,
        *,
        counts: bool,
    ) -> None:
        """Why a row got another class at a place of a batch; ``counts`` unless a copy did.

        Raises:
            UserError: not by rounding.
        """
        home, counted, now = stretch.homes[row], stretch.classes[row], found.classes[place]
        at = stretch.places[row] - home.first
        before = self.ask(stretch.samples.draw(home.first, home.size))
        if before is None or not self._repeats(batch, found):
            raise self.refusal(Cause.CHANCE)
        if before.classes[at] != counted and not self._rounding.tied(before, at, counted):
            raise self.refusal(Cause.CHANCE)
        for one, where, size in ((before, at, home.size), (found, place, len(found.classes))):
            copies = self.ask(self.rows(stretch, [row] * size))
            if copies is None or not self._rounding.near(one, where, copies, where, (counted, now)):
                raise self.refusal(Cause.NEIGHBOURS)
        many = counts and any([asking.tied() for asking in self._about(stretch, [row])])
        if many or not self._rounding.near(before, at, found, place, (counted, now)):
            raise self.refusal(Cause.PLACE)

    def _excuse(self, stretch: Stretch, group: Sequence[int]) -> None:
        """After a failure: a model that fails everywhere counts against every class already.

        Raises:
            UserError: it fails on this batch only, and not for want of memory.
        """
        home, short = stretch.homes[group[0]], self._short
        if len(group) == home.size or short:
            return
        if self.ask(stretch.samples.draw(home.first, home.size)) is not None:
            raise self.refusal(Cause.FAILURE)

    def rows(self, stretch: Stretch, group: Sequence[int]) -> Batch:
        """Some rows of a stretch, in this order, as a batch of its own."""
        if self._held is None or self._held[0] is not stretch:
            if self._first is not None and self._first[0] is stretch:
                self._held = self._first
            else:
                self.hold(stretch, stretch.samples.draw(stretch.places[0], len(stretch.places)))
        assert self._held is not None
        index = torch.tensor(list(group), device=self._device)
        return alike(self._held[1], lambda part: part[index])

    def _about(self, stretch: Stretch, group: Sequence[int]) -> list[Asking]:
        """What was asked again of the runs that some rows belong to, and of all; each once."""
        runs = (stretch.samples.asking(stretch.places[row]) for row in group)
        return [*{id(one): one for one in (*runs, self.asking)}.values()]

    def _note(self, stretch: Stretch, group: Sequence[int]) -> None:
        """Record a batch that was answered; copies of a row are one answer, as of one near tie."""
        known, places = self._places[stretch.samples], {stretch.places[row] for row in group}
        run_of = {place: stretch.samples.asking(place) for place in places}
        for asking in self._about(stretch, group):
            if asking is self.asking:
                own = places
            else:
                own = {place for place, run in run_of.items() if run is asking}
            asking.batchings += 1
            asking.answers += len(own)
            asking.samples += len(own - known)
        known |= places


def _agree(stretch: Stretch, group: Sequence[int], found: Answer) -> bool:
    """Whether the classes are those that were counted, where one was."""
    counted = (stretch.classes[row] for row in group)
    return all(one in (NO_CLASS, now) for one, now in zip(counted, found.classes, strict=True))


def _take_out(stretch: Stretch, row: int, answered: Sequence[torch.Tensor]) -> None:
    """Count a near tie of the top class against it, where it is not counted yet."""
    place, home = stretch.places[row], stretch.homes[row]
    if answered and stretch.classes[row] == stretch.samples.asking(place).top:
        answered[home.number][place - home.first] = NO_CLASS
