"""Every word of the screens in French, by its key: each ``words_<area>.py`` beside this file keeps those of its area.

English stands in the gettext catalogue under ``locale``; see ``app/catalogue.py``.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from gettext import NullTranslations, translation
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import app.ui

AREA = "words_"
LOCALE = Path(__file__).with_name("locale")


def _tables() -> Iterator[Mapping[str, str]]:
    for found in iter_modules(app.ui.__path__):
        if found.name.startswith(AREA):
            yield getattr(import_module(f"app.ui.{found.name}"), found.name.upper())


def _joined() -> dict[str, str]:
    """One table; two areas that say one key differently would hide a sentence, so that is refused."""
    joined: dict[str, str] = {}
    for table in _tables():
        if doubled := joined.keys() & table.keys():
            raise KeyError(f"these keys stand in two tables of words: {sorted(doubled)}")
        joined.update(table)
    return joined


WORDS = _joined()


def sentence(key: str, language: str) -> str:
    """The words of a key in a language; a key without words is a ``KeyError``."""
    french = WORDS[key]
    return french if language == "fr" else _catalogue(language).pgettext(key, french)


@cache
def _catalogue(language: str) -> NullTranslations:
    return translation("medtriage", LOCALE, [language])
