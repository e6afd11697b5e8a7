"""Cuts a note into words, whole numbers, dates, telephone numbers and marks; every token knows its place in the text.

Numbers are taken whole: ``110`` is never ``10``, ``1.200,5`` is one clump that no reader believes.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

_TOKEN = re.compile(
    r"(?P<phone>(?:\+33 ?|(?<![0-9])0)[1-9](?:[ .-]?[0-9]{2}){4}(?![0-9]))"
    r"|(?P<date>[0-9]{1,2}([/.-])[0-9]{1,2}\3(?:[0-9]{4}|[0-9]{2})(?![0-9])|[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9]))"
    r"|(?P<word>(?:sp|sa|pa|fi|c)?o2(?![a-z0-9])|sp ?o ?2(?![a-z0-9])|hba1c|h1n1|[^\W\d_]+)"
    r"|(?P<number>[0-9]+(?:[.,]+[0-9]+)*)"
    r"|(?P<mark>->|=>|--|\+/-|\S)"
)
_NUMBER = re.compile(r"[0-9]{1,5}(?:[.,][0-9]{1,2})?")
_ONE_FOR_ONE = str.maketrans({"’": "'", "ʼ": "'", "`": "'", "₂": "2", "º": "°", "–": "-", "—": "-", "−": "-", "⁄": "/"})


class Kind(StrEnum):
    """What a token is."""

    WORD = "word"
    NUMBER = "number"
    DATE = "date"
    PHONE = "phone"
    MARK = "mark"


@dataclass(frozen=True)
class Token:
    """One token: its folded text and where it stands. ``value`` is set for a number that can be read whole."""

    kind: Kind
    text: str
    start: int
    end: int
    value: float | None = None


def fold(text: str) -> str:
    """Lower case without accents, one character for one, so that places stay those of the text."""
    return "".join(_folded(c) for c in text.translate(_ONE_FOR_ONE))


def tokenize(text: str) -> tuple[Token, ...]:
    """The tokens of a text, in order; white space only separates. Line ends are marks: they close a clause."""
    folded = fold(text)
    tokens: list[Token] = []
    for at, line in _lines(folded):
        tokens += [_token(found, at, folded) for found in _TOKEN.finditer(line)]
        tokens.append(Token(Kind.MARK, "\n", at + len(line), at + len(line)))
    return tuple(tokens[:-1])


def _lines(folded: str) -> list[tuple[int, str]]:
    starts = [0, *(at + 1 for at, c in enumerate(folded) if c in "\n\r")]
    ends = [*(at - 1 for at in starts[1:]), len(folded)]
    return [(start, folded[start:end]) for start, end in zip(starts, ends, strict=True)]


def _token(found: re.Match[str], at: int, folded: str) -> Token:
    kind = Kind(found.lastgroup or Kind.MARK)
    written, start = found.group(), at + found.start()
    if kind is not Kind.NUMBER:
        return Token(kind, written, start, start + len(written))
    whole = _NUMBER.fullmatch(written) and not folded[start - 1 : start].isnumeric()
    end = start + len(written)
    value = float(written.replace(",", ".")) if whole and not folded[end : end + 1].isnumeric() else None
    return Token(kind, written, start, end, value)


def _folded(c: str) -> str:
    plain = unicodedata.normalize("NFD", c)[0].lower()
    return plain if len(plain) == 1 else c
