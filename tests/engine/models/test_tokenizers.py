from __future__ import annotations

import json
from pathlib import Path

import pytest
from transformers import AutoTokenizer

from engine.core.errors import UserError
from engine.inputs.coding import MASK_WORD, Column, TableCoding
from engine.models.tokenizers import coding_facts, read_columns, tokenizer_of
from tests.pretrained import BERT_MARKS, WORDS, bert_tokenizer, clip_tokenizer

GOLDEN = Path(__file__).parents[2] / "golden"


def test_columns_come_back_as_they_were():
    coding = TableCoding((Column("age", mean=1.5, scale=2.0), Column("job", ("a", "b"))))
    header = {"columns": json.dumps(coding_facts(coding))}
    assert read_columns(Path("m"), header) == coding


@pytest.mark.parametrize(
    "columns",
    [
        None,
        "x",
        [1],
        [{"mean": 1, "scale": 1}],
        [{"name": "a", "mean": 0, "scale": 0}],
        [{"name": "a", "mean": "x", "scale": 1}],
        [{"name": "a", "values": ["b"]}],
        [{"name": "a", "values": ["b", "b"]}],
    ],
)
def test_columns_that_make_no_sense_are_refused(columns: object):
    with pytest.raises(UserError, match="^m does not describe its columns in its header; each"):
        read_columns(Path("m"), {"columns": json.dumps(columns)})


def test_two_columns_of_one_name_are_refused():
    twice = [{"name": "a", "mean": 0, "scale": 1}] * 2
    with pytest.raises(UserError, match=r"^m describes two columns of one name\.$"):
        read_columns(Path("m"), {"columns": json.dumps(twice)})


def folder_of(tmp_path: Path, marked: object = bert_tokenizer, **config: object) -> Path:
    ids = marked(tmp_path)  # type: ignore[operator]
    (tmp_path / "config.json").write_text(json.dumps({"vocab_size": ids} | config))
    return tmp_path


def test_the_alphabet_is_all_words_and_the_unknown(tmp_path: Path):
    tokenizer = tokenizer_of(folder_of(tmp_path))
    assert tokenizer.size == len(WORDS) + 1
    assert tokenizer.ids.tolist() == [1, *range(5, 20)]
    assert (tokenizer.before, tokenizer.after, tokenizer.mask) == ((2,), (3,), 4)
    assert tokenizer.note == "" and tokenizer.longest == 10


def test_tokens_and_marks_give_the_tokenizer_s_own_ids(tmp_path: Path):
    tokenizer, text = tokenizer_of(folder_of(tmp_path)), "the cat is very strange"
    encoded = tokenizer.encode(text)
    ids = [*tokenizer.before, *tokenizer.ids[encoded.tokens].tolist(), *tokenizer.after]
    assert ids == AutoTokenizer.from_pretrained(tmp_path)(text)["input_ids"]
    shown = tokenizer.words([*encoded.tokens.tolist(), tokenizer.size])
    assert shown == ("the", "cat", "is", "very", "[UNK]", MASK_WORD)


def test_a_long_text_is_cut_and_says_so(tmp_path: Path):
    encoded = tokenizer_of(folder_of(tmp_path)).encode("cat " * 30)
    assert len(encoded.tokens) == 10
    assert encoded.notes == (
        "the text was cut to its first 10 of 30 tokens, all that the model takes",
    )


def test_a_mark_in_the_text_is_outside_the_alphabet(tmp_path: Path):
    with pytest.raises(UserError, match=r"^The text holds the special mark '\[SEP\]', which is"):
        tokenizer_of(folder_of(tmp_path)).encode("the cat [SEP] the dog")


def test_no_token_is_refused(tmp_path: Path):
    with pytest.raises(UserError, match=r"^The text has no token in it; write a few words\.$"):
        tokenizer_of(folder_of(tmp_path)).encode("  ")


def test_without_a_mask_another_mark_stands_for_it(tmp_path: Path):
    tokenizer = tokenizer_of(folder_of(tmp_path, clip_tokenizer))
    assert tokenizer.mask == 1 and tokenizer.size == len(WORDS)
    assert tokenizer.note == (
        "Its tokenizer has no mask: a masked word is shown to it as <|endoftext|>."
    )
    with pytest.raises(UserError, match="special mark"):
        tokenizer.encode("a strange word")  # what is unknown has the id of the end


def test_ids_that_the_model_lacks_are_left_out(tmp_path: Path):
    tokenizer = tokenizer_of(folder_of(tmp_path, vocab_size=len(BERT_MARKS) + 3))
    assert tokenizer.size == 4


@pytest.mark.parametrize(
    ("config", "longest"),
    [
        ({"max_position_embeddings": 8}, 6),
        ({"max_position_embeddings": 8, "model_type": "roberta"}, 4),
        ({"text_config": {"max_position_embeddings": 9}}, 7),
        ({"n_positions": 7}, 5),
    ],
)
def test_room_for_tokens(tmp_path: Path, config: dict[str, object], longest: int):
    assert tokenizer_of(folder_of(tmp_path, **config)).longest == longest


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({"vocab_size": None}, r"its config\.json names no vocab_size"),
        ({"max_position_embeddings": 2}, "leaves no room for a single token"),
        ({"vocab_size": 6}, None),
        ({"vocab_size": 5}, "has fewer than two tokens"),
    ],
)
def test_models_that_read_nothing_are_refused(
    tmp_path: Path, config: dict[str, object], sentence: str | None
):
    folder = folder_of(tmp_path, **config)
    if sentence is None:
        assert tokenizer_of(folder).size == 2
        return
    with pytest.raises(UserError, match=sentence):
        tokenizer_of(folder)


def test_a_folder_without_a_tokenizer(tmp_path: Path):
    (tmp_path / "config.json").write_text('{"vocab_size": 9, "model_type": "bert"}')
    with pytest.raises(UserError, match="has no tokenizer that opens"):
        tokenizer_of(tmp_path)
    (tmp_path / "config.json").write_text("[")
    with pytest.raises(UserError, match=r"config\.json is not readable JSON"):
        tokenizer_of(tmp_path)
