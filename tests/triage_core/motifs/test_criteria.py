"""Words that suggest a criterion of the chosen motif: what is said of this patient and now, and nothing else."""

import tomllib
from pathlib import Path
from time import perf_counter

import pytest

from triage_core.motifs import criteria
from triage_core.motifs.criteria import Suggestion, suggested
from triage_core.motifs.criteria_table import PACKAGED, load_criteria
from triage_core.motifs.synonyms import load_synonyms
from triage_core.rules.catalog import Motif, load_rulebook

BOOK = load_rulebook()
TABLE = tomllib.loads(PACKAGED.read_text(encoding="utf-8"))
IN_TABLE = {rule_id for row in TABLE["famille"] for rule_id in row["criteres"]}
TICKABLE = {
    rule.id: (motif, rule)
    for motif in BOOK.motifs
    for rule in motif.modulators
    if rule.checkbox and rule.effect == "set_level"
}
HEAD = "traumatisme_cranien"
DRUG = f"{HEAD}__6"
QUERIES = sorted(Path(__file__).parent.glob("queries*.toml"))
DAMAGED = [
    None,
    b"",
    b"\xff\xfe",
    b"famille = 3\n",
    b"arrets = []\nrecents = []\nordinaires = ''\n[[famille]]\nmots = ['a']\n",
]


def motif_of(motif_id: str) -> Motif:
    motif = BOOK.motif(motif_id)
    assert motif is not None
    return motif


def found(text: str, motif_id: str = HEAD, age: float | None = 40) -> dict[str, str]:
    return {one.rule_id: one.words for one in suggested(text, motif_of(motif_id), age)}


def test_every_criterion_of_the_table_can_be_ticked_and_is_more_urgent_than_its_motif() -> None:
    assert not IN_TABLE - TICKABLE.keys()
    lowering = [name for name in IN_TABLE if TICKABLE[name][1].level.rank <= TICKABLE[name][0].default_level.rank]
    assert not lowering


def test_of_the_criteria_that_raise_only_those_that_reassure_have_no_words() -> None:
    raising = {name for name, (motif, rule) in TICKABLE.items() if rule.level.rank > motif.default_level.rank}
    assert raising - IN_TABLE == {"brulure__3", "convulsion_hyperthermique__4"}


@pytest.mark.parametrize("row", TABLE["famille"], ids=lambda row: row["criteres"][0])
def test_each_first_word_of_a_family_suggests_each_of_its_criteria(row: dict[str, list[str]]) -> None:
    words = " ".join(choice.split("|")[0].replace("_", " ") for choice in row["mots"][0].split())
    text = f"{words}, {row['avec'][0]}" if "avec" in row else words.replace("stplus", "ST+")
    for rule_id in row["criteres"]:
        assert rule_id in found(text, TICKABLE[rule_id][0].id, None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("chute de sa hauteur ce matin, sous Eliquis, TC sans PC", "Eliquis"),
        ("TC sans PC sous Eliquis", "Eliquis"),
        ("TC sous Élikis", "Élikis"),
        ("TC sous previscn", "previscn"),
        ("traitement : XARELTO 20", "XARELTO"),
        ("AVK", "AVK"),
        ("patient anticoag", "anticoag"),
        ("patiente anticoagulée pour FA", "anticoagulée"),
        ("sous traitement anticoagulant", "anticoagulant"),
        ("ATCD FA sous Pradaxa, HTA", "Pradaxa"),
        ("Lovenox à dose curative", "Lovenox à dose curative"),
        ("Lixiana arrêté hier pour un geste", "Lixiana"),
        ("accompagnée par sa fille, sous Sintrom", "Sintrom"),
        ("femme de 80 ans sous Coumadine", "Coumadine"),
        ("fell, on blood thinners", "blood thinners"),
        ("head injury, takes apixaban", "apixaban"),
    ],
)
def test_an_anticoagulant_by_its_name_suggests_the_box_with_the_words_typed(text: str, words: str) -> None:
    assert found(text, age=85)[DRUG] == words


@pytest.mark.parametrize(
    "text",
    [
        "pas d'anticoagulant",
        "pas d'AVK ni AOD",
        "n'est pas sous AVK",
        "n'est plus sous Eliquis",
        "ne prend plus d'Eliquis",
        "anticoagulants : non",
        "AVK non",
        "not on blood thinners",
        "arrêt Eliquis il y a 1 an",
        "Eliquis arrêté en 2020",
        "Eliquis (arrêté en 2020)",
        "Eliquis, stoppé depuis 3 mois",
        "allergique au Previscan",
        "sa mère est sous Eliquis",
        "son mari prend du Previscan",
        "sa femme est sous AVK",
        "a trouvé l'Eliquis de sa mère",
        "sous Kardégic et Plavix",
        "Lovenox 0,4 préventif",
        "",
        "TC",
    ],
)
def test_a_drug_denied_stopped_long_ago_or_of_someone_else_suggests_nothing(text: str) -> None:
    assert DRUG not in found(text, age=85)


@pytest.mark.parametrize(
    ("motif", "text", "criterion"),
    [
        ("asthme_bpco", "crise d'asthme, parle par mots", "__3"),
        ("asthme_bpco", "n'arrive pas à finir ses phrases", "__3"),
        ("asthme_bpco", "ne parle plus, lèvres bleues", "__1"),
        ("asthme_bpco", "speaks in words only", "__3"),
        ("cephalee", "mal de tête brutal", "__1"),
        ("cephalee", "d'un coup, comme un coup de tonnerre", "__1"),
        ("intoxication_medicamenteuse", "a avalé des cachets, menace de se pendre", "__2"),
        ("intoxication_medicamenteuse", "30 Doliprane", "__3"),
        ("ivresse", "alcoolisé agressif", "__3"),
        ("ivresse", "amené par la police", "__5"),
        ("douleur_thoracique_sca", "douleur thoracique intense", "__3"),
        ("douleur_thoracique_sca", "SCA ST+", "__1"),
        ("douleur_thoracique_sca", "ECG ST-", "__2"),
        ("douleur_thoracique_sca", "ECG normal, stent en 2015", "__4"),
        ("douleur_abdominale", "douleur insuportable", "__1"),
        ("douleur_membre_sciatique", "fébrile", "__1"),
        ("post_partum", "allaite, fièvre", "__1"),
        ("plaie", "plaie superficielle de la main", "__3"),
        ("brulure", "brûlure du visage", "__2"),
        ("cephalee", "migraine habituelle mais intense", "__1"),
        ("plaie", "saigne encore beaucoup", "__2"),
        ("trauma_bassin_hanche_femur_rachis", "chute de 3 m", "__1"),
        (HEAD, "vomi 3 fois", "__7"),
        (HEAD, "TC avec PC", "__8"),
        (HEAD, "saigne de l'oreille", "__5"),
        ("convulsions", "2 crises ce jour", "__1"),
        ("hernie_masse_distension", "plus de gaz depuis hier", "__2"),
    ],
)
def test_plain_words_suggest_their_criterion(motif: str, text: str, criterion: str) -> None:
    assert f"{motif}{criterion}" in found(text, motif)


@pytest.mark.parametrize(
    ("motif", "text"),
    [
        ("asthme_bpco", "pas de tirage, parle normalement"),
        ("cephalee", "céphalée habituelle peu intense, sans fièvre"),
        ("ivresse", "alcoolisé calme, pas agressif"),
        ("trouble_comportement", "victime de violences"),
        ("ivresse", "agression par un tiers"),
        ("brulure", "brûlure face interne de la cuisse"),
        (HEAD, "crise d'angoisse après la chute"),
        ("douleur_thoracique_sca", "douleur cédée, non intense"),
        ("douleur_thoracique_sca", "ECG normal"),
        ("douleur_abdominale", "douleur légère, afébrile, asymptomatique"),
        ("toux_bronchite", "apyrétique, pas de gêne respiratoire"),
        ("epistaxis", "saignement abondant tari"),
        ("trauma_bassin_hanche_femur_rachis", "chute de sa hauteur il y a 2 h"),
        ("trauma_epaule_membre_distal", "faible cinétique"),
        ("post_partum", "fièvre"),
        ("allergie", "urticaire géante"),
        ("meno_metrorragie", "saigne entre ses règles"),
        (HEAD, "TC sans PC, pas de vomissements répétés, vomi 1 fois"),
        (HEAD, "antécédent de convulsion"),
        (HEAD, "blablabla xyzzy 42"),
    ],
)
def test_denied_mild_past_or_unknown_words_suggest_nothing(motif: str, text: str) -> None:
    assert not found(text, motif)


def test_the_most_urgent_comes_first() -> None:
    assert [one.rule_id for one in suggested("bosse, PC, AVK", motif_of(HEAD), 80)] == [
        DRUG,
        f"{HEAD}__8",
        f"{HEAD}__9",
    ]


def test_a_box_for_a_child_follows_the_age_and_needs_no_words() -> None:
    assert suggested("", motif_of("ivresse"), 13) == (Suggestion("ivresse__4", ""),)
    assert found("inquiet pour son enfant", "anxiete_depression", 40) == {}
    assert found("enfant", "anxiete_depression", None) == {"anxiete_depression__2": "enfant"}


def test_of_reasons_as_people_write_them_few_suggest_anything_and_no_plain_fall_does() -> None:
    asked = [
        (text, motif) for file in QUERIES for text, motif in tomllib.loads(file.read_text("utf-8"))["requetes"].items()
    ]
    told = [(text, BOOK.motif(motif)) for text, motif in asked if isinstance(motif, str)]
    known = [(text, motif) for text, motif in told if motif is not None]
    share = sum(bool(suggested(text, motif, None)) for text, motif in known) / len(known)
    assert 0.1 < share < 0.2  # read by eye on 25 November 2026: each of them stands in the words


def test_it_is_quick() -> None:
    note = "chute ce matin, sous Eliquis, TC sans PC, vomit 3 fois, plaie du cuir chevelu, desorientee par moment"
    suggested(note, motif_of(HEAD), 85)
    times = []
    for _ in range(20):
        start = perf_counter()
        suggested(note, motif_of(HEAD), 85)
        times.append(perf_counter() - start)
    assert min(times) < 0.002


@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_table_suggests_nothing(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "criteria.toml"
    if content is not None:
        table.write_bytes(content)
    monkeypatch.setattr(criteria, "load_criteria", lambda synonyms: load_criteria(synonyms, table))
    criteria._packaged.cache_clear()
    assert suggested("TC sous Eliquis", motif_of(HEAD), 80) == ()
    criteria._packaged.cache_clear()


def test_a_phrase_cut_to_one_word_is_a_fault_of_the_table(tmp_path: Path) -> None:
    table = tmp_path / "criteria.toml"
    table.write_text(
        "arrets = []\nrecents = []\nordinaires = ''\n[[famille]]\ncriteres = ['x']\nmots = ['chute heures']\n", "utf-8"
    )
    with pytest.raises(ValueError, match="chute heures"):
        load_criteria(load_synonyms(), table)


MEASURED_HINTS = [
    ("douleur_abdominale", {"echelle_douleur": 7}, "Douleur sévère", (("echelle_douleur", 7),)),
    ("cephalee", {"temperature": 38}, "Fièvre", (("temperature", 38),)),
    ("grossesse_t3", {"pression_systolique": 150}, "Hypertension artérielle", (("pression_systolique", 150),)),
    ("hyperglycemie", {"glasgow": 14, "cetonemie": 3}, "Trouble de conscience", (("glasgow", 14),)),
]


@pytest.mark.parametrize(("motif_id", "measured", "box", "values"), MEASURED_HINTS, ids=lambda one: str(one))
def test_a_measure_suggests_the_box_whose_hint_it_meets(
    motif_id: str, measured: dict[str, float], box: str, values: tuple[tuple[str, float], ...]
) -> None:
    motif = motif_of(motif_id)
    named = {rule.id: rule.checkbox for rule in motif.modulators}
    by_box = {named[one.rule_id]: one for one in suggested("", motif, 40, measured)}
    assert by_box[box].words == ""
    assert by_box[box].values == values


def test_a_measure_below_its_hint_or_absent_suggests_nothing() -> None:
    motif = motif_of("douleur_abdominale")
    for measured in ({}, {"echelle_douleur": None}, {"echelle_douleur": 6}):
        assert suggested("", motif, 40, measured) == ()
    assert suggested("", motif, None, {"echelle_douleur": 9}) == ()


def test_a_measure_that_reassures_suggests_nothing() -> None:
    assert suggested("", motif_of("douleur_abdominale"), 40, {"echelle_douleur": 0}) == ()


def test_words_are_named_before_the_measure() -> None:
    (one,) = suggested("céphalée, fièvre", motif_of("cephalee"), 40, {"temperature": 39})
    assert (one.words, one.values) == ("fièvre", ())


def test_a_damaged_table_leaves_the_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(criteria, "_packaged", lambda: None)
    (one,) = suggested("fièvre", motif_of("cephalee"), 40, {"temperature": 39})
    assert one.values == (("temperature", 39),)
