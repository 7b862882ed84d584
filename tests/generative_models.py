"""Tiny generative models, saved the way a user's would be."""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    BertModel,
    CLIPImageProcessor,
    CLIPVisionConfig,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
    PreTrainedTokenizerFast,
    T5Config,
    T5ForConditionalGeneration,
    VisionEncoderDecoderConfig,
    VisionEncoderDecoderModel,
    ViTConfig,
    ViTImageProcessor,
)

WORDS = ("left", "right", "stop", "go", "turn", "what", "now", "good", "bad", "answer")


def tokenizer() -> PreTrainedTokenizerFast:
    marks = ["<pad>", "<s>", "</s>", "<unk>", "<image>"]
    vocabulary = {word: index for index, word in enumerate([*marks, *WORDS])}
    inner = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    inner.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(
        tokenizer_object=inner,
        pad_token="<pad>",
        bos_token="<s>",
        eos_token="</s>",
        unk_token="<unk>",
        additional_special_tokens=["<image>"],
        model_max_length=64,
    )


def captioner(folder: Path) -> Path:
    """A ViT that looks and a GPT-2 that writes."""
    torch.manual_seed(0)
    looks = ViTConfig(
        image_size=16,
        patch_size=8,
        num_channels=3,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        initializer_range=1.0,
    )
    writes = GPT2Config(
        vocab_size=len(WORDS) + 5, n_embd=16, n_layer=1, n_head=2, n_positions=32,
        initializer_range=1.0, bos_token_id=1, eos_token_id=2, pad_token_id=0,
    )  # fmt: skip
    config = VisionEncoderDecoderConfig.from_encoder_decoder_configs(looks, writes)
    config.decoder_start_token_id, config.pad_token_id, config.eos_token_id = 1, 0, 2
    network = VisionEncoderDecoderModel(config)
    network.generation_config.decoder_start_token_id = 1
    network.generation_config.pad_token_id = 0
    network.generation_config.eos_token_id = 2
    network.save_pretrained(folder)
    ViTImageProcessor(
        size={"height": 16, "width": 16}, image_mean=[0.5] * 3, image_std=[0.5] * 3
    ).save_pretrained(folder)
    tokenizer().save_pretrained(folder)
    return folder


def llava(folder: Path) -> Path:
    """A CLIP that looks and a Llama that answers a prompt."""
    torch.manual_seed(0)
    looks = CLIPVisionConfig(
        image_size=16, patch_size=8, hidden_size=16, num_hidden_layers=2,
        num_attention_heads=2, intermediate_size=16, projection_dim=16, initializer_range=1.0,
    )  # fmt: skip
    writes = LlamaConfig(
        vocab_size=len(WORDS) + 5, hidden_size=16, intermediate_size=16, num_hidden_layers=1,
        num_attention_heads=2, num_key_value_heads=2, max_position_embeddings=64,
        bos_token_id=1, eos_token_id=2, pad_token_id=0, initializer_range=1.0,
    )  # fmt: skip
    config = LlavaConfig(
        vision_config=looks, text_config=writes, image_token_index=4, image_seq_length=4,
        vision_feature_select_strategy="default",
    )  # fmt: skip
    network = LlavaForConditionalGeneration(config)
    network.generation_config.pad_token_id = 0
    network.generation_config.eos_token_id = 2
    network.save_pretrained(folder)
    images = CLIPImageProcessor(size={"shortest_edge": 16}, crop_size={"height": 16, "width": 16})
    LlavaProcessor(
        images, tokenizer(), patch_size=8, vision_feature_select_strategy="default",
        num_additional_image_tokens=1, image_token="<image>",
    ).save_pretrained(folder)  # fmt: skip
    return folder


def _bert() -> BertConfig:
    return BertConfig(
        vocab_size=len(WORDS) + 5, hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=16, max_position_embeddings=32, initializer_range=1.0,
        id2label={0: "harmless", 1: "harmful"}, label2id={"harmless": 0, "harmful": 1},
    )  # fmt: skip


def text_classifier(folder: Path) -> Path:
    torch.manual_seed(0)
    BertForSequenceClassification(_bert()).save_pretrained(folder)
    tokenizer().save_pretrained(folder)
    return folder


def sentence_model(folder: Path) -> Path:
    torch.manual_seed(0)
    BertModel(_bert()).save_pretrained(folder)
    tokenizer().save_pretrained(folder)
    return folder


def answerer(folder: Path) -> Path:
    """A T5 that answers a text."""
    torch.manual_seed(0)
    config = T5Config(
        vocab_size=len(WORDS) + 5, d_model=16, d_kv=8, d_ff=16, num_layers=1, num_heads=2,
        decoder_start_token_id=0, pad_token_id=0, eos_token_id=2, initializer_factor=20.0,
    )  # fmt: skip
    T5ForConditionalGeneration(config).save_pretrained(folder)
    tokenizer().save_pretrained(folder)
    return folder


def continuer(folder: Path) -> Path:
    """A GPT-2 that goes on with a text."""
    torch.manual_seed(0)
    config = GPT2Config(
        vocab_size=len(WORDS) + 5, n_embd=16, n_layer=1, n_head=2, n_positions=32,
        initializer_range=1.0, bos_token_id=1, eos_token_id=2, pad_token_id=0,
    )  # fmt: skip
    GPT2LMHeadModel(config).save_pretrained(folder)
    tokenizer().save_pretrained(folder)
    return folder
