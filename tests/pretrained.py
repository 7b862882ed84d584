"""Tiny models of random weights in the Hugging Face layout, saved as a user's would be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast

WORDS = "the a cat dog good bad film very not is it what see in you".split()  # noqa: SIM905
BERT_MARKS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
CLIP_MARKS = ("<|startoftext|>", "<|endoftext|>")
SMALL = {
    "hidden_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 16,
}


def bert_tokenizer(folder: Path) -> int:
    """Whole words with BERT's marks; how many ids there are."""
    return _tokenizer(
        folder,
        BERT_MARKS,
        ("[CLS]", "[SEP]"),
        unk_token="[UNK]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    )


def clip_tokenizer(folder: Path) -> int:
    """Whole words with CLIP's marks, one of which stands for everything."""
    end = CLIP_MARKS[1]
    return _tokenizer(
        folder,
        CLIP_MARKS,
        CLIP_MARKS,
        bos_token=CLIP_MARKS[0],
        eos_token=end,
        unk_token=end,
        pad_token=end,
    )


def _tokenizer(folder: Path, marks: tuple[str, ...], around: tuple[str, str], **named: str) -> int:
    ids = {word: index for index, word in enumerate([*marks, *WORDS])}
    inner = Tokenizer(models.WordLevel(ids, unk_token=named["unk_token"]))
    inner.pre_tokenizer = pre_tokenizers.Whitespace()
    inner.post_processor = processors.TemplateProcessing(
        single=f"{around[0]} $A {around[1]}", special_tokens=[(mark, ids[mark]) for mark in around]
    )
    wrapped = PreTrainedTokenizerFast(tokenizer_object=inner, model_max_length=12, **named)
    wrapped.save_pretrained(folder)
    return len(ids)


def save_text(folder: Path, kind: str) -> Any:
    """A classifier of texts with three classes: bert, roberta, distilbert or gpt2."""
    import transformers as hf

    torch.manual_seed(0)
    marked = clip_tokenizer if kind == "gpt2" else bert_tokenizer
    ids = marked(folder)
    common: dict[str, Any] = {"vocab_size": ids, "num_labels": 3}
    positions = {"max_position_embeddings": 16}
    network: Any
    if kind == "bert":
        network = hf.BertForSequenceClassification(hf.BertConfig(**common, **SMALL, **positions))
    elif kind == "roberta":
        marks = {"pad_token_id": 0, "bos_token_id": 2, "eos_token_id": 3}
        config = hf.RobertaConfig(**common, **SMALL, **positions, **marks)
        network = hf.RobertaForSequenceClassification(config)
    elif kind == "distilbert":
        sizes = {"dim": 16, "n_layers": 1, "n_heads": 2, "hidden_dim": 16}
        config = hf.DistilBertConfig(**common, **sizes, **positions)
        network = hf.DistilBertForSequenceClassification(config)
    else:
        sizes = {"n_embd": 16, "n_layer": 1, "n_head": 2, "n_positions": 16}
        config = hf.GPT2Config(**common, **sizes, bos_token_id=0, eos_token_id=1)
        network = hf.GPT2ForSequenceClassification(config)
    return _saved(network, folder)


def save_vilt(folder: Path) -> Any:
    """Answers to questions about images of 32 x 32, four of them."""
    import transformers as hf

    torch.manual_seed(0)
    ids = bert_tokenizer(folder)
    config = hf.ViltConfig(
        vocab_size=ids,
        num_labels=4,
        image_size=32,
        patch_size=8,
        max_position_embeddings=12,
        **SMALL,
    )
    hf.ViltImageProcessor(size={"shortest_edge": 32}).save_pretrained(folder)
    return _saved(hf.ViltForQuestionAnswering(config), folder)


def save_clip(folder: Path) -> Any:
    """Images of 32 x 32 and texts of up to 12 tokens."""
    import transformers as hf

    torch.manual_seed(0)
    ids = clip_tokenizer(folder)
    text = {"vocab_size": ids, "bos_token_id": 0, "eos_token_id": 1, "max_position_embeddings": 12}
    config = hf.CLIPConfig(
        text_config={**text, **SMALL},
        vision_config={"image_size": 32, "patch_size": 8, **SMALL},
        projection_dim=8,
    )
    size = {"height": 32, "width": 32}
    hf.CLIPImageProcessor(size={"shortest_edge": 32}, crop_size=size).save_pretrained(folder)
    return _saved(hf.CLIPModel(config), folder)


def _saved(network: Any, folder: Path) -> Any:
    for parameter in network.parameters():  # lively: the usual first weights hardly differ
        parameter.data += 0.3 * torch.randn_like(parameter)
    network.eval().save_pretrained(folder)
    return network
