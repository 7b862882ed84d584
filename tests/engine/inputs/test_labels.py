"""Labels of other people's folders and tables, by hand; ImageNet's names by torchvision's own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.core.errors import UserError
from engine.inputs.labels import (
    Label,
    LabelMap,
    class_of,
    imagenet,
    name_number,
    read_rule,
    split_rule,
    with_rule,
)

ANIMALS = ("airplane", "cat", "dog", "Pit viper, viper")
UNNAMED = tuple(f"class {number}" for number in range(11))
DIGITS = tuple("0123456789")


def of(names: tuple[str, ...], name: str, *among: str, **more: object) -> tuple[int | None, str]:
    listed = among or (name,)
    return class_of(names, Label(listed.index(name), name, listed, **more))  # type: ignore[arg-type]


def test_by_name_in_any_spelling() -> None:
    assert of(ANIMALS, "dog", "cat", "dog") == (2, "")
    expected = "its label 'Dog' is taken for class 2 ('dog'), the same name in another spelling"
    assert of(ANIMALS, "Dog", "Cat", "Dog") == (2, expected)
    assert of(ANIMALS, "pit_viper")[0] == 3 and of(ANIMALS, "Viper")[0] == 3
    assert of(("a, x", "b, x", "x y"), "x", "b", "x")[0] is None  # of two classes
    found, said = of(("crane", "dog", "crane"), "crane", "crane", "dog")
    assert found is None and "'crane' is the name of several classes; give its class by" in said
    named = LabelMap("m.csv", {"bird": (1, "crane")})
    with pytest.raises(UserError, match="m.csv, line 1: 'crane' is no class of the model"):
        of(("crane", "dog", "crane"), "bird", rule=named)


def test_by_number() -> None:
    in_order = sorted(map(str, range(11)))
    for name, number in (("10", 10), ("2", 2), ("9", 9)):
        found, said = of(UNNAMED, name, *in_order)
        assert found == number
        assert (
            said == f"its label '{name}' is taken for class {number} ('class {number}'), its number"
        )
    assert of(UNNAMED, "0", *in_order) == (0, "")
    assert of(UNNAMED, "class_3", "class_3", "class_5")[0] == 3
    assert of(UNNAMED, "12", "3", "12") == (
        None,
        "its label '12' is the number of no class of the model",
    )
    assert of(("class 1", "class 2", "class 3"), "1", "1", "3")[0] == 0  # named by numbers from 1
    assert class_of(UNNAMED, Label(4)) == (4, "")
    assert class_of(UNNAMED, Label(11)) == (
        None,
        "its label 11 is the number of no class of the model",
    )
    assert class_of(UNNAMED, Label()) == (None, "")
    assert name_number("n01440764") is None and name_number("07") == 7


def test_series_from_one() -> None:
    assert of(("bad", "good"), "2", "1", "2") == (
        1,
        "its label '2' is taken for class 1 ('good'), because the labels count from 1 to 2",
    )
    assert of(UNNAMED, "11", *map(str, range(1, 12)))[0] == 10
    assert of(UNNAMED, "3", *map(str, range(1, 11)))[0] == 3  # one of 0 to 10, not of 1 to 11
    assert of(("1", "2"), "2", "1", "2") == (1, "")
    found, said = of(DIGITS, "3", *map(str, range(1, 11)))  # the digit 3, or the third class
    assert found is None and "is not taken: the labels go from 1 to 10" in said
    assert of(DIGITS, "3", *map(str, range(1, 11)), rule="from-one")[0] == 2
    assert of(DIGITS, "3", *map(str, range(1, 11)), rule="number")[0] == 3


def test_other_ways_to_write_numbers() -> None:
    birds = ("001.Black_footed_Albatross", "002.Laysan_Albatross", "003.Sooty_Albatross")
    unnamed = ("class 0", "class 1", "class 2")
    for place, name in enumerate(birds):
        assert of(unnamed, name, *birds)[0] == place  # a series from 1
    named = ("sooty albatross", "black footed albatross", "laysan albatross")
    assert of(named, birds[1], *birds)[0] == 2
    zeros = ("0 - zero", "1 - one", "2 - two")
    assert of(("0", "1", "2"), "2 - two", *zeros)[0] == 2
    assert of(("bad", "good"), "1.0", "0.0", "1.0")[0] == 1
    assert of(("bad", "good"), "-1", "-1", "1")[0] == 0
    said = "its label '1' is taken for class 1 ('good'), because -1 and 1 stand for 0 and 1"
    assert of(("bad", "good"), "1", "-1", "1") == (1, said)
    assert of(unnamed, "2 wheeler", "2 wheeler", "4 wheeler", "car")[0] is None  # no series
    found, said = of(UNNAMED, "2", "1", "2", "3")  # of 11 classes: from 0, unless somebody says no
    assert found == 2 and "counted from 0 (if the labels count from 1: --labels from-one)" in said


def test_a_place_on_which_the_other_names_agree() -> None:
    names = ("airplane", "car", "bird", "cat")
    theirs = ("airplane", "automobile", "bird", "cat")
    expected = "its label 'automobile' is taken for class 1 ('car'), its place, on which the other"
    assert of(names, "automobile", *theirs)[1].startswith(expected)
    assert of(names, "auto", "airplane", "auto", "cat", "bird")[0] is None  # cat and bird do not


def test_a_guess_by_order_is_said_and_not_taken() -> None:
    names = ("class 0", "class 1")
    expected = (
        "its label 'dog' is not taken: it names no class of the model. By the order of the labels "
        "it would be class 1 ('class 1'): say so with --labels order, or name the classes in a "
        "file with --labels"
    )
    assert of(names, "dog", "cat", "dog") == (None, expected)
    assert of(names, "dog", "cat", "dog", rule="order")[0] == 1
    assert of(names, "dog", "cat", "dog", numbered=True)[0] == 1  # a data set's own numbers
    named = ("plane", "car")
    assert of(named, "dog", "cat", "dog", numbered=True)[0] is None
    for among in (("cat", "dog", "emu"), ("dog", "plane")):  # others in number, or some match
        found, said = of(named, "dog", *among)
        assert found is None and said.startswith("its label 'dog' names no class of the model (pla")
    assert of(names, "dog", "cat", "dog", "emu", rule="order")[0] == 1
    assert of(names, "emu", "cat", "dog", "emu", rule="order") == (
        None,
        "its label 'emu' is no class of the model by order",
    )
    assert of(names, "dog", rule="number")[0] is None


def test_wordnet_ids() -> None:
    from torchvision.models import ResNet50_Weights

    known = imagenet()
    theirs = ResNet50_Weights.IMAGENET1K_V1.meta["categories"]
    assert list(known.values()) == list(theirs) and list(known) == sorted(known)
    assert len(known) == 1000 and known["n02123045"] == "tabby"
    names = tuple(theirs)
    for place in (0, 134, 517, 999):
        name = list(known)[place]
        assert of(names, name)[0] == place
        assert of(tuple(f"LABEL_{number}" for number in range(1000)), name)[0] == place
    assert of(names, "n01440764")[1] == (
        "its label 'n01440764' is taken for class 0 ('tench'), its WordNet id"
    )
    assert of(("church", "tench, Tinca tinca"), "n01440764")[0] == 1
    found, said = of(("cat", "dog"), "n01440764")
    assert found is None and "('tench') is no class of the model" in said
    assert of(tuple(f"car {number}" for number in range(5, 1005)), "n01440764")[0] is None
    assert of(names, "n99999999")[0] is None


def test_a_map_says_it_of_files_and_labels(tmp_path: Path) -> None:
    table = tmp_path / "map.csv"
    table.write_text("\ufefffile,class\ncat/a.png,dog\na.png,1\nkitten,CAT\nx.png,7\n", "utf-8")
    rule = read_rule(str(table))
    assert isinstance(rule, LabelMap)
    for files, name, expected in (
        (("cat/a.png", "a.png"), "cat", 2),
        (("dog/a.png", "a.png"), "dog", 1),
        (("b.png",), "kitten", 1),
        (("b.png",), "wolf", None),
        ((), None, None),
    ):
        label = Label(None if name is None else 0, name, files=files, rule=rule)
        assert class_of(ANIMALS, label)[0] == expected
    with pytest.raises(UserError) as error:
        class_of(ANIMALS, Label(files=("x.png",), rule=rule))
    assert str(error.value) == (
        f"{table}, line 5: '7' is no class of the model (airplane, cat, dog, Pit viper, viper), "
        "nor its number from 0 to 3."
    )


def test_a_bad_map_is_one_sentence(tmp_path: Path) -> None:
    table = tmp_path / "map.csv"
    for text, sentence in (
        ("a.png,1,2\n", "line 1: a line has a file or label, and its class, e.g. cat,3."),
        ("a.png,1\nb.png\n", "line 2: a line has a file or label"),
        ("a.png;1\na.png;2\n", "gives 'a.png' two classes, in lines 1 and 2."),
        ("\xff,1\n", "Cannot read the labels"),
    ):
        table.write_bytes(text.encode("latin-1"))
        with pytest.raises(UserError, match="^[^\n]*\\.$") as error:
            read_rule(str(table))
        assert sentence in str(error.value)
    for rule in ("ordered", str(tmp_path), os.devnull):
        with pytest.raises(UserError, match="give order, number, from-one, or a CSV file"):
            read_rule(rule)


def test_a_rule_is_part_of_the_spec(tmp_path: Path) -> None:
    assert split_rule("a//b/c.png?labels=map.csv") == ("a//b/c.png", "map.csv")
    assert split_rule("rows.csv:3?types=a:numeric") == ("rows.csv:3?types=a:numeric", "")
    assert with_rule(with_rule("a//b/c.png", "order"), "number") == "a//b/c.png?labels=number"
    assert with_rule("a//b/c.png?labels=order", "") == "a//b/c.png"
    odd = tmp_path / "x?labels=order"
    odd.write_text("")
    assert split_rule(str(odd)) == (str(odd), "")
