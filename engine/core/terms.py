"""The table of terms: each with what it means, in a sentence or two."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """A term and what it means.

    Attributes:
        term: as the papers write it.
        meaning: in a sentence or two that need no other entry.
        group: the heading it stands under.
        also: other spellings under which tables and fields show it.
    """

    term: str
    meaning: str
    group: str
    also: tuple[str, ...] = ()


GLOSSARY: tuple[Entry, ...] = (
    Entry(
        "base model",
        "The classifier in the file, asked about one noisy sample at a time.",
        "A run",
        ("base classifier", "model"),
    ),
    Entry(
        "smoothed model",
        "It returns the class that the base model gives most often under the noise. Certificates "
        "are about this model, never about the base model used alone.",
        "A run",
        ("smoothed classifier",),
    ),
    Entry(
        "scheme",
        "A law of noise with the certificate that belongs to it: what the attacker may do.",
        "A run",
        ("attacker", "kernel"),
    ),
    Entry(
        "n0",
        "Samples that choose the class and bound nothing, so that the choice favours no bound.",
        "A run",
    ),
    Entry(
        "n",
        "Fresh samples that bound the chosen class's probability; more of them tighten p_lower.",
        "A run",
        ("samples, all there are", "n, votes"),
    ),
    Entry(
        "n0, n",
        "Samples that choose the class, and fresh ones that bound its probability.",
        "A run",
    ),
    Entry(
        "alpha",
        "The chance that one statement is wrong, fixed before the run. It is per statement: among "
        "many of them a share of at most alpha is wrong on average.",
        "A run",
        ("alpha of the labels",),
    ),
    Entry("confidence", "100 % less alpha, for one statement.", "A run"),
    Entry(
        "target",
        "A perturbation at which a run ends early, once it is certified or out of reach.",
        "A run",
        ("stop at", "stop at radius"),
    ),
    Entry(
        "pilot",
        "A few votes with which n is planned. They are of the kind that choose the class, so that "
        "the votes of the run that follows stay fresh.",
        "A run",
        ("votes for the class", "of pilot votes"),
    ),
    Entry(
        "sigma",
        "Standard deviation of Gaussian noise, in the unit beside it: of an image in pixels of "
        "[0,1], before any normalisation. A larger one certifies more and blurs more.",
        "Votes and noise",
    ),
    Entry(
        "noise",
        "What is drawn at random and put on the input before the base model sees it, by the law "
        "that the scheme names.",
        "Votes and noise",
    ),
    Entry(
        "vote",
        "The class that the base model gives to one noisy sample.",
        "Votes and noise",
        ("votes",),
    ),
    Entry(
        "top class",
        "The class with most votes among the n0 selection samples; where all samples are counted, "
        "or no region is asked for, among these.",
        "Votes and noise",
        ("class", "prediction", "guess"),
    ),
    Entry(
        "p_lower",
        "Lower confidence bound on the probability that the base model gives the top class under "
        "the noise, rounded down.",
        "Votes and noise",
        ("p lower", "p lower, provisional", "p lower, true class"),
    ),
    Entry(
        "p_upper",
        "Upper confidence bound on the probability of every other class, rounded up.",
        "Votes and noise",
        ("p upper", "p upper, others"),
    ),
    Entry(
        "required p_lower",
        "The p_lower that a perturbation takes to be certified; it depends on the scheme alone.",
        "Votes and noise",
        ("class probability needed", "probability it needs"),
    ),
    Entry(
        "samples without a class",
        "Samples for which the model names no class (NaN scores, an exception). They count against "
        "the top class and are never drawn again.",
        "Votes and noise",
    ),
    Entry(
        "exact noise",
        "Integer noise on the grid of 8-bit values. The claim then holds in exact arithmetic; fast "
        "noise in floating point only approximates its law.",
        "Votes and noise",
    ),
    Entry(
        "seed",
        "Starts the counter-based generator. The same seed on the same model and input draws the "
        "same noise on any machine and in any batch size.",
        "Votes and noise",
        ("seed, drawn", "seed, given"),
    ),
    Entry(
        "precision",
        "Arithmetic of the base model. It is a part of its identity: another one is another model.",
        "Votes and noise",
    ),
    Entry(
        "bound",
        "How votes become p_lower. It is declared before the run: whoever chooses it afterwards "
        "errs more often than alpha.",
        "Bounds",
    ),
    Entry(
        "anytime",
        "Holds at every n at once, so that a run may be watched, stopped and extended as one "
        "likes. It costs about 1 % of the radius at n = 100,000.",
        "Bounds",
        ("e-process",),
    ),
    Entry(
        "anytime-two-class",
        "As anytime, with half of alpha for the top class and half for every other.",
        "Bounds",
    ),
    Entry(
        "live",
        "May be watched and stopped, nearly as tight as Clopper-Pearson at n; never extended.",
        "Bounds",
    ),
    Entry(
        "clopper-pearson",
        "The classical bound on a proportion; before the planned n its value is provisional.",
        "Bounds",
    ),
    Entry(
        "two-class",
        "Clopper-Pearson for the top class and for every other, half of alpha each; better where "
        "the runner-up is weak.",
        "Bounds",
    ),
    Entry(
        "two-class-uneven",
        "As two-class, with 0.9 alpha for the top class and 0.1 alpha for every other.",
        "Bounds",
    ),
    Entry(
        "multi-class",
        "Clopper-Pearson for the top class, each of the strongest others, and all others together; "
        "alpha is shared out evenly. The selection votes say which are the strongest.",
        "Bounds",
    ),
    Entry(
        "anytime-multi-class",
        "As multi-class, by the e-process: holds at every n, and may be extended.",
        "Bounds",
    ),
    Entry(
        "soft",
        "Bounds the mean softmax score in place of the share of votes: about the soft classifier, "
        "which predicts the class with the largest mean score.",
        "Bounds",
        ("mean softmax score",),
    ),
    Entry(
        "enumeration",
        "All samples of a finite law are counted: nothing is left to chance, no alpha is spent.",
        "Bounds",
    ),
    Entry(
        "provisional",
        "A value that is no claim yet: its bound holds at the planned n only.",
        "Bounds",
    ),
    Entry(
        "p-value",
        "The chance of votes at least as clear as these if the class were not the most likely "
        "one. A prediction needs it to be at most alpha.",
        "Bounds",
        ("test",),
    ),
    Entry(
        "certificate",
        "A statement that the smoothed model's class is the same for every input in a region, "
        "wrong with a chance of at most alpha.",
        "Outcomes",
        ("certified", "certified region"),
    ),
    Entry(
        "heuristic",
        "What would be certified if an error that is not bounded were none: no certificate.",
        "Outcomes",
    ),
    Entry(
        "abstention",
        "Nothing is certified. It does not show that the model can be attacked: the class may be "
        "wrong, its probability at or below 1/2, or n too small.",
        "Outcomes",
        ("abstained",),
    ),
    Entry(
        "n that would certify",
        "How many votes would certify at the shares that were counted: an estimate, which promises "
        "nothing.",
        "Outcomes",
    ),
    Entry(
        "partial",
        "The run was stopped before its planned n. What was counted is kept, and counts.",
        "Outcomes",
    ),
    Entry(
        "ended",
        "Why counting ended: at the planned n, at a target, or because the run was stopped. What "
        "was counted until then counts.",
        "Outcomes",
    ),
    Entry(
        "try",
        "Runs on one model, input and attacker are tries of one claim. Whoever may choose among "
        "them errs more often than alpha, so their number is stated; extending a run under an "
        "anytime bound is no new try.",
        "Outcomes",
        ("tries",),
    ),
    Entry(
        "guarantee",
        "Probabilistic: wrong with a chance of at most alpha. Deterministic: all samples were "
        "counted. Individual: about this input, not about a share of a population. For this clean "
        "image: about what an attacker makes of it from here on; of an image that was received "
        "already changed it says nothing.",
        "Outcomes",
    ),
    Entry(
        "radius",
        "Size of a certified ball: any change of a smaller norm leaves the class as it is.",
        "Regions",
        ("R", "expected radius"),
    ),
    Entry(
        "ball",
        "All changes whose norm is below R: l2 adds squares, l1 adds amounts, linf takes the "
        "largest.",
        "Regions",
    ),
    Entry(
        "top k",
        "How many of the most probable classes the class must stay among; 1 is the prediction "
        "itself.",
        "Regions",
    ),
    Entry(
        "staircase",
        "For each number of changed pixels, words, nodes or fields, how strong the change may be.",
        "Regions",
    ),
    Entry(
        "count",
        "So many pixels, nodes or words may be changed in any way.",
        "Regions",
        ("cardinality",),
    ),
    Entry(
        "flip map",
        "For each number of fields set from 0 to 1 and from 1 to 0, whether that is certified.",
        "Regions",
        ("cells",),
    ),
    Entry(
        "interval",
        "From one change to another of a single parameter, such as brightness.",
        "Regions",
    ),
    Entry(
        "rotations",
        "All rotations between two angles, by an interpolation that is part of the claim.",
        "Regions",
        ("turn",),
    ),
    Entry("unturned", "All rotations that may have made a received image.", "Regions"),
    Entry("undone", "All shifts that may have made the received image of a clean one.", "Regions"),
    Entry(
        "field steps",
        "For each number of changed fields of a row, how far its numbers may be moved besides.",
        "Regions",
    ),
    Entry(
        "boxed ball",
        "Every change with a norm below the radius that keeps all pixels in [0, 1].",
        "Regions",
    ),
    Entry(
        "sweep",
        "A range of rotations or scalings about none at all, certified from anchor to anchor.",
        "Regions",
        ("anchors",),
    ),
    Entry(
        "gain and brightness",
        "Pairs of a factor of all pixels and a number added to them before, each certified by "
        "itself; the map fills the cells that are certified whole.",
        "Regions",
        ("parameter map",),
    ),
    Entry(
        "light map",
        "The box of contrast and brightness in cells: certified where every change in a cell is "
        "proved to keep the answer, violated where another answer was found at its middle, else "
        "open.",
        "Regions",
        ("exact map", "cells of light"),
    ),
    Entry(
        "amount",
        "Every change whose one size, such as that of a blur, is below the end.",
        "Regions",
    ),
    Entry(
        "evidence",
        "The record of a run, attached to its PDF: every count, setting and digest, from which "
        "everything else is computed again.",
        "Evidence",
    ),
    Entry(
        "verification",
        "Every number is computed again from the recorded votes. That the votes are true is seen "
        "only when they are drawn again.",
        "Evidence",
        ("Verdict",),
    ),
    Entry(
        "chain",
        "Digests of the votes, block by block; its head stands for every vote.",
        "Evidence",
        ("chain head",),
    ),
    Entry(
        "seal",
        "A digest of all values of the evidence. It has no key: it finds accidents and careless "
        "edits, and a signature shows who wrote it.",
        "Evidence",
    ),
    Entry(
        "signature",
        "Shows that somebody with a private key signed these bytes. Compare the key's fingerprint "
        "with its owner before you trust it.",
        "Evidence",
        ("fingerprint", "key"),
    ),
    Entry(
        "case",
        "A file that keeps every run and its votes while it is counted, so that a crash loses "
        "about a second.",
        "Evidence",
    ),
)
