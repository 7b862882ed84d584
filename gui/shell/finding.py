"""What the palette finds beside commands: models, inputs, settings, recent files, and help."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from engine import schemes
from engine.core.glossary import GLOSSARY
from engine.models.request import ModelRequest
from engine.schemes import Scheme
from gui.controllers.session import Session
from gui.setup.column import LeftColumn
from gui.shell.pages import Pages
from gui.shell.palette import Find


class Finder:
    """Knows what there is to find now."""

    def __init__(self, session: Session, left: LeftColumn, pages: Pages) -> None:
        self._session, self._left, self._pages = session, left, pages

    def finds(self) -> tuple[Find, ...]:
        """All of it; nothing that cannot be opened while a run goes on."""
        idle = () if self._session.runs.running else (*self._files(), *self._schemes())
        return (*self._settings(), *idle, *self._help())

    def _files(self) -> Iterator[Find]:
        loading, recent = self._session.loading, self._session.preferences.recent
        models = dict(loading.offer.models)
        for spec in dict.fromkeys([*recent("models"), *models]):
            kind = "model" if spec in models else "recent model"
            title = f"{spec}, {models[spec]}" if spec in models else spec
            yield Find(title, kind, partial(loading.open_model, ModelRequest(spec)))
        examples = {example.spec: example for example in loading.offer.gallery}
        for spec, example in examples.items():
            yield Find(
                f"{spec}, {example.title}", "input", partial(self._pages.open_example, example)
            )
        for spec in recent("inputs"):
            if spec not in examples:
                yield Find(spec, "recent input", partial(loading.open_input, spec))

    def _settings(self) -> Iterator[Find]:
        for name, field in self._left.settings.fields.items():
            title = (
                f"{field.spec.title}: {field.spec.help}" if field.spec.help else field.spec.title
            )
            yield Find(title, "setting", partial(self._focus, name))

    def _schemes(self) -> Iterator[Find]:
        for scheme in schemes.SCHEMES:
            if self._left.attacker.catalogue.fits(scheme):
                yield Find(scheme.title, "attacker", partial(self._choose, scheme))

    def _help(self) -> Iterator[Find]:
        from gui.pages.help import CHAPTERS, TERMS  # not for the start of a window

        for chapter in CHAPTERS:
            yield Find(chapter, "help", partial(self._pages.show_help, chapter))
        for entry in GLOSSARY:
            yield Find(
                entry.term, "help", partial(self._pages.show_help, TERMS, entry.term), entry.also
            )

    def _focus(self, name: str) -> None:
        """To the field, which may be folded away."""
        settings = self._left.settings
        field = settings.fields.get(name)
        if field is None:
            return
        self._pages.show_explore()
        if settings.folded.isAncestorOf(field.editor):
            settings.more.setChecked(True)
        field.editor.setFocus()

    def _choose(self, scheme: type[Scheme]) -> None:
        self._pages.show_explore()
        self._left.attacker.show_scheme(scheme)
        self._left.attacker.chosen.emit(scheme)
