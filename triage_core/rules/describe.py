"""The rules in readable French: the generated ``REGLES.md`` and the sentence of one condition for the screen.

``python -m triage_core.rules.describe`` prints the document; ``--check`` exits 1 when ``REGLES.md`` is stale.
"""

import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from triage_core.features import ADULT_FROM_YEARS, BY_NAME
from triage_core.rules.catalog import FloorFile, Motif, Rule, RuleBook, Signature, load_rulebook
from triage_core.rules.conditions import AllOf, AnyOf, Atom, Condition, Predicate, Scope
from triage_core.rules.predicates import PREDICATES

DOCUMENT = Path(__file__).parents[2] / "REGLES.md"
_WORDS = {"au_moins": "au moins", "plus_de": "plus de", "au_plus": "au plus", "moins_de": "moins de", "egal": "égal à"}
_DERIVED = {
    "age_mois": ("âge", "mois"),
    "index_de_choc": ("index de choc (FC/PAS)", ""),
    "glycemie_mmol_l": ("glycémie", "mmol/L"),
}
_KINDS = {"measured": "mesuré", "mixed": "coché et mesuré", "clinical": "coché", "physician_advice": "avis médical"}
_SCOPES = {
    Scope.ALL: "",
    Scope.ADULT: f"à partir de {ADULT_FROM_YEARS} ans",
    Scope.CHILD: f"avant {ADULT_FROM_YEARS} ans",
}
_STATUSES = {
    "lue": "lue dans le document",
    "sourcee": "sourcée",
    "en_partie_sourcee": "en partie sourcée",
    "seconde_main": "de seconde main",
    "inferee": "inférée, à valider",
}
_INTRODUCTION = """\
# Règles de tri

Document engendré depuis `triage_core/rules/french/*.toml` par `python -m triage_core.rules.describe` : ne pas le
modifier à la main. Version des règles : `{version}`.

{motifs} motifs, {modulators} modulateurs, {floor} seuils généraux. Échelle FRENCH : SFMU. Critères écrits avec nos
mots. Outil non validé cliniquement. « Non relu » : aucun clinicien n'a encore signé cette règle.

- Le motif donne son tri par défaut ; le plus urgent de ses modulateurs cochés ou mesurés le remplace, et peut
  l'abaisser.
- Un modulateur « informatif » ne fixe aucun niveau. Une suggestion n'est qu'une aide à la lecture : elle ne coche rien.
- Les seuils généraux sont un plancher : le plus urgent l'emporte, quel que soit le motif.
- Une mesure absente ne déclenche ni n'écarte une règle : la règle est « non évaluable » et dit ce qui lui manque.
"""


def french_number(value: float) -> str:
    """A number as written in French: ``35.2`` gives ``35,2``."""
    return f"{value:g}".replace(".", ",")


def describe_condition(condition: Condition) -> str:
    """A condition as a French phrase with units, such as « fréquence cardiaque au moins 130 /min »."""
    if isinstance(condition, Atom):
        return _describe_atom(condition)
    if isinstance(condition, Predicate):
        return PREDICATES[condition.name].words
    parts = [_describe_part(part) for part in condition.parts]
    return (" et " if isinstance(condition, AllOf) else " ou ").join(parts)


def _describe_part(part: Condition) -> str:
    phrase = describe_condition(part)
    grouped = isinstance(part, (AllOf, AnyOf)) and len(part.parts) > 1
    return f"({phrase})" if grouped else phrase


def _describe_atom(atom: Atom) -> str:
    if atom.measure in _DERIVED:
        label, unit = _DERIVED[atom.measure]
    else:
        feature = BY_NAME[atom.measure]
        label = feature.label if feature.name == "glasgow" else feature.label[0].lower() + feature.label[1:]
        unit = feature.unit
    unit = "an" if unit == "ans" and atom.limit < 2 else unit
    phrase = f"{label} {_WORDS[atom.word]} {french_number(atom.limit)} {unit}".rstrip()
    scope = _SCOPES[atom.scope]
    return f"{phrase} ({scope})" if scope else phrase


def describe_review(signature: Signature) -> str:
    """Who has read a rule, or « non relu »."""
    if not signature.reviewer:
        return "non relu"
    return f"relu par {signature.reviewer} le {signature.review_date}"


def describe_book(book: RuleBook) -> str:
    """The whole document, in Markdown."""
    modulators = len(book.every_modulator_id)
    head = _INTRODUCTION.format(
        version=book.version, motifs=len(book.motifs), modulators=modulators, floor=len(book.floor)
    )
    sources = _Sources()
    lines = [head]
    for floor in book.floor_files:
        lines.extend(_floor_lines(floor, sources))
    for chapter, motifs in groupby(book.motifs, key=lambda motif: motif.chapter):
        lines.append(f"## {chapter}\n")
        for motif in motifs:
            lines.extend(_motif_lines(motif, sources))
    lines.append("## Sources\n")
    lines.extend(sources.lines())
    return "\n".join(lines).rstrip() + "\n"


class _Sources:
    """Sources in order of appearance, cited by number so that the tables stay readable."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def cite(self, source: str) -> str:
        return f"[S{self._numbers.setdefault(source, len(self._numbers) + 1)}]"

    def lines(self) -> Iterator[str]:
        for source, number in self._numbers.items():
            yield f"- [S{number}] {source}"


def _floor_lines(floor: FloorFile, sources: _Sources) -> Iterator[str]:
    yield f"## {floor.label}\n"
    yield "| tri | critère | condition | pour qui | confiance | relecture | source | règle |"
    yield "|---|---|---|---|---|---|---|---|"
    for rule in floor.rules:
        who = _SCOPES[rule.scope] or "tout âge"
        cells = (rule.level.value, rule.label, _condition_cell(rule), who, _STATUSES[rule.status])
        yield _row(*cells, describe_review(rule.signature), sources.cite(rule.source), f"`{rule.id}`")
    yield ""
    yield from (f"- `{rule.id}` : {rule.note}" for rule in floor.rules if rule.note)
    yield ""


def _motif_lines(motif: Motif, sources: _Sources) -> Iterator[str]:
    yield f"### {motif.label} : tri {motif.default_level.value} par défaut\n"
    review = describe_review(motif.signature)
    status, source = _STATUSES[motif.confidence], sources.cite(motif.source)
    yield f"`{motif.id}`. Confiance : {status}. Relecture : {review}. Source : {source}."
    if motif.age_restriction is not None:
        yield f"Proposé seulement si : {describe_condition(motif.age_restriction)}."
    if motif.aliases:
        yield f"Se dit aussi : {', '.join(motif.aliases)}."
    yield ""
    if motif.modulators:
        yield "| tri | critère | type | condition | règle |"
        yield "|---|---|---|---|---|"
        yield from (_modulator_row(rule) for rule in motif.modulators)
        yield ""
    yield from _notes(motif)


def _modulator_row(rule: Rule) -> str:
    level = rule.level.value if rule.effect == "set_level" else "informatif"
    return _row(level, rule.label, _KINDS[rule.kind], _condition_cell(rule), f"`{rule.id}`")


def _condition_cell(rule: Rule) -> str:
    parts = [f"case « {rule.checkbox} »"] if rule.kind == "mixed" else []
    if rule.condition is not None:
        parts.append(describe_condition(rule.condition))
    if rule.suggestion is not None:
        parts.append(f"suggestion : {describe_condition(rule.suggestion)}")
    return " et ".join(parts)


def _notes(motif: Motif) -> Iterator[str]:
    notes = [motif.notes, motif.paediatric_notes, motif.difference_v1_0]
    notes += [f"`{rule.id}` : {rule.note}" for rule in motif.modulators if rule.note]
    written = [f"- {note}" for note in notes if note]
    yield from written
    if written:
        yield ""


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def main(arguments: list[str]) -> int:
    """Print the document, or with ``--check`` compare it with ``REGLES.md``; 0 fresh, 1 stale, 2 wrong usage."""
    text = describe_book(load_rulebook())
    if not arguments:
        sys.stdout.buffer.write(text.encode("utf-8"))
        return 0
    if arguments != ["--check"]:
        print("usage : python -m triage_core.rules.describe [--check]", file=sys.stderr)
        return 2
    if DOCUMENT.is_file() and DOCUMENT.read_text(encoding="utf-8") == text:
        return 0
    print(f"{DOCUMENT.name} n'est plus à jour : python -m triage_core.rules.describe > REGLES.md", file=sys.stderr)
    return 1


if __name__ == "__main__":  # pragma: no cover - the command itself, run by make check
    raise SystemExit(main(sys.argv[1:]))
