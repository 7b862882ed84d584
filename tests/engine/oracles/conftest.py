"""Tiny text models, made once."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def text_classifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.generative_models import text_classifier

    return text_classifier(tmp_path_factory.mktemp("classifier"))


@pytest.fixture(scope="session")
def sentence_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.generative_models import sentence_model

    return sentence_model(tmp_path_factory.mktemp("sentences"))
