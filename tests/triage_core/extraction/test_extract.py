"""The corpus of notes: how many values are found, how many of those found are right, and what must never be read."""

import tomllib
from collections import Counter
from pathlib import Path

import pytest

from tests.triage_core.extraction.reading import read, search
from triage_core.extraction.extract import extract
from triage_core.extraction.result import Extracted, Reason
from triage_core.features import BY_NAME

HERE = Path(__file__).parent
GOAL = 0.98
ANY_MOTIF = ["*"]


def notes(file: str) -> list[dict[str, object]]:
    told: list[dict[str, object]] = tomllib.loads((HERE / file).read_text(encoding="utf-8"))["notes"]
    return told


SEEN, HELD_OUT = notes("notes.toml"), notes("notes_held_out.toml")


def is_right(name: str, extracted: Extracted, wanted: object) -> bool:
    if name == "motif_consultation":
        return isinstance(wanted, list) and extracted.detail["motif_id"] in wanted
    if name == "antecedents":
        return isinstance(extracted.value, tuple) and list(extracted.value) == wanted
    if name in BY_NAME and isinstance(wanted, (int, float)):
        return abs(float(str(extracted.value)) - wanted) < 0.006
    return extracted.value == wanted


def score(texts: list[dict[str, object]]) -> Counter[str]:
    """Values right, wrong (read but not so) and missed (there, but not read so)."""
    counted: Counter[str] = Counter()
    for note in texts:
        wanted = dict(note["attendu"])  # type: ignore[call-overload]
        found = dict(read(str(note["texte"])).values)
        for name in note.get("ignorer", ()):  # type: ignore[attr-defined]
            found.pop(name, None)
        if wanted.get("motif_consultation") == ANY_MOTIF:
            del wanted["motif_consultation"]
            found.pop("motif_consultation", None)
        right = {name for name, extracted in found.items() if is_right(name, extracted, wanted.get(name))}
        counted += Counter(right=len(right), wrong=len(found.keys() - right), missed=len(wanted.keys() - right))
    return counted


def test_the_corpus_holds_a_hundred_and_fifty_notes_and_a_third_were_held_out() -> None:
    assert len(SEEN) + len(HELD_OUT) >= 150
    assert len(HELD_OUT) >= (len(SEEN) + len(HELD_OUT)) / 3
    assert len({str(note["texte"]) for note in [*SEEN, *HELD_OUT]}) == len(SEEN) + len(HELD_OUT)


@pytest.mark.parametrize("texts", [SEEN, HELD_OUT, [*SEEN, *HELD_OUT]], ids=["seen", "held out", "all"])
def test_at_least_98_in_100_values_are_found_and_98_in_100_found_are_right(texts: list[dict[str, object]]) -> None:
    counted = score(texts)
    assert counted["right"] >= GOAL * (counted["right"] + counted["wrong"]), counted
    assert counted["right"] >= GOAL * (counted["right"] + counted["missed"]), counted


def test_the_line_of_the_issue_is_read_whole_with_its_words_and_nothing_is_left() -> None:
    read_ = read("H 65 DT depuis 2h TA 14/9 FC 110 sat 94 AA T 37,2 EVA 6 G15 dextro 1,2 ATCD HTA")
    assert {name: extracted.source for name, extracted in read_.values.items()} == {
        "age": "65", "sexe": "H", "motif_consultation": "DT", "frequence_cardiaque": "FC 110",
        "pression_systolique": "TA 14/9", "pression_diastolique": "TA 14/9", "temperature": "T 37,2",
        "saturation_oxygene": "sat 94 AA", "echelle_douleur": "EVA 6", "glasgow": "G15", "glycemie": "dextro 1,2",
        "duree_symptomes_h": "depuis 2h", "antecedents": "ATCD HTA",
    }  # fmt: skip
    assert read_.unparsed == ()


@pytest.mark.parametrize(
    ("text", "name", "value", "written"),
    [
        ("TA 14/9", "pression_systolique", 140, "14/9"),
        ("glycémie 6,5 mmol/L", "glycemie", 1.171, "6,5 mmol/L"),
        ("T 101.3°F", "temperature", 38.5, "101.3°F"),
        ("sat 0,94", "saturation_oxygene", 94, "0,94"),
        ("EVA 60/100", "echelle_douleur", 6, "60/100"),
        ("TA 140/90 mmHg", "pression_systolique", 140, None),
    ],
)
def test_a_conversion_shows_what_was_written(text: str, name: str, value: float, written: str | None) -> None:
    extracted = read(text).values[name]
    assert (extracted.value, extracted.converted_from) == (value, written)
    assert ("converted_from" in read(text).told()["values"][name]) is (written is not None)  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("FC environ 110", Reason.APPROXIMATE),
        ("FC 90-100", Reason.APPROXIMATE),
        ("T entre 38 et 39", Reason.APPROXIMATE),
        ("FC 400", Reason.OUT_OF_BOUNDS),
        ("EVA 12", Reason.OUT_OF_BOUNDS),
        ("TA 400/90", Reason.OUT_OF_BOUNDS),
        ("FC 1 10", Reason.AMBIGUOUS),
        ("FC 11O", Reason.AMBIGUOUS),
        ("TA 12.8", Reason.AMBIGUOUS),
        ("température 38 8", Reason.AMBIGUOUS),
        ("T 38 8 toux", Reason.AMBIGUOUS),
        ("TA 9/14", Reason.AMBIGUOUS),
        ("dextro 12", Reason.AMBIGUOUS),
        ("FC -110", Reason.AMBIGUOUS),
        ("TA -14/9", Reason.AMBIGUOUS),
        ("PAS 14/9", Reason.AMBIGUOUS),
        ("TA 14/9/8", Reason.APPROXIMATE),
        ("TA 120 8", Reason.AMBIGUOUS),
        ("TA environ 14/9", Reason.APPROXIMATE),
        ("temp environ 100°F", Reason.APPROXIMATE),
        ("FC 180 à domicile", Reason.ELSEWHERE),
        ("TA habituelle 12/7", Reason.ELSEWHERE),
        ("TA 18/9 hier", Reason.ELSEWHERE),
        ("père : FC 110", Reason.FAMILY),
        ("mère TA 16/9", Reason.FAMILY),
        ("FC 1.200,5", Reason.AMBIGUOUS),
        ("FC 110²", Reason.AMBIGUOUS),
        ("dextro 1g205", Reason.AMBIGUOUS),
        ("EVA 6,5", Reason.OUT_OF_BOUNDS),
    ],
)
def test_what_cannot_be_taken_as_said_is_left_with_its_reason(text: str, reason: Reason) -> None:
    extraction = read(text)
    assert not extraction.values.keys() & BY_NAME.keys()
    assert reason in {left.reason for left in extraction.unparsed}


@pytest.mark.parametrize(
    "text",
    [
        "vu le 14/9",
        "fumeur depuis 5 ans",
        "FC : : : : : : 110",
        "TA 1 : 4",
        "FC 3G3",
        "40 % AA",
        "EVA6G15",
        "le 12/03/2024",
        "RDV 14/09",
        "amox 500 mg",
        "paracétamol 1 g",
        "06 12 34 56 78",
        "G2P1",
        "T1",
        "20 PA",
        "poids 70 kg",
        "32 SA",
        "CRP 120",
        "Hb 12/8",
        "J3",
        "OD 10/10",
        "en 2019",
        "père : IDM à 50 ans",
        "opéré il y a 3 mois",
        "HTA depuis 10 ans diabète",
        "FC foetale 140",
        "TA 14/09",
        "TA du 14/9",
        "apyrétique",
        "né le 12/03/57",
        "née le 31/02/2020",
        "né le 12/03/2057",
        "depuis hier",
        "depuis environ 3h",
        "depuis 2 à 3 h",
        "depuis 2 h à 3 h",
        "depuis 2h75",
        "depuis un moment",
        "EVA 6 kg",
        "cheville G 15",
        "perte de poids 5",
        "E5V5M6",
        "Y4V",
        "douleur le 6/10",
        "14/9",
        "acuité 5/10",
        "en 5 minutes",
        "fièvre 3 jours",
        "14 h 130/min",
        "99 °",
        "âge 130",
        "94% de SC",
        "FC 80 mg",
        "T 101 F 30 mg",
        "ya longtemps",
        "TA prise",
        "105 AA",
        "FC",
    ],
)
def test_a_date_a_dose_an_identity_or_another_number_is_no_measure(text: str) -> None:
    assert not read(text).values.keys() & BY_NAME.keys(), read(text)


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("depuis 2h30", "duree_symptomes_h", 2.5),
        ("depuis une demi-heure", "duree_symptomes_h", 0.5),
        ("depuis 1/2 heure", "duree_symptomes_h", 0.5),
        ("depuis demi-heure", "duree_symptomes_h", 0.5),
        ("depuis 1h et demi", "duree_symptomes_h", 1.5),
        ("il y a 2 jours", "duree_symptomes_h", 48),
        ("depuis deux jours", "duree_symptomes_h", 48),
        ("sexe : F", "sexe", "F"),
        ("M. 44 ans", "sexe", "M"),
        ("patient de 37 ans", "sexe", "M"),
        ("née le 25/11/2026", "age", 0),
        ("né le 25/08/2026", "age", 0.25),
        ("né le 2020-01-01", "age", 6),
        ("enfant de 2 ans et 6 mois", "age", 2.5),
        ("65/F", "age", 65),
        ("âge 33", "age", 33),
        ("chute, âgée de 81 ans", "age", 81),
        ("PAD 55", "pression_diastolique", 55),
        ("TA 12/8 puis 11/7", "pression_systolique", 110),
        ("PAD 55 puis 60", "pression_diastolique", 60),
        ("TA 16/9 à 10h, 14/8 à 11h30", "pression_systolique", 140),
        ("TA 16/9 à 10h30 TA 14/8", "pression_systolique", 140),
        ("FC 110 puis 2 vomissements", "frequence_cardiaque", 110),
        ("FC 110 puis 900", "frequence_cardiaque", 110),
        ("TA 14/9 puis 900/80", "pression_systolique", 140),
        ("GCS 14 puis 15/15", "glasgow", 15),
        ("20 de tension", "pression_systolique", 200),
        ("39 de fièvre", "temperature", 39),
        ("FC (bpm) : 110", "frequence_cardiaque", 110),
        ("dextro 1,2 g 15", "glasgow", 15),
        ("ATCD 0, 110 bpm", "frequence_cardiaque", 110),
        ("FC 110TA 14/9", "frequence_cardiaque", 110),
        ("sat 94AA", "saturation_oxygene", 94),
        ("TA du 14/9 : 13/8", "pression_systolique", 130),
        ("TA le 12/03/2024 : 13/8", "pression_systolique", 130),
        ("101.3°F", "temperature", 38.5),
        ("T 38,5 à 14h", "temperature", 38.5),
        ("T 38 3 jours", "temperature", 38),
        ("T 38 8/10 douleur", "temperature", 38),
        ("enf 4 ans 16 kg fièvre T 40.2", "age", 4),
        ("venu à pied", "mode_arrivee", "a_pied"),
        ("amené par la police", "mode_arrivee", "police"),
        ("VSAV", "mode_arrivee", "pompiers"),
        ("chute", "traumatisme", True),
        ("pas de chute", "traumatisme", False),
        ("ATCD: HTA et FA", "antecedents", ("HTA", "FA")),
        ("ATCD HTA DNID", "antecedents", ("HTA", "DNID")),
        ("ATCD pas de diabète, HTA", "antecedents", ("HTA",)),
        ("FC 90 FC 80", "frequence_cardiaque", 80),
        ("TA 14/9 PAS 120", "pression_systolique", 120),
    ],
)
def test_each_way_of_saying_it_gives_its_value(text: str, name: str, value: object) -> None:
    found = read(text).values
    assert name in found and found[name].value == value, found


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("refuse l'ambulance", "mode_arrivee"),
        ("accident en voiture", "mode_arrivee"),
        ("pas venu à pied", "mode_arrivee"),
        ("chute de tension", "traumatisme"),
        ("ATCD aucun", "antecedents"),
        ("amené par sa femme", "sexe"),
        ("agressé par un homme de 30 ans", "sexe"),
        ("tél fille 06 12 34 56 78", "sexe"),
        ("sa femme 40 ans", "age"),
        ("sans", "traumatisme"),
        ("ATCD chute 1 fois. pas de fièvre", "motif_consultation"),
        ("douleur H 24", "age"),
        ("amené par sa fille 55 ans", "age"),
        ("12 h femme", "age"),
        ("48H de fièvre", "sexe"),
        ("l'homme", "age"),
        ("l'H 65", "sexe"),
        ("2 ans de suivi", "age"),
        ("IDM à l'âge de 50 ans", "age"),
    ],
)
def test_what_is_denied_or_somebody_else_s_is_not_taken(text: str, name: str) -> None:
    assert name not in read(text).values


def test_without_the_day_a_date_of_birth_is_left() -> None:
    assert "age" not in extract("né le 12/03/1957", search()).values


def test_of_two_stretches_the_surest_names_the_reason_and_the_other_stays_visible() -> None:
    extraction = read("H 40 ans, un peu flou, douleur thoracique, EVA 5")
    assert extraction.values["motif_consultation"].detail["motif_id"] == "douleur_thoracique_sca"
    assert "un peu flou" in {left.text for left in extraction.unparsed}
