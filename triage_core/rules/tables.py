"""One table of a rule file: typed access to its fields, conditions included, faults told in French."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from triage_core.errors import RuleFileError
from triage_core.rules.conditions import (
    COMPARISONS,
    KNOWN_MEASURES,
    AllOf,
    AnyOf,
    Atom,
    Condition,
    Predicate,
)
from triage_core.rules.predicates import PREDICATES
from triage_core.rules.vocabulary import SCOPES

Word = TypeVar("Word")


@dataclass(frozen=True)
class Table:
    """One table of a file, with its address for messages."""

    file: str
    rule: str
    data: Mapping[str, object]

    def fault(self, field: str, message: str) -> RuleFileError:
        return RuleFileError(f"{self.file}, règle « {self.rule} », champ « {field} » : {message}")

    def text(self, field: str, default: str | None = None) -> str:
        value = self.data.get(field, default)
        if value is None:
            raise self.fault(field, "absent")
        if not isinstance(value, str):
            raise self.fault(field, "doit être un texte")
        return value

    def filled(self, field: str) -> str:
        value = self.text(field)
        if not value.strip():
            raise self.fault(field, "ne doit pas être vide")
        return value

    def word(self, field: str, words: Mapping[str, Word], default: str | None = None) -> Word:
        value = self.text(field, default)
        if value not in words:
            raise self.fault(field, f"« {value} » inconnu ; attendu : {', '.join(words)}")
        return words[value]

    def texts(self, field: str) -> tuple[str, ...]:
        value = self.data.get(field, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.fault(field, "doit être une liste de textes")
        return tuple(value)

    def tables(self, field: str) -> tuple[Mapping[str, object], ...]:
        value = self.data.get(field, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.fault(field, "doit être une liste de tables")
        return tuple(value)

    def only(self, allowed: frozenset[str]) -> None:
        for field in self.data.keys() - allowed:
            raise self.fault(field, "champ inconnu")


def parse_condition(raw: object, table: Table, field: str) -> Condition:
    """A condition as data: ``toutes``, ``une_de``, ``predicat``, or one measure against one limit."""
    if not isinstance(raw, dict):
        raise table.fault(field, "doit être une table { … }")
    for word, kind in (("toutes", AllOf), ("une_de", AnyOf)):
        if word in raw:
            return kind(_parts(raw, word, table, field))
    if "predicat" in raw:
        if set(raw) != {"predicat"} or raw["predicat"] not in PREDICATES:
            raise table.fault(field, f"prédicat inconnu ; connus : {', '.join(PREDICATES)}")
        return Predicate(str(raw["predicat"]))
    return _atom(raw, table, field)


def _parts(raw: Mapping[str, object], word: str, table: Table, field: str) -> tuple[Condition, ...]:
    parts = raw[word]
    if set(raw) != {word} or not isinstance(parts, list) or not parts:
        raise table.fault(field, f"« {word} » doit être seul et contenir une liste non vide")
    return tuple(parse_condition(part, table, f"{field}.{word}") for part in parts)


def _atom(raw: Mapping[str, object], table: Table, field: str) -> Atom:
    measure, words = raw.get("mesure"), set(raw) - {"mesure", "portee"}
    if not isinstance(measure, str) or measure not in KNOWN_MEASURES:
        raise table.fault(field, f"mesure « {measure} » inconnue")
    if len(words) != 1 or not words <= COMPARISONS.keys():
        raise table.fault(field, f"un seul mot attendu parmi : {', '.join(COMPARISONS)}")
    (word,) = words
    limit = raw[word]
    if isinstance(limit, bool) or not isinstance(limit, (int, float)):
        raise table.fault(field, f"« {word} » doit être un nombre")
    scope = raw.get("portee", "tous")
    if scope not in SCOPES:
        raise table.fault(field, f"portée « {scope} » inconnue")
    return Atom(measure, word, limit, SCOPES[str(scope)], COMPARISONS[word])
