from collections import Counter

from engine.core.glossary import GROUPS, meaning
from engine.core.terms import GLOSSARY


def test_every_term_is_there_once_and_says_something():
    names = Counter(name.lower() for entry in GLOSSARY for name in (entry.term, *entry.also))
    assert set(names.values()) == {1}, [name for name, count in names.items() if count > 1]
    assert {entry.group for entry in GLOSSARY} == set(GROUPS)
    for entry in GLOSSARY:
        assert entry.meaning.endswith(".") and len(entry.meaning) > 30, entry.term


def test_what_stands_beside_a_result_is_not_explained_by_its_exception():
    """The noise of most runs is float noise, and most end at their planned n."""
    assert "exact arithmetic" in meaning("exact noise") and "exact" not in meaning("noise")
    assert "stopped before" in meaning("partial") and "at the planned n" in meaning("ended")
    assert meaning("n that would certify") != meaning("abstained")
    assert "unit beside it" in meaning("sigma"), "numbers of a table are no pixels"
