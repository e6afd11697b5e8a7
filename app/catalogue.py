"""The English catalogue of the screens: ``python -m app.catalogue [--check]``.

French is the language of the source (``app/ui/words_*.py``: key -> French); English stands in a standard gettext
catalogue, one message a key (its ``msgctxt``). Writing keeps the translations, adds what is new, drops what is gone,
and compiles; checking fails on a missing translation, on other placeholders than the French has, or on a stale file.
"""

import argparse
import io
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from app.ui.words import WORDS

NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)  # the same words always give the same bytes
FOLDER = Path(__file__).parent / "ui" / "locale" / "en" / "LC_MESSAGES"
SOURCE, COMPILED = FOLDER / "medtriage.po", FOLDER / "medtriage.mo"


def kept_translations(path: Path = SOURCE) -> dict[str, tuple[str, str]]:
    """Key -> (the French it was translated from, the English)."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale="en")
    return {str(m.context): (str(m.id), str(m.string)) for m in catalogue if m.id and m.context}


def faults(words: Mapping[str, str], kept: Mapping[str, tuple[str, str]]) -> tuple[str, ...]:
    """Every key that is not translated, whose French changed since, or whose placeholders differ."""
    found = []
    for key, french in words.items():
        source, english = kept.get(key, ("", ""))
        if not english:
            found.append(f"{key}: no English")
        elif source != french:
            found.append(f"{key}: the French changed since it was translated")
        elif _placeholders(english) - _placeholders(french):
            found.append(f"{key}: placeholders differ")
    return (*found, *(f"{key}: no such word any more" for key in kept if key not in words))


def compiled(words: Mapping[str, str], kept: Mapping[str, tuple[str, str]]) -> tuple[bytes, bytes]:
    """The catalogue as text and as the file gettext reads, by key; a changed French needs a new English."""
    catalogue = Catalog(locale="en", project="medtriage", version="1", fuzzy=False, charset="utf-8")
    catalogue.creation_date = catalogue.revision_date = NO_DATE
    catalogue.header_comment = "# English words of the screens, written by python -m app.catalogue: translate here."
    for key in sorted(words):
        source, english = kept.get(key, ("", ""))
        catalogue.add(words[key], english if source == words[key] else "", context=key)
    text, binary = io.BytesIO(), io.BytesIO()
    write_po(text, catalogue, omit_header=False, width=0)
    write_mo(binary, catalogue)
    return text.getvalue(), binary.getvalue()


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check; 0 on success, 1 with what is lacking."""
    parser = argparse.ArgumentParser(prog="python -m app.catalogue", description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail when a translation is missing or a file is stale")
    told = parser.parse_args(arguments)
    kept = kept_translations()
    text, binary = compiled(WORDS, kept)
    if not told.check:
        SOURCE.write_bytes(text)
        COMPILED.write_bytes(binary)
    wrong = faults(WORDS, kept_translations())
    if told.check and (SOURCE.read_bytes() != text or COMPILED.read_bytes() != binary):
        wrong = (*wrong, "the catalogue is stale: run python -m app.catalogue")
    sys.stderr.write("".join(f"{fault}\n" for fault in wrong))
    return 1 if wrong else 0


def _placeholders(sentence: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name)


if __name__ == "__main__":
    sys.exit(main())
