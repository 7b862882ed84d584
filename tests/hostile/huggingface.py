"""Hugging Face folders whose configuration lies."""

from __future__ import annotations

import json
from random import Random

from tests.hostile import safetensors
from tests.hostile.bytes import NUMBERS, mutated

_VALUES = (
    *(None, True, "", "x", "a/b", [], {}, -1, 0.5, 1e308, 10**30, [[[]]], "gelu", "9" * 400),
    *(
        "resnet",
        "swin",
        "convnext",
        "timm_wrapper",
        "clip",
        "bert",
        "regnet",
        "mobilevit",
        "dinov2",
    ),
    *("eager", "flash_attention_2", "sdpa", "float16", "int8", [1], [3, 4], {"a": 1}, ["x"] * 100),
)
_KEYS = (
    *("model_type", "architectures", "torch_dtype", "dtype", "quantization_config", "num_labels"),
    *(
        "id2label",
        "label2id",
        "problem_type",
        "tie_word_embeddings",
        "attn_implementation",
        "auto_map",
    ),
    *("use_pretrained_backbone", "backbone", "pruned_heads", "chunk_size_feed_forward"),
)


def lying(files: dict[str, bytes], random: Random) -> dict[str, bytes]:
    """The folder's files with one of them changed."""
    name = random.choice(("config.json",) * 5 + tuple(files))
    data = files[name]
    if name.endswith(".safetensors"):
        new = safetensors.lying(data, random)
    elif random.random() < 0.15:
        new = random.choice((mutated(data, random), b"[" * 100_000, b'{"a":' * 50_000, b"1" * 5000))
    else:
        new = _edited(json.loads(data), random)
    return {**files, name: new}


def _edited(config: dict[str, object], random: Random) -> bytes:
    for _ in range(random.choice((1, 1, 2, 4))):
        key = random.choice(list(config) if random.random() < 0.8 else _KEYS)
        numbers = (*NUMBERS, 3, 5, 64, 1000, 10**6)
        config[key] = random.choice(numbers if random.random() < 0.5 else _VALUES)
    return json.dumps(config).encode()
