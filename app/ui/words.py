"""Every word of the screens in one table: each ``words_<area>.py`` beside this file keeps those of its area."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules

import app.ui

AREA = "words_"
Sentence = tuple[str, str]  # French, English


def _tables() -> Iterator[Mapping[str, Sentence]]:
    for found in iter_modules(app.ui.__path__):
        if found.name.startswith(AREA):
            yield getattr(import_module(f"app.ui.{found.name}"), found.name.upper())


def _joined() -> dict[str, Sentence]:
    """One table; two areas that say one key differently would hide a sentence, so that is refused."""
    joined: dict[str, Sentence] = {}
    for table in _tables():
        if doubled := joined.keys() & table.keys():
            raise KeyError(f"these keys stand in two tables of words: {sorted(doubled)}")
        joined.update(table)
    return joined


WORDS = _joined()
