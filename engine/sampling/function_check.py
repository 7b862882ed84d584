"""Whether a base classifier is a function of one sample, tested on the samples that are counted.

A certificate holds for a function of one noisy sample, deterministic or with chance of its own that
no other sample has a part in. So, before anything is counted and at moments of a run that nobody
can foresee, noisy samples that were just classified are drawn again and classified in other
batches: in another order and place, among others, alone, and earlier ones once more. Moments and
samples come from the system's entropy and not from the seed: a model cannot know them.

Another class is refused, with the likeliest cause (:class:`Cause`), unless rounding explains it:
the scores of both classes differ by less than the arithmetic's rounding, with the size of the batch
or the place in it, and no other sample has a part in it. Such a near tie counts against the top
class, as a sample without a class does. The others like it, which were not asked again, stay as
they were counted in the run's own batches: rounding depends on the size of a batch and the place in
it, which do not depend on the noise, and the certificates hold for such a classifier.
"""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Sequence

import torch

from engine.core.batches import Batch, alike, is_out_of_memory, parts
from engine.core.errors import NotAFunction, NotOneSample, Unreachable
from engine.evidence.observations import FunctionCheckRecord
from engine.models.base import NO_CLASS, Classifier
from engine.sampling.check_effort import (
    LONG,
    SHORT,
    Acquaintance,
    Allowance,
    asked_alone,
    looked_at,
)
from engine.sampling.questions import (
    Answer,
    Asked,
    Asking,
    Cause,
    Rounding,
    Samples,
    Stretch,
    consecutive,
)
from engine.sampling.whole_batches import WholeBatches

SHARE = 0.01
"""Share of a run's time that is spent on asking again."""
_LATER, _EARLIER, _CLOSING, _REPEATS = 256, 4, 256, 16
"""Samples of a later look in a long run, stretches that are asked about once more, samples since
the first or last such look that make one due at the end of a stream, and how often a batch is
repeated that was answered in another way."""


class FunctionCheck:
    """Asks a classifier again about samples that were just counted.

    Args:
        classifier: that is asked.
        device, precision: where it is, and of its arithmetic.
        alone: every sample is classified in a call of its own; then only that is tested.

    Attributes:
        planned: samples of the run, which tell how many are asked again before it.
        tested: the model was tested in another run of a set: at first it is asked about one batch
            in another order, and time alone decides what more is asked.
        allowance: of that time; ``met`` is what is known of the model beforehand.
        opened: a first batch was tested; nothing more is counted before.
        before: record of the part of the run that this one resumes.
        asking: what was asked again here; of packed streams, about the samples of all.
    """

    def __init__(
        self,
        classifier: Classifier,
        *,
        device: torch.device,
        precision: str = "fp32",
        alone: bool = False,
    ) -> None:
        self.planned = LONG
        self.tested = False
        self.before: FunctionCheckRecord | None = None
        self.allowance, self.met = Allowance(), Acquaintance()
        self.asking = Asking()
        self.opened = False
        self._classifier = classifier
        self._device = device
        self._rounding = Rounding.of(precision)
        self._alone = alone
        self._lot = random.SystemRandom()
        self._earlier: list[Asked] = []
        self._places: dict[Samples, set[int]] = defaultdict(set)
        self._since, self._short = 0, False
        self._held: tuple[Stretch, Batch] | None = None
        self._first: tuple[Stretch, Batch] | None = None
        self._whole = WholeBatches(classifier, self._ask, self._compare, self._rounding, self._lot)

    @property
    def top(self) -> int | None:
        """The class that a claim will be about."""
        return self.asking.top

    @top.setter
    def top(self, index: int | None) -> None:
        self.asking.top = index

    @property
    def affordable(self) -> bool:
        """Whether some of the time for asking again is left."""
        return self.allowance.left

    def record(self) -> FunctionCheckRecord:
        """What was asked again so far, in all parts of the run."""
        asking = self.asking
        here = FunctionCheckRecord(
            samples=asking.samples,
            answers=asking.answers,
            batchings=asking.batchings,
            agreed=asking.answers - asking.near_ties,
            near_ties=asking.near_ties,
            one_a_call=self._alone,
        )
        return here if self.before is None else self.before.followed_by(here)

    def opening(self, batch: int) -> int:
        """Batches of this size that the first look is about."""
        return -(-self._few // batch)

    @property
    def _few(self) -> int:
        return looked_at(self.planned)

    @property
    def _brief(self) -> bool:
        """Whether the first look is at one batch in another order, and no more."""
        return self.tested and not self.opened and not self.affordable and not self._alone

    @property
    def _each(self) -> int:
        """Rows of a stretch that are asked about among copies of themselves."""
        return 1 if self.planned < LONG else 2

    def look(
        self,
        samples: Samples,
        start: int,
        answered: Sequence[torch.Tensor],
        *,
        seconds: float,
        ends: bool,
    ) -> None:
        """Test the samples just classified, if this is a moment to.

        Args:
            samples: of their stream.
            start: place of the first.
            answered: class indices, one tensor for each batch; a near tie is taken out in place.
            seconds: that they took.
            ends: whether they are the last of the stream.

        Raises:
            UserError: the classifier is no function of one sample.
        """
        self.allowance.seconds += SHARE * seconds
        self._since += sum(map(len, answered))
        due = not self.tested or self.affordable
        closing = ends and due and self._since >= _CLOSING
        lucky = self.affordable and self._lot.random() < 0.5
        larger = not self._alone and self._whole.larger(answered, tested=self.tested)
        usual = closing or lucky or not self.opened
        if not answered or not (usual or larger):
            return
        began = time.perf_counter()
        with torch.inference_mode():
            if larger and self._whole.differ(samples, start, answered, self._few * self.opened):
                raise self._refusal(Cause.PLACE)
            if usual:
                self._moment(samples, start, answered, closing=closing)
        if not self._brief:  # which every run owes
            self.allowance.seconds -= time.perf_counter() - began
        if closing or not self.opened:
            self._since, self.opened = 0, True

    def ask(self, stretch: Stretch, held: Batch, answered: Sequence[torch.Tensor]) -> None:
        """Ask about samples of several runs, in one batch in another order, one of them alone.

        Args:
            stretch, held: the samples, at any places, and kept from before they were classified.
            answered: as for :meth:`look`, by the numbers of the homes.

        Raises:
            UserError: the classifier is no function of one sample.
        """
        began = time.perf_counter()
        self._held = stretch, held
        with torch.inference_mode():
            self._open(stretch, answered)
            if self._lot.random() < 0.25:
                self._compare(stretch, [self._lot.randrange(len(stretch.places))], answered)
        self.allowance.seconds -= time.perf_counter() - began

    def forget(self, before: int) -> None:
        """Ask no more about samples of earlier places, those of the first look apart."""
        self._earlier[1:] = [e for e in self._earlier[1:] if e.stretch.places[0] >= before]
        kept = {place for one in self._earlier for place in one.stretch.places}
        for samples, known in self._places.items():
            self._places[samples] = {one for one in known if one >= before or one in kept}

    def _moment(
        self, samples: Samples, start: int, answered: Sequence[torch.Tensor], *, closing: bool
    ) -> None:
        opening = not self.opened
        most = self._few if opening or self.planned < LONG else _LATER
        stretches = 1
        if not self._alone:
            largest = max(2, *map(len, answered))
            stretches = max(1, most // largest) if opening or closing else 1
            most = min(most, largest)
            if closing and not opening and self.planned < SHORT:
                stretches = 0  # that it is still the same function is what a short run's end shows
        asked = list[Asked]()
        for _ in range(stretches):
            asked += self._questions(samples, start, answered, most)
        if closing:
            for earlier in self._earlier[: _EARLIER if self._alone else 1]:
                self._once_more(earlier)
        elif self._earlier and self._lot.random() < 0.5:
            self._once_more(self._lot.choice(self._earlier))
        self._earlier += asked if self._alone else asked[:1]
        while len(self._earlier) > _EARLIER:
            self._earlier.pop(self._lot.randrange(1, len(self._earlier)))

    def _questions(
        self, samples: Samples, start: int, answered: Sequence[torch.Tensor], most: int
    ) -> list[Asked]:
        """Ask about some of the samples just classified, in several batches."""
        stretch = consecutive(samples, start, answered, most, lot=self._lot, beside=not self._alone)
        opening, asked = not self.opened, list[Asked]()
        brief, now = self._brief, opening or (self.planned >= LONG and self._lot.random() < 0.25)
        if not self._alone and now and not brief:
            asked.append(self._open(stretch, answered))
        for group in self._groups(len(stretch.classes)):
            asked.append(Asked(stretch, group, self._compare(stretch, group, answered)))
        if self._classifier.measured() is not None and self._rounding.differ(asked):
            raise self._refusal(Cause.PLACE)
        return asked

    def _once_more(self, earlier: Asked) -> None:
        """The same batch later: other scores show a model that follows what it is asked, slowly."""
        then, now = earlier.found, self._compare(earlier.stretch, earlier.group, ())
        if then and now and not self._rounding.all_same(then, now):
            raise self._refusal(Cause.CHANCE)

    def _groups(self, count: int) -> list[list[int]]:
        """Rows of a stretch that are asked about together."""
        shuffled = self._lot.sample(range(count), count)
        if self._alone:
            return [[row] for row in shuffled[: self._few]]
        if self._brief:
            return [shuffled]
        if not self.opened:
            few = 1 if self._classifier.usual_batch else asked_alone(self.planned, self.met)
            return [[row] for row in shuffled[:few]]
        sizes = [count] * 6 + [1, min(count, self._lot.choice((2, 4)))]
        return [shuffled[: self._lot.choice(sizes)]]

    def _open(self, stretch: Stretch, answered: Sequence[torch.Tensor]) -> Asked:
        """All of a stretch in another order, and some of its rows among copies of themselves.

        In batches of one size a row's scores at one place are the same to the last bit or two,
        whatever stands beside it; so a dependence that changes no class is seen as well.
        """
        count = len(stretch.classes)
        shuffled = self._lot.sample(range(count), count)
        among = self._compare(stretch, shuffled, answered)
        for place in self._lot.sample(range(count), min(count, self._each)):
            copies = self._compare(stretch, [shuffled[place]] * count, answered)
            if among is None or copies is None or self._rounding.same(among, copies, place):
                continue
            repeated = self._repeats(stretch, shuffled, among)
            raise self._refusal(Cause.NEIGHBOURS if repeated else Cause.CHANCE)
        return Asked(stretch, shuffled, among)

    def _repeats(self, stretch: Stretch, group: Sequence[int], found: Answer) -> bool:
        """Whether the same batch is answered in the same way again and again."""
        again = (self._ask(self._rows(stretch, group)) for _ in range(_REPEATS))
        return all(one is not None and self._rounding.all_same(found, one) for one in again)

    def _compare(
        self, stretch: Stretch, group: Sequence[int], answered: Sequence[torch.Tensor]
    ) -> Answer | None:
        """Ask about some rows in one batch and compare the classes with those that were counted."""
        found = self._ask(self._rows(stretch, group))
        if found is None:
            self._excuse(stretch, group)
            return None
        self._note(stretch, group)
        ties = set[int]()
        for place, row in enumerate(group):
            counted = stretch.classes[row]
            # A sample without a class counts against every class already.
            if counted not in (NO_CLASS, found.classes[place]):
                self._judge(stretch, group, place, found, counts=row not in ties)
                self._take_out(stretch, row, answered)
                ties.add(row)
        return found

    def _judge(
        self, stretch: Stretch, group: Sequence[int], place: int, found: Answer, *, counts: bool
    ) -> None:
        """Why a row got another class; it ``counts`` unless a copy of it in the batch did.

        Raises:
            UserError: not by rounding.
        """
        row = group[place]
        home, counted, now = stretch.homes[row], stretch.classes[row], found.classes[place]
        at = stretch.places[row] - home.first
        before = self._ask(stretch.samples.draw(home.first, home.size))
        if before is None or not self._repeats(stretch, group, found):
            raise self._refusal(Cause.CHANCE)
        if before.classes[at] != counted and not self._rounding.tied(before, at, counted):
            raise self._refusal(Cause.CHANCE)
        for one, where, size in ((before, at, home.size), (found, place, len(group))):
            copies = self._ask(self._rows(stretch, [row] * size))
            if copies is None or not self._rounding.near(one, where, copies, where, (counted, now)):
                raise self._refusal(Cause.NEIGHBOURS)
        many = counts and any([asking.tied() for asking in self._about(stretch, [row])])
        if many or not self._rounding.near(before, at, found, place, (counted, now)):
            raise self._refusal(Cause.PLACE)

    def _take_out(self, stretch: Stretch, row: int, answered: Sequence[torch.Tensor]) -> None:
        """Count a near tie of the top class against it, where it is not counted yet."""
        place, home = stretch.places[row], stretch.homes[row]
        if answered and stretch.classes[row] == stretch.samples.asking(place).top:
            answered[home.number][place - home.first] = NO_CLASS

    def _excuse(self, stretch: Stretch, group: Sequence[int]) -> None:
        """After a failure: a model that fails everywhere counts against every class already.

        Raises:
            UserError: it fails on this batch only, and not for want of memory.
        """
        home, short = stretch.homes[group[0]], self._short
        if len(group) == home.size or short:
            return
        if self._ask(stretch.samples.draw(home.first, home.size)) is not None:
            raise self._refusal(Cause.FAILURE)

    def _rows(self, stretch: Stretch, group: Sequence[int]) -> Batch:
        """Some rows of a stretch, in this order, as a batch of its own."""
        if self._held is None or self._held[0] is not stretch:
            if self._first is not None and self._first[0] is stretch:
                self._held = self._first
            else:
                drawn = stretch.samples.draw(stretch.places[0], len(stretch.places))
                self._held = stretch, drawn
                self._first = self._first or self._held  # it is asked about at the end again
        index = torch.tensor(list(group), device=self._device)
        return alike(self._held[1], lambda part: part[index])

    def _about(self, stretch: Stretch, group: Sequence[int]) -> list[Asking]:
        """What was asked again of the runs that some rows belong to, and of all; each once."""
        runs = (stretch.samples.asking(stretch.places[row]) for row in group)
        return [*{id(one): one for one in (*runs, self.asking)}.values()]

    def _note(self, stretch: Stretch, group: Sequence[int]) -> None:
        """Record a batch that was answered; copies of a row are one answer, as of one near tie."""
        for asking in self._about(stretch, group):
            asking.batchings += 1
        for row in dict.fromkeys(group):
            place, known = stretch.places[row], self._places[stretch.samples]
            for asking in self._about(stretch, [row]):
                asking.answers += 1
                asking.samples += place not in known
            known.add(place)

    def _ask(self, batch: Batch) -> Answer | None:
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

    def _refusal(self, cause: Cause) -> NotAFunction:
        kind = NotAFunction if cause is Cause.CHANCE else NotOneSample
        return kind(cause.value.format(name=self._classifier.identity.name))
