from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from engine.evidence.evidence import Evidence
from engine.report.summary import content
from tests.factories import make_evidence, make_predicted


@pytest.mark.parametrize("evidence", [make_evidence(), make_predicted(), make_predicted(p_value=1)])
def test_content_is_plain_text_that_a_template_can_read(evidence: Evidence) -> None:
    tree = json.loads(json.dumps(asdict(content(evidence))))
    assert tree["statement"] == evidence.statement
    for section in tree["sections"]:
        assert section["title"]
        assert section["facts"] or section["sentences"] or section["table"]
