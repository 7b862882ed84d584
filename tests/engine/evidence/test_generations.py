from __future__ import annotations

import pytest

from engine.evidence.generations import (
    LONGEST_TEXT,
    MOST_GROUPS,
    AnswerBook,
    AnswerGroup,
    per_class,
)


def test_answers_are_grouped_by_their_words_and_ranked():
    book = AnswerBook()
    book.add(["go", "stop", "go", None, "nonsense"], [0, 1, 0, -1, -1])
    assert book.groups() == (
        AnswerGroup(text="go", class_index=0, count=2),
        AnswerGroup(text="stop", class_index=1, count=1),
    )


def test_distinct_answers_beyond_the_limit_are_counted_per_class():
    book = AnswerBook()
    texts = [f"answer {i}" for i in range(MOST_GROUPS + 30)]
    book.add(texts, [i % 2 for i in range(len(texts))])
    book.add([texts[0], texts[-1]], [0, 1])
    groups = book.groups()
    assert sum(group.text is not None for group in groups) == MOST_GROUPS
    assert {(g.class_index, g.count) for g in groups if g.text is None} == {(0, 15), (1, 16)}
    assert per_class(groups, 2) == (116, 116)


def test_a_very_long_answer_is_counted_without_its_text():
    book = AnswerBook()
    book.add(["x" * (LONGEST_TEXT + 1)], [1])
    assert book.groups() == (AnswerGroup(text=None, class_index=1, count=1),)


def test_a_book_goes_on_where_another_ended():
    whole, first = AnswerBook(), AnswerBook()
    whole.add(["a", "b", "a"], [0, 1, 0])
    first.add(["a", "b"], [0, 1])
    second = AnswerBook(first.groups())
    second.add(["a"], [0])
    assert second.groups() == whole.groups()


def test_counts_per_class_know_their_classes():
    with pytest.raises(IndexError):
        per_class([AnswerGroup(text="a", class_index=2, count=1)], 2)
