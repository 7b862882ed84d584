"""What a run observed: votes per class, kept order statistics of numbers, or every sample there is.

One of three records, told apart by ``kind``; a reducer (``engine.sampling.reducers``) makes them of
a sampler's answers.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from engine.core.records import Record, Votes
from engine.core.rounding import percent_down
from engine.core.scores import ScoreSums
from engine.evidence.spread import MemberSpread


class _Counted(Record):
    """Counts of two phases, one per class; failures count against every class.

    Attributes:
        selection: of the phase that chooses the class.
        estimation: of the phase that bounds it.
        guess: the class chosen from the selection votes; None if the run ended before that.
        scores: what the estimation samples scored for it, under a bound on scores.
    """

    selection: tuple[int, ...]
    estimation: tuple[int, ...]
    selection_failures: int = 0
    estimation_failures: int = 0
    guess: int | None = None
    scores: ScoreSums | None = Field(default=None, exclude_if=lambda found: found is None)

    @property
    def first(self) -> Votes:
        """Those that choose the class."""
        return Votes(counts=self.selection, failures=self.selection_failures)

    @property
    def fresh(self) -> Votes:
        """Those that bound it."""
        failures = self.estimation_failures
        return Votes(counts=self.estimation, failures=failures, scores=self.scores)


class ClassVotes(_Counted):
    """Votes that were drawn at random. PREDICT has estimation votes alone."""

    kind: Literal["class votes"] = "class votes"


class Exact(_Counted):
    """Counts of all samples of a finite noise law, twice: nothing was drawn."""

    kind: Literal["exact"] = "exact"


class OrderStatistics(Record):
    """Some of the sorted outputs of n samples, for models that answer with numbers or places.

    A sample without an answer (a failure, a number that is not finite) could have been anything: it
    stands below every value where a lower statistic is asked and above every value where an upper
    one is.

    Attributes:
        n: samples, failures included.
        failures: samples without an answer.
        ranks: places among the answers of rising value, counted from 1, whose values are kept.
        values: of each output, its values of these ranks, rising.
    """

    kind: Literal["order statistics"] = "order statistics"
    n: int = Field(ge=0)
    failures: int = Field(default=0, ge=0)
    ranks: tuple[int, ...]
    values: tuple[tuple[float, ...], ...]

    @property
    def answered(self) -> int:
        """Samples with an answer."""
        return self.n - self.failures

    def at(self, rank: int, output: int = 0) -> float:
        """The ``rank``-th least answer of an output.

        Raises:
            IndexError: it was not kept.
        """
        if rank not in self.ranks:
            raise IndexError(f"the value of rank {rank:,} was not kept")
        return self.values[output][self.ranks.index(rank)]

    def contradictions(self) -> list[str]:
        """What in this record cannot be."""
        rising = list(self.ranks) == sorted(set(self.ranks))
        inside = not self.ranks or (self.ranks[0] >= 1 and self.ranks[-1] <= self.answered)
        wrong = []
        if self.failures > self.n or not rising or not inside:
            wrong.append("its ranks are not those of so many answers")
        if any(len(each) != len(self.ranks) for each in self.values):
            wrong.append("not every output has a value for each rank")
        if any(list(each) != sorted(each) for each in self.values):
            wrong.append("values fall where their ranks rise")
        return wrong


Observations = Annotated[ClassVotes | OrderStatistics | Exact, Field(discriminator="kind")]


class MemberVotes(Record):
    """What one member of an ensemble answered.

    Attributes:
        asked: samples that it was asked about.
        counts: its votes per class.
        failures: samples for which it named none.
    """

    asked: int = Field(ge=0)
    counts: tuple[int, ...]
    failures: int = Field(default=0, ge=0)


class EnsembleRecord(Record):
    """What the members of an ensemble answered to estimation samples.

    Attributes:
        samples: of the run's last part alone, where it was resumed.
        members: in their order.
        spread: how their leads scatter under the noise, of those asked about every sample; None
            where no class was chosen, or none gave scores.
    """

    samples: int = Field(ge=0)
    members: tuple[MemberVotes, ...]
    spread: MemberSpread | None = Field(default=None, exclude_if=lambda found: found is None)

    @property
    def saved(self) -> float:
        """The share of the members' forward passes that a consensus saved."""
        most = self.samples * len(self.members)
        return 1 - sum(each.asked for each in self.members) / most if most else 0.0

    def in_words(self) -> str:
        """What the members were asked, and what that saved."""
        asked = ", ".join(f"{each.asked:,}" for each in self.members)
        saved = f"; {percent_down(self.saved)} of the forward passes saved" if self.saved else ""
        return f"asked about {asked} of {self.samples:,} samples{saved}"

    def contradictions(self, *, n: int, members: int, classes: int, consensus: int) -> list[str]:
        """What in this record cannot be.

        Args:
            n: estimation samples of the run.
            members: of the ensemble.
            classes: that it tells apart.
            consensus: members that are asked about every sample; 0 for all.
        """
        wrong = []
        asked = [each.asked for each in self.members]
        if len(asked) != members:
            wrong.append(f"it has {members} members, not {len(asked)}")
        if self.samples > n:
            wrong.append("its members answered to more samples than were drawn")
        if set(asked[: consensus or None]) - {self.samples}:
            wrong.append("not every member that must be was asked about every sample")
        rest = set(asked[consensus:]) if consensus else set()
        if len(rest) > 1 or max(rest, default=0) > self.samples:
            wrong.append("members that are asked together were asked about other samples")
        for each in self.members:
            if len(each.counts) != classes or min(each.counts) < 0:
                wrong.append("a member's votes are not one count for each class")
            elif sum(each.counts) + each.failures != each.asked:
                wrong.append("a member's votes are not all its answers")
        if self.spread is not None:
            wrong += self.spread.contradictions(members=consensus or members, n=self.samples)
        return wrong


class EncryptedRecord(Record):
    """Votes that were counted from answers of a server that read neither samples nor scores.

    A sample in doubt, or beyond the limit, counts against every class: it is among the failures, so
    that no count is above that of the clear model on the same noise.

    Attributes:
        answer: ``scores``, which the client compared, or ``bits``, comparisons of every two
            classes.
        ring, primes, scale: parameters of CKKS (``engine.encrypted.parameters``).
        features, hidden: values of an input with the 1 beside them, units of the square layer.
        limit: largest norm of these values that was sent.
        error: lead that a score must have over the others, or how far a bit may be from 0 or 1.
        samples: estimation samples of the run's last part, of which all that follows tells.
        doubtful: of these, in which no class leads clearly.
        outside: of these, beyond the limit.
        deviation: sum of the distances of their bits from 0 or 1; 0 for scores.
        sent, received: bytes of ciphertexts. Keys, selection samples and those that are asked again
            come on top.
    """

    answer: Literal["scores", "bits"]
    ring: int
    primes: tuple[int, ...]
    scale: int
    features: int = Field(ge=2)
    hidden: int = Field(ge=0)
    limit: float = Field(gt=0)
    error: float = Field(gt=0)
    samples: int = Field(default=0, ge=0)
    doubtful: int = Field(default=0, ge=0)
    outside: int = Field(default=0, ge=0)
    deviation: float = Field(default=0.0, ge=0)
    sent: int = Field(default=0, ge=0)
    received: int = Field(default=0, ge=0)

    @property
    def subtracted(self) -> int:
        """Samples that count against every class because their answer is in doubt."""
        return self.doubtful + self.outside

    def in_words(self) -> str:
        """What was subtracted, in a clause."""
        beyond = f", {self.outside:,} of them beyond the limit" if self.outside else ""
        return (
            f"{self.subtracted:,} of {self.samples:,} samples in doubt were taken from the counts"
            f"{beyond}"
        )


class AnchorRecord(Record):
    """One anchor of a sweep; its votes are a block of the chain, in the same order.

    Attributes:
        cell: of the range (``engine.certificates.anchors``).
        distance: l2 distance that p_lower has to allow there, as the scheme drew it from the input.
    """

    cell: int = Field(ge=1)
    distance: float = Field(ge=0)


class FunctionCheckRecord(Record):
    """That the base classifier was a function of one sample, tested on samples that were counted.

    Of a run that was resumed it holds all its parts.

    Attributes:
        samples: noisy samples that were classified again.
        answers: how often they were, in all; copies of a sample in one batch are one answer.
        batchings: batches that they were asked about in; of one sample, of several, of many.
        agreed: answers with the class that was counted, or to samples without one.
        near_ties: answers with another class that rounding explains.
        one_a_call: every sample of every part was classified in a call of its own, which makes any
            dependence on a batch meaningless; then that alone was tested.
    """

    samples: int = Field(ge=0)
    answers: int = Field(ge=0)
    batchings: int = Field(ge=0)
    agreed: int = Field(ge=0)
    near_ties: int = Field(ge=0)
    one_a_call: bool = False

    def followed_by(self, part: FunctionCheckRecord) -> FunctionCheckRecord:
        """The record of a run that went on with another part."""
        sums = {
            name: getattr(self, name) + getattr(part, name)
            for name in ("samples", "answers", "batchings", "agreed", "near_ties")
        }
        return FunctionCheckRecord(**sums, one_a_call=self.one_a_call and part.one_a_call)

    def contradictions(self, *, drawn: int, batch: int) -> list[str]:
        """What in this record cannot be.

        Args:
            drawn: noisy samples of the whole run.
            batch: samples per batch that were asked for in the last part; 0 for a measured size.
        """
        wrong = []
        if self.agreed + self.near_ties != self.answers:
            wrong.append("answers that agreed and near ties are not all answers")
        if self.near_ties > most_near_ties(self.answers):
            wrong.append(f"{self.near_ties:,} near ties are more than rounding explains")
        if not max(self.samples, self.batchings) <= self.answers or self.samples > drawn:
            wrong.append("more samples or batches than there can have been")
        if self.one_a_call and batch != 1:
            wrong.append("it does not fit the number of samples per batch")
        if self.one_a_call and self.batchings != self.answers:
            wrong.append("samples that were asked about alone have a batch each")
        return wrong

    def in_words(self) -> str:
        """The outcome, in a clause."""
        if not self.near_ties:
            return "each time the same class"
        ties = f"{self.near_ties:,} near tie{'s' if self.near_ties > 1 else ''}"
        return f"the same class but for {ties} within rounding, counted against it"


def most_near_ties(answers: int) -> float:
    """How many near ties rounding explains among so many answers: three, or two in a hundred."""
    return max(3, 0.02 * answers)
