"""Of a measure told twice the one at the door counts; what only looks like a second measure changes nothing."""

import pytest

from tests.triage_core.extraction.reading import read
from triage_core.extraction.result import Reason


@pytest.mark.parametrize(
    ("note", "wanted"),
    [
        ("chez MT TA 22/12, ici 18/10", {"pression_systolique": 180, "pression_diastolique": 100}),
        ("TA 18/10 à l'arrivée puis 16/9 au contrôle", {"pression_systolique": 160, "pression_diastolique": 90}),
        ("TA 8/5 initialement, 11/7 après remplissage", {"pression_systolique": 110, "pression_diastolique": 70}),
        ("Glasgow 15 à domicile, 11 à l'arrivée", {"glasgow": 11}),
        ("fièvre 40 cette nuit (maison), actuellement 38,9", {"temperature": 38.9}),
        ("EVA 9/10 avant, 3/10 après profénid", {"echelle_douleur": 3}),
        ("sat 88 à la maison, 94 ici", {"saturation_oxygene": 94}),
        ("HR 140 at home, now 96", {"frequence_cardiaque": 96}),
        ("dextro LO puis 0,71 g/l après G10", {"glycemie": 0.71, "glasgow": None}),
        ("EVA 10 à domicile, 4 après kétoprofène", {"echelle_douleur": 4}),
        ("FR 30 à l'arrivée des SP, 18 maintenant", {"frequence_respiratoire": 18}),
    ],
)
def test_the_measure_at_the_door_replaces_the_one_before(note: str, wanted: dict[str, float | None]) -> None:
    values = read(note).values
    assert {name: values[name].value if name in values else None for name in wanted} == wanted


@pytest.mark.parametrize(
    ("note", "wanted"),
    [
        ("FC 110, actuellement 2 vomissements", 110),
        ("FC 110 ici depuis 2h", 110),
        ("FC 110. Ici 38 chaises en salle d'attente", 110),
        ("FC 110, sat 94 ici", 110),
        ("FC 110, actuellement 12 SA", 110),
        ("FC 110 puis a chuté dans la rue devant la gare ce jour vers 12 h", 110),
    ],
)
def test_another_number_behind_such_a_word_replaces_nothing(note: str, wanted: float) -> None:
    assert read(note).values["frequence_cardiaque"].value == wanted


def test_the_replaced_measure_stays_visible_and_a_later_one_keeps_its_words() -> None:
    told = read("chez MT TA 22/12, ici 18/10, FC 80")
    assert [(left.text, left.reason) for left in told.unparsed if left.reason is Reason.OLDER] == [
        ("TA 22/12, ici", Reason.OLDER)
    ]
    assert told.values["pression_systolique"].source == "18/10"


@pytest.mark.parametrize(
    ("note", "age"),
    [
        ("NN J12 ictère", 0.0329),
        ("J3 de vie, fièvre", 0.0082),
        ("IOA / chambre 3 / F / 51 ans / colique hépatique", 51),
        ("courrier du 24/11, H 66, OMI", 66),
        ("dextro 0,7 g 13 h 70 ans", 70),
        ("ramassé sur la voie publique, H env. 50 ans", 50),
        ("genou gonflé, m 70 ans, T 38,1", 70),
        ("selles noires, m. 80 ans, pâle", 80),
        ("doigt amputé, menuisier 55 ans, garrot", 55),
        ("DID 62 ans H trouvé inconscient", 62),
        ("toux grasse, homme 50 ans de retour de Floride", 50),
    ],
)
def test_an_age_is_no_room_no_date_and_no_day_after_an_operation(note: str, age: float) -> None:
    assert read(note).values["age"].value == age


@pytest.mark.parametrize("note", ["attente, h 3, douleur", "surveillance, h 24, calme", "fc : h1", "HTA depuis 12 ans"])
def test_hours_and_durations_are_no_age(note: str) -> None:
    assert "age" not in read(note).values


@pytest.mark.parametrize(("note", "wanted"), [("T 29,8 retrouvé dans un square", 29.8), ("fracture T12", None)])
def test_a_cold_temperature_is_one_and_a_vertebra_is_none(note: str, wanted: float | None) -> None:
    found = read(note).values.get("temperature")
    assert (found and found.value) == wanted


def test_a_day_after_an_operation_is_no_age() -> None:
    assert "age" not in read("J12 post op hernie, cicatrice rouge").values


@pytest.mark.parametrize(
    ("note", "glucose"), [("hypo à 0,42 resucrée par les pompiers", 0.42), ("hyperglycémie 22,2 mmol/L", 4.0)]
)
def test_a_glucose_behind_its_name_as_a_reason_is_both(note: str, glucose: float) -> None:
    values = read(note).values
    assert values["glycemie"].value == glucose
    assert str(values["motif_consultation"].detail["motif_id"]).removeprefix("hyper").removeprefix("hypo") == "glycemie"
