"""Whether a base classifier is a function of one sample, tested on the samples that are counted.

A certificate holds for a function of one noisy sample, deterministic or with chance of its own that
no other sample has a part in. So, before anything is counted and at moments of a run that nobody
can foresee, noisy samples that were just classified are classified in other batches: in another
order and place, among others, alone, and earlier ones once more. They are drawn again, or were kept
from before the first time. In a later short run of a set they are classified again beside the first
batch that is counted after them (:class:`AppendedRows`), of which nothing is handed out before they
are compared. Moments and samples come from the system's entropy and not from the seed: a model
cannot know them.

Another class is refused (:class:`Comparison`), unless rounding explains it: the scores of both
classes differ by less than the arithmetic's rounding, with the size of the batch or the place in
it, and no other sample has a part in it. Such a near tie counts against the top class, as a sample
without a class does. The others like it, which were not asked again, stay as they were counted in
the run's own batches: rounding depends on the size of a batch and the place in it, which do not
depend on the noise, and the certificates hold for such a classifier.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence

import torch

from engine.core.batches import Batch, parts
from engine.evidence.observations import FunctionCheckRecord
from engine.models.base import Classifier
from engine.sampling.appended_rows import AppendedRows
from engine.sampling.check_effort import (
    LONG,
    SHORT,
    Acquaintance,
    Allowance,
    asked_alone,
    looked_at,
)
from engine.sampling.comparison import Comparison
from engine.sampling.kept_samples import KeptSamples
from engine.sampling.questions import Answer, Asked, Asking, Cause, Rounding, Samples, Stretch
from engine.sampling.whole_batches import WholeBatches

SHARE = 0.01
"""Share of a run's time that is spent on asking again."""
_LATER, _EARLIER, _CLOSING = 256, 4, 256
"""Samples of a later look in a long run, stretches that are asked about once more, and samples
since the first or last such look that make one due at the end of a stream."""
_SUSPICIOUS = 7
"""Further samples that are asked about alone where one had other scores there than among others."""


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
        owed: what was counted since the last look may not be handed out before the next one.
        followed: more of the run is counted after the stream at hand, in a stream of its own.
        before: record of the part of the run that this one resumes.
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
        self.opened = self.followed = False
        self.owed = True
        self._classifier, self._alone = classifier, alone
        self._rounding = Rounding.of(precision)
        self._lot = random.SystemRandom()
        self._earlier: list[Asked] = []
        self._due: list[Asked] = []
        self._since = 0
        self._kept = KeptSamples(self._lot)
        self._about = Comparison(classifier, device, self._rounding)
        self._appended = AppendedRows(classifier, self._about)
        self._whole = WholeBatches(
            classifier, self._about.ask, self._beyond, self._rounding, self._lot
        )

    @property
    def asking(self) -> Asking:
        """What was asked again here; of packed streams, about the samples of all."""
        return self._about.asking

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

    def _waits(self, answered: Sequence[torch.Tensor]) -> bool:
        """Whether a brief look is answered within the next batch, which a short run has next."""
        asked = self._short and max(map(len, answered)) >= self._few
        return asked and self._appended.possible

    @property
    def _short(self) -> bool:
        """Whether this is the beginning of a short run that owes a brief look alone."""
        return self.followed and self.planned < SHORT and self._brief

    @property
    def _each(self) -> int:
        """Rows of a stretch whose scores alone are compared with those among the others."""
        return 1 if self.planned < LONG else 2

    def passes(self, size: int) -> bool:
        """Whether a batch of this size is only classified: nothing of it is kept or asked there."""
        held = self._appended.held or not self._appended.possible
        return self.opened and not held and not self._beyond_all(size)

    def _beyond_all(self, size: int) -> bool:
        return self._whole.beyond(size, tested=self.tested)

    def classify(self, start: int, batch: Batch) -> torch.Tensor:
        """Classes of a batch that is counted, of which some samples may be asked about again.

        Args:
            start: place of its first sample.
            batch: may be overwritten.
        """
        # What is asked about for certain is kept from before the model has it.
        due = not self.opened or self._beyond_all(len(parts(batch)[0]))
        if due and not self._alone:
            self._kept.keep(start, batch, self._few)
        return self._appended.classify(start, batch, self._kept.places if self._short else range(0))

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
        self._settle(samples, answered)
        due = not self.tested or self.affordable
        closing = ends and due and self._since >= _CLOSING
        lucky = self.affordable and self._lot.random() < 0.5
        larger = not self._alone and self._whole.larger(answered, tested=self.tested)
        usual = closing or lucky or not self.opened
        if not answered or not (usual or larger):
            self._kept.drop()
            return
        self.owed = self.owed or larger
        began = time.perf_counter()
        self._due = self._earlier[:1] if closing and not self._alone else []
        waits = self._waits(answered)
        with torch.inference_mode():
            if larger and self._whole.differ(samples, start, answered, self._few * self.opened):
                raise self._about.refusal(Cause.PLACE)
            if waits:
                stretch = self._stretch(samples, start, answered, self._few)
                self._appended.wait(stretch, self._shuffled(self._few))
            elif usual:
                self._moment(samples, start, answered, closing=closing)
        self._kept.drop()
        if waits or not self._brief:  # which every run owes
            self.allowance.seconds -= time.perf_counter() - began
        if closing or not self.opened:
            self._since, self.opened = 0, True
        self.owed = waits

    def ask(self, stretch: Stretch, held: Batch, answered: Sequence[torch.Tensor]) -> None:
        """Ask about samples of several runs, in one batch in another order, one of them alone.

        Args:
            stretch, held: the samples, at any places, and kept from before they were classified.
            answered: as for :meth:`look`, by the numbers of the homes.

        Raises:
            UserError: the classifier is no function of one sample.
        """
        began = time.perf_counter()
        self._about.hold(stretch, held, first=False)
        with torch.inference_mode():
            self._open(stretch, answered)
            if self._lot.random() < 0.25:
                self._about.compare(stretch, [self._lot.randrange(len(stretch.places))], answered)
        self.allowance.seconds -= time.perf_counter() - began

    def forget(self, before: int) -> None:
        """Ask no more about samples of earlier places, those of the first look apart."""
        self._earlier[1:] = [e for e in self._earlier[1:] if e.stretch.places[0] >= before]
        kept = {place for one in self._earlier for place in one.stretch.places}
        self._about.forget(before, kept)

    def _settle(self, samples: Samples, answered: Sequence[torch.Tensor]) -> None:
        """Compare what was asked about within a batch just counted."""
        if not answered or not self._appended.held:
            return
        began = time.perf_counter()
        with torch.inference_mode():
            closer = lambda stretch: self._open(stretch, ())[0]  # noqa: E731
            self._earlier[:1] = [self._appended.settle(samples, closer)]
        self.owed = False
        self.allowance.seconds -= time.perf_counter() - began

    def _shuffled(self, count: int) -> list[int]:
        """The numbers below ``count`` by lot, asking the system once."""
        lots = self._lot.randbytes(8 * count)
        return sorted(range(count), key=lambda i: lots[8 * i : 8 * i + 8])

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
            asked += self._questions(samples, start, answered, most, whole=closing)
        if closing:
            for earlier in self._earlier[:_EARLIER] if self._alone else self._due:
                self._about.again(earlier)
        elif self._earlier and self._lot.random() < 0.5:
            self._about.again(self._lot.choice(self._earlier))
        self._earlier += asked if self._alone else asked[:1]
        while len(self._earlier) > _EARLIER:
            self._earlier.pop(self._lot.randrange(1, len(self._earlier)))

    def _questions(
        self,
        samples: Samples,
        start: int,
        answered: Sequence[torch.Tensor],
        most: int,
        *,
        whole: bool,
    ) -> list[Asked]:
        """Ask about some of the samples just classified, in several batches."""
        stretch = self._stretch(samples, start, answered, most)
        opening, asked = not self.opened, list[Asked]()
        brief, now = self._brief, opening or (self.planned >= LONG and self._lot.random() < 0.25)
        if not self._alone and now and not brief:
            asked += self._open(stretch, answered)
        for group in self._groups(len(stretch.classes), whole=whole):
            asked.append(Asked(stretch, group, self._compared(stretch, group, answered)))
        if self._classifier.measured() is not None and self._rounding.differ(asked):
            raise self._about.refusal(Cause.PLACE)
        return asked

    def _stretch(
        self, samples: Samples, start: int, answered: Sequence[torch.Tensor], most: int
    ) -> Stretch:
        """Some of the samples just counted, by lot; held where they were kept."""
        stretch, kept = self._kept.stretch(samples, start, answered, most, beside=not self._alone)
        if kept is not None:
            self._about.hold(stretch, kept)
        return stretch

    def _beyond(
        self, samples: Samples, start: int, answered: Sequence[torch.Tensor], few: int
    ) -> None:
        """Ask about samples of a batch that is larger than all before, in another order."""
        stretch = self._stretch(samples, start, answered, few)
        self._compared(stretch, self._shuffled(len(stretch.places)), answered)

    def _compared(
        self, stretch: Stretch, group: Sequence[int], answered: Sequence[torch.Tensor]
    ) -> Answer | None:
        """Ask about rows, and in one call with as many earlier ones that are due once more."""
        if self._due and len(self._due[0].group) == len(group):
            return self._about.beside(self._due.pop(), stretch, group, answered)
        return self._about.compare(stretch, group, answered)

    def _groups(self, count: int, *, whole: bool) -> list[list[int]]:
        """Rows of a stretch that are asked about together; all with ``whole``, once it is open."""
        shuffled = self._shuffled(count)
        if self._alone:
            return [[row] for row in shuffled[: self._few]]
        if self._brief:
            return [shuffled]
        if not self.opened:
            return [[row] for row in shuffled[: self._alone_more]]
        if whole:  # what a run's end tells is not left to the lot
            return [shuffled]
        sizes = [count] * 6 + [1, min(count, self._lot.choice((2, 4)))]
        return [shuffled[: self._lot.choice(sizes)]]

    @property
    def _alone_more(self) -> int:
        """Rows that are asked about alone before a run, beside those whose scores are compared."""
        if self._about.suspicious:
            return _SUSPICIOUS
        scored = self._classifier.by_scores
        few = asked_alone(self.planned, self.met, scored=scored)
        return 0 if self._classifier.usual_batch else max(0, few - self._each)

    def _open(self, stretch: Stretch, answered: Sequence[torch.Tensor]) -> list[Asked]:
        """All of a stretch in another order, and some of its rows alone, scores compared too."""
        count = len(stretch.classes)
        shuffled = self._shuffled(count)
        among = self._about.compare(stretch, shuffled, answered)
        places = self._lot.sample(range(count), min(count, self._each))
        alone = [self._about.alone(stretch, shuffled, at, among, answered) for at in places]
        return [Asked(stretch, shuffled, among), *alone]
