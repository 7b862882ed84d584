from __future__ import annotations

from gui.playground.code_view import CodeView
from gui.style import theme as themes


def test_the_lit_line_has_the_accents_ground_and_no_other(qtbot, qapp):
    code = CodeView("CERTIFY", ("first line", "  second line", "third"))
    qtbot.addWidget(code)
    code.resize(code.sizeHint())
    code.light(1)
    image, height = code.grab().toImage(), code._height()
    grounds = [image.pixelColor(code.width() - 12, height * row + height // 2) for row in range(3)]
    assert [ground == themes.current().accent for ground in grounds] == [False, True, False]
    assert code.accessibleDescription() == "At work: second line"
    code.light()
    assert code.accessibleDescription().startswith("first line")


def test_a_lit_line_is_whole_at_every_width(qtbot, qapp):
    code = CodeView("lit", ("  p_lower ← lower_bound_p(ĉ, f, σ, x, n, α)",))
    qtbot.addWidget(code)
    code.light(0)
    for width in range(240, code.sizeHint().width() + 20, 17):
        code.resize(width, code.sizeHint().height())
        assert code._widest(code._fitting()) <= width - 2 * 12
    assert code._fitting().pointSizeF() == themes.current().font("title", mono=True).pointSizeF()


def test_type_shrinks_where_the_width_does_not_hold_a_line(qtbot, qapp):
    code = CodeView("long", ("x" * 80 + "|",))
    qtbot.addWidget(code)
    code.resize(code.minimumSizeHint())
    image, middle = code.grab().toImage(), code.height() // 2
    ground = image.pixelColor(5, middle)
    ink = [x for x in range(12, image.width()) if image.pixelColor(x, middle) != ground]
    assert len(ink) > 40 and max(ink) < code.width() - 3
