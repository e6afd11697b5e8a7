"""From TOML files to the rule book: reads, checks everything, names file, rule and field of the first fault."""

import hashlib
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from triage_core.errors import RuleFileError
from triage_core.rules.catalog import Example, FloorFile, Kind, Motif, Rule, RuleBook, Signature
from triage_core.rules.conditions import MEASURED, Condition, State
from triage_core.rules.tables import Table, parse_condition
from triage_core.rules.vocabulary import (
    DIRECTIONS,
    EFFECTS,
    KINDS,
    LEVELS,
    MOTIF_FIELDS,
    RULE_FIELDS,
    SCOPES,
    SIGNATURE_FIELDS,
    STATES,
    STATUSES,
)


def _optional_condition(table: Table, field: str) -> Condition | None:
    return parse_condition(table.data[field], table, field) if field in table.data else None


def _example(raw: Mapping[str, object], table: Table) -> Example:
    place = Table(table.file, table.rule, raw)
    place.only(frozenset({"patient", "coche", "attendu"}))
    patient = raw.get("patient")
    if not isinstance(patient, dict) or not patient.keys() <= {"age", "age_mois", *MEASURED}:
        raise table.fault("exemples.patient", "doit être une table d'âge et de mesures connues")
    if not all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in patient.values()):
        raise table.fault("exemples.patient", "ne contient que des nombres")
    if ("age" in patient) is ("age_mois" in patient):
        raise table.fault("exemples.patient", "« age » ou « age_mois », l'un des deux")
    ticked = raw.get("coche", True)
    if not isinstance(ticked, bool):
        raise table.fault("exemples.coche", "doit être vrai ou faux")
    age = patient["age"] if "age" in patient else patient["age_mois"] / 12
    values = tuple((name, value) for name, value in patient.items() if name not in ("age", "age_mois"))
    return Example(age, values, ticked, place.word("attendu", STATES))


def _signature(table: Table, sources: Mapping[str, str], inherited: Signature | None) -> Signature:
    """The six fields of a rule; a modulator that says nothing has been read and signed with its motif."""
    if inherited is not None and not table.data.keys() & SIGNATURE_FIELDS:
        return inherited
    codes = table.texts("source")
    if not codes or not set(codes) <= sources.keys():
        raise table.fault("source", f"doit citer [sources] du fichier : {', '.join(sources)}")
    status = table.word("confiance", {status: status for status in STATUSES})
    reviewer, date = table.text("relecteur"), table.text("date_relecture")
    if bool(reviewer) is not bool(date):
        raise table.fault("relecteur", "un relecteur et une date de relecture vont ensemble")
    source = " ; ".join(sources[code] for code in codes)
    return Signature(source, status, table.filled("auteur"), reviewer, date, table.text("prochaine_relecture"))


def _rule(table: Table, sources: Mapping[str, str], inherited: Signature | None) -> Rule:
    table.only(RULE_FIELDS)
    kind = table.word("type", KINDS)
    label = table.filled("libelle")
    rule = Rule(
        id=table.filled("id"),
        label=label,
        level=table.word("niveau", LEVELS),
        effect=table.word("effet", EFFECTS),
        kind=kind,
        direction=table.word("sens", DIRECTIONS),
        signature=_signature(table, sources, inherited),
        condition=_optional_condition(table, "conditions"),
        checkbox=_checkbox(table, kind, label),
        scope=table.word("portee", SCOPES, "tous"),
        suggestion=_optional_condition(table, "suggestion"),
        note=table.text("note", ""),
        examples=tuple(_example(raw, table) for raw in table.tables("exemples")),
    )
    _check_rule(rule, table)
    return rule


def _checkbox(table: Table, kind: Kind, label: str) -> str | None:
    if kind == "mixed":
        return table.filled("case")
    if "case" in table.data:
        raise table.fault("case", "seulement pour le type « mixte »")
    return None if kind == "measured" else label


def _check_rule(rule: Rule, table: Table) -> None:
    """A measured rule has a condition and examples on both sides; a ticked one has neither."""
    if rule.kind in ("clinical", "physician_advice"):
        if rule.condition is not None:
            raise table.fault("conditions", "un critère à cocher n'a pas de condition (voir « suggestion »)")
        return
    if rule.condition is None:
        raise table.fault("conditions", "absent")
    if not {State.FIRED, State.NOT_FIRED} <= {example.expected for example in rule.examples}:
        raise table.fault("exemples", "il en faut des deux côtés du seuil (« declenche » et « non »)")


def _motif(table: Table, chapter: str, sources: Mapping[str, str]) -> Motif:
    table.only(MOTIF_FIELDS)
    signature = _signature(table, sources, None)
    modulators = (_named(table.file, raw) for raw in table.tables("modulateur"))
    return Motif(
        id=table.filled("id"),
        chapter=chapter,
        label=table.filled("libelle"),
        label_en=table.filled("libelle_en"),
        default_level=table.word("niveau", LEVELS),
        aliases=table.texts("alias"),
        modulators=tuple(_rule(modulator, sources, signature) for modulator in modulators),
        age_restriction=_optional_condition(table, "restriction_age"),
        signature=signature,
        notes=table.text("notes", ""),
        paediatric_notes=table.text("notes_pediatriques", ""),
        difference_v1_0=table.text("ecart_v1_0", ""),
    )


def _named(file: str, raw: Mapping[str, object]) -> Table:
    return Table(file, str(raw.get("id", "?")), raw)


def _content(path: Path, data: bytes) -> dict[str, object]:
    try:
        return tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise RuleFileError(f"{path.name} : fichier TOML illisible : {fault}") from fault


def _header(path: Path, content: dict[str, object]) -> tuple[str, Table, dict[str, str]]:
    """The kind of file (``chapitre`` or ``plancher``), its header and its named sources."""
    kinds = [kind for kind in ("chapitre", "plancher") if isinstance(content.get(kind), dict)]
    if len(kinds) != 1:
        raise RuleFileError(f"{path.name} : une table [chapitre] ou une table [plancher] attendue")
    header, sources = content[kinds[0]], content.get("sources")
    if not isinstance(header, dict) or not isinstance(sources, dict):
        raise RuleFileError(f"{path.name} : une table [sources] est attendue")
    Table(path.name, kinds[0], content).only(frozenset({kinds[0], "sources", "motif", "regle"}))
    return kinds[0], Table(path.name, kinds[0], header), {str(k): str(v) for k, v in sources.items()}


def _read_file(path: Path, data: bytes) -> tuple[str, tuple[Motif, ...] | FloorFile]:
    """The version a file declares, and its motifs or its general thresholds."""
    content = _content(path, data)
    kind, header, sources = _header(path, content)
    version, label = header.filled("version"), header.filled("libelle")
    whole = Table(path.name, kind, content)
    if kind == "chapitre":
        raws = whole.tables("motif")
        return version, tuple(_motif(_named(path.name, raw), label, sources) for raw in raws)
    rules = tuple(_rule(_named(path.name, raw), sources, None) for raw in whole.tables("regle"))
    return version, FloorFile(header.filled("id"), label, rules)


def read_folder(folder: Path) -> RuleBook:
    """Read every ``*.toml`` of a folder into one checked rule book; raises ``RuleFileError``."""
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise RuleFileError(f"{folder.name} : aucun fichier de règles *.toml")
    digest, versions = hashlib.sha256(), set()
    motifs: list[Motif] = []
    floors: list[FloorFile] = []
    for path in paths:
        data = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(path.name.encode() + b"\0" + data + b"\0")
        version, rules = _read_file(path, data)
        versions.add(version)
        if isinstance(rules, FloorFile):
            floors.append(rules)
        else:
            motifs.extend(rules)
    _check_unique(motifs, floors)
    if len(versions) != 1:
        raise RuleFileError(f"{folder.name} : les fichiers disent plusieurs versions : {', '.join(sorted(versions))}")
    return RuleBook(f"{versions.pop()}+{digest.hexdigest()[:8]}", tuple(motifs), tuple(floors))


def _every_id(motifs: list[Motif], floors: list[FloorFile]) -> Iterator[str]:
    for motif in motifs:
        yield motif.id
        yield from (rule.id for rule in motif.modulators)
    for floor in floors:
        yield from (rule.id for rule in floor.rules)


def _check_unique(motifs: list[Motif], floors: list[FloorFile]) -> None:
    twice = [name for name, count in Counter(_every_id(motifs, floors)).items() if count > 1]
    if twice:
        raise RuleFileError(f"règle « {twice[0]} », champ « id » : déjà pris par une autre règle")
