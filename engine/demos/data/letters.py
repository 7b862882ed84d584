"""Made-up letters to a shop, each about one matter: written here from their number.

A letter greets, says what was bought, states the matter in several sentences and closes. Which
sentences, and in which words, follows from the SHA-256 of its number, so that a letter is the same
on every machine and nothing has to be shipped. No letter was ever sent to anyone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

COUNT = 100_000
TEST = 200
TRAINED_FROM = 10_000
"""Letters from this number on are for training; the first 200 are the test set."""
FEWEST, MOST = 4, 6
"""Sentences about the matter."""

MATTERS: dict[str, tuple[str, ...]] = {
    "delivery": (
        "the parcel was due {when}",
        "tracking has said on the way for {days} days",
        "the courier never rang the bell",
        "it was carried to the wrong street",
        "the driver left it at another door",
        "the delivery date was moved {often}",
        "the van did not stop at our house",
        "the post office knows of no shipment",
        "a neighbour down the road got the parcel",
        "it should have been delivered {when}",
        "the package is lost on its route",
        "nobody can say which depot holds it",
    ),
    "damage": (
        "its {part} is cracked",
        "the {part} was broken in the box",
        "there is a deep scratch on the {part}",
        "one {part} is bent and loose",
        "it stopped working {when}",
        "two screws are missing from the {part}",
        "it rattles and smells of smoke",
        "water leaks out of the {part}",
        "the {part} fell off {when}",
        "the motor gets far too hot",
        "the switch sticks and the {part} is torn",
        "it arrived dented and stained",
    ),
    "payment": (
        "you charged my card {often}",
        "the bill shows the wrong sum",
        "the refund has not reached my bank",
        "i paid {days} euros too much",
        "the discount was not taken off the price",
        "the invoice lists items i never bought",
        "the money was withdrawn {when}",
        "the receipt does not add up",
        "please transfer the amount back",
        "the tax was counted {often}",
        "your cashier promised a cheaper price",
        "the voucher was worth {days} euros and is not credited",
    ),
    "account": (
        "i cannot sign in {when}",
        "my password is refused every time",
        "the page for a new password stays blank",
        "your website says that my account is locked",
        "the login code was never sent",
        "the app logged me out {often}",
        "my profile shows a stranger's name",
        "i cannot change the email in my profile",
        "the link to confirm my registration expired",
        "please delete my account and my data",
        "the website forgets my settings",
        "my username is unknown to the app",
    ),
}
"""What the sentences of each matter are, with words to be filled in."""

_GREETINGS = ("hello", "good morning", "dear team", "dear sir or madam", "good day to you")
_BOUGHT = (
    "i ordered a {thing} {when}",
    "this is about the {thing} that i ordered",
    "i am writing because of my {thing}",
    "my order was a {thing}",
    "we wanted a {thing} for our kitchen",
)
_CLOSINGS = (
    "please see to it",
    "thank you and kind regards",
    "please write back soon",
    "i hope to hear from you",
    "please tell me what to do now",
)
_SLOTS: dict[str, tuple[str, ...]] = {
    "when": ("yesterday", "last week", "on monday", "a month ago", "on friday"),
    "days": ("three", "five", "eight", "ten", "twelve", "twenty"),
    "often": ("twice", "three times", "again and again", "once more"),
    "part": ("lid", "handle", "glass", "frame", "hinge", "cable", "base", "shelf"),
    "thing": ("kettle", "lamp", "chair", "toaster", "clock", "desk", "fan", "mixer"),
}
CLASSES = tuple(MATTERS)


@dataclass(frozen=True)
class Letter:
    """A letter.

    Attributes:
        text: in lower case, sentences ended by full stops.
        matter: index in :data:`CLASSES`.
    """

    text: str
    matter: int


class _Draws:
    """Whole numbers that follow from a letter's number."""

    def __init__(self, number: int) -> None:
        self._number, self._drawn = number, 0

    def below(self, limit: int) -> int:
        """The next, in [0, limit)."""
        digest = hashlib.sha256(f"letter {self._number} {self._drawn}".encode()).digest()
        self._drawn += 1
        return int.from_bytes(digest[:8], "big") % limit

    def one(self, of: Sequence[str]) -> str:
        """One of some texts, its slots filled."""
        words = [
            self.one(_SLOTS[word[1:-1]]) if word.startswith("{") else word
            for word in of[self.below(len(of))].split()
        ]
        return " ".join(words)

    def some(self, count: int, of: Sequence[str]) -> list[str]:
        """So many different ones, in any order."""
        left = list(of)
        return [self.one([left.pop(self.below(len(left)))]) for _ in range(count)]


def letter(number: int) -> Letter:
    """The letter of a number; every matter comes equally often."""
    draws, matter = _Draws(number), number % len(CLASSES)
    sentences = [draws.one(_GREETINGS), draws.one(_BOUGHT)]
    count = FEWEST + draws.below(MOST - FEWEST + 1)
    sentences += draws.some(count, MATTERS[CLASSES[matter]])
    sentences.append(draws.one(_CLOSINGS))
    return Letter(" ".join(f"{sentence}." for sentence in sentences), matter)


def vocabulary() -> tuple[str, ...]:
    """Every word of the letters, and others that letters are made of, in alphabetical order."""
    own = [*_GREETINGS, *_BOUGHT, *_CLOSINGS, *(s for m in MATTERS.values() for s in m)]
    filled = [word for text in own for word in text.split() if not word.startswith("{")]
    filled += [word for slot in _SLOTS.values() for text in slot for word in text.split()]
    return tuple(sorted({*filled, *_COMMON.split()}))


_COMMON = """
about above after all almost alone along already also always an any anyone anything around as ask
asked at away bad be became before began behind being below best better between big both bring
brought but buy by call called came can care carefully clean clear close cold come coming could
cup customer did different does done down during each early either else end enough even evening
ever everything explain fast feel few find fine first follow found four from full gave get give
given glad go goes going gone great had half happened happy hard hardly have he help her here him
his home hour how however if important in inside instead into its itself just keep kept kind knew
know known large late later least leave less let letter like little live long longer look lot low
made make many matter may maybe mean met might minute more morning most much must near nearly need
never next night nine no none noon nor not nothing of offer often old on one only open or other
ought ours outside over own part past people perhaps phone piece place plain please possible put
quick quickly quite rather read ready really reason received red reply request right room rule
said same sat saw say second seem seen send service several shall she short show side simple six
slow slowly small so some someone something sorry spoke staff start still store such sunday
supper sure table take talk thank thanks their them then they thing think thought through thus
time today together told tomorrow tonight too took top toward tried true try turn turned under
until up upon us use used useful usual very visit wait waited walk want warm was weeks well went
were what where while white who whole why will wish with within without wonder word work world
would write written wrong year years yes yet young yours
"""
"""Words that say nothing of the matter; a letter of one's own may use them too."""
