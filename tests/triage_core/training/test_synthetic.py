"""The synthetic base table: reproducible, shaped like the published figures, and without a leak."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.tree import DecisionTreeClassifier

from triage_core.features import VITALS
from triage_core.levels import FrenchLevel, Gravity
from triage_core.patient import Constantes, Mesures, Patient
from triage_core.rules.catalog import load_rulebook
from triage_core.rules.engine import apply_rules
from triage_core.training import synthetic
from triage_core.training.dataset import read_table
from triage_core.training.synthetic import SEED, generate, main
from triage_core.training.synthetic_report import BEGIN, END, comparison
from triage_core.training.synthetic_report import main as renew_readme
from triage_core.training.synthetic_settings import motif_settings, vitals_settings
from triage_core.training.synthetic_vitals import VitalsDrawer, knots_of, read_through

COMMITTED = Path(__file__).parents[3] / "data" / "raw" / "patients_synthetic.csv"
VITAL_NAMES = [vital.name for vital in VITALS]
FIRST_SIX = VITAL_NAMES[:6]


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return read_table(COMMITTED).frame


def _ranks(gravities: pd.Series) -> pd.Series:
    return gravities.map({gravity.value: gravity.rank for gravity in Gravity})


@pytest.mark.slow
def test_the_command_reproduces_the_committed_file_byte_for_byte(tmp_path: Path) -> None:
    assert main(["--out", str(tmp_path / "again.csv")]) == 0
    assert (tmp_path / "again.csv").read_bytes() == COMMITTED.read_bytes()


def test_another_seed_gives_another_table() -> None:
    assert generate(200, SEED) == generate(200, SEED)
    assert generate(200, SEED) != generate(200, SEED + 1)


def test_the_committed_file_holds_ten_thousand_sound_rows_in_less_than_two_megabytes() -> None:
    dataset = read_table(COMMITTED)
    assert (len(dataset.frame), dataset.quarantined) == (10_000, ())
    assert COMMITTED.stat().st_size < 2_000_000
    assert b"\r" not in COMMITTED.read_bytes()


def test_level_shares_are_those_published_for_french(table: pd.DataFrame) -> None:
    shares = table["niveau_french"].value_counts(normalize=True) * 100
    published = {"1": 0.4, "2": 6.7, "3A": 13.3, "3B": 29.4, "4": 43.1, "5": 7.1}
    assert vitals_settings().level_shares == published
    for level, share in published.items():
        assert shares[level] == pytest.approx(share, abs=0.2)


@pytest.mark.slow
def test_the_true_level_is_never_below_the_vitals_floor(table: pd.DataFrame) -> None:
    assert _below_floor(table) == []


def test_vitals_that_stay_too_urgent_raise_the_level(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synthetic, "MOST_REDRAWS", 0)
    main(["--rows", "600", "--out", str(tmp_path / "raised.csv")])
    raised = read_table(tmp_path / "raised.csv").frame
    assert _below_floor(raised) == []
    assert raised["niveau_french"].isin(["1", "2"]).mean() > 0.08  # 7.1 % were drawn


def test_no_measured_modulator_of_the_motif_contradicts_the_level(table: pd.DataFrame) -> None:
    book = load_rulebook()
    for record in table[table["motif_id"].notna()].head(2000).to_dict("records"):
        motif = book.motif(record["motif_id"])
        findings = apply_rules(_patient(record), motif, book).findings
        fired = [f.level.rank for f in findings if not f.rule_id.endswith("__defaut")]
        assert max(fired, default=0) <= FrenchLevel(record["niveau_french"]).rank, record["case_id"]


def test_a_3b_has_neither_heavy_comorbidity_nor_referral_since_these_make_it_3a(table: pd.DataFrame) -> None:
    level_3b = table[table["niveau_french"] == "3B"]
    assert not (level_3b["comorbidite_lourde_en_rapport"] == True).any()  # noqa: E712 - None is neither
    assert not (level_3b["adresse_par_medecin"] == True).any()  # noqa: E712
    level_3a = table[table["niveau_french"] == "3A"]
    assert (level_3a["comorbidite_lourde_en_rapport"] == True).mean() > 0.3  # noqa: E712


def test_the_nurse_errs_as_published_mostly_by_one_step(table: pd.DataFrame) -> None:
    error = _ranks(table["gravite_ioa"]) - _ranks(table["gravite"])
    assert 100 * (error < 0).mean() == pytest.approx(10.3, abs=0.1)
    assert 100 * (error > 0).mean() == pytest.approx(4.3, abs=0.1)
    assert (error.abs() == 1).sum() > 9 * (error.abs() > 1).sum()


@pytest.mark.parametrize("vital", VITAL_NAMES)
@pytest.mark.parametrize("missing_as", [np.nan, -1.0])
def test_no_single_vital_gives_the_gravity_away(table: pd.DataFrame, vital: str, missing_as: float) -> None:
    values, truth = table[[vital]].fillna(missing_as), _ranks(table["gravite"])
    tree = DecisionTreeClassifier(max_depth=4, random_state=0).fit(values, truth)
    assert tree.score(values, truth) < 0.60


def test_the_motif_tells_more_than_any_vital_yet_not_everything(table: pd.DataFrame) -> None:
    usual = table.groupby("motif_id")["gravite"].agg(lambda gravities: gravities.mode()[0])
    known = table[table["motif_id"].notna()]
    accuracy = (known["motif_id"].map(usual) == known["gravite"]).mean()
    assert 0.55 < accuracy < 0.80


def test_measurements_are_missing_in_blocks(table: pd.DataFrame) -> None:
    missing = table[VITAL_NAMES].isna()
    assert (missing["pression_systolique"] == missing["pression_diastolique"]).all()
    all_six = missing[FIRST_SIX].all(axis=1).mean()
    assert all_six > 0.01 > 20 * missing[FIRST_SIX].mean().prod()
    assert missing["glycemie"].mean() > 0.6
    assert 0.1 < missing["glasgow"].mean() < 0.4


def test_the_stable_are_measured_less_than_the_urgent(table: pd.DataFrame) -> None:
    missing = table[FIRST_SIX].isna().all(axis=1)
    assert missing[table["gravite"] == "GRIS"].mean() > 3 * missing[table["gravite"] == "JAUNE"].mean()


def test_real_vitals_keep_together(table: pd.DataFrame) -> None:
    adults = table[table["age"] >= 18]
    correlation = adults[["age", *FIRST_SIX]].corr(method="spearman")
    assert correlation.loc["pression_systolique", "pression_diastolique"] > 0.45
    assert correlation.loc["age", "pression_systolique"] > 0.15
    assert correlation.loc["age", "saturation_oxygene"] < -0.15
    assert correlation.loc["frequence_cardiaque", "temperature"] > 0.1


def test_children_are_a_fifth_at_most_and_their_hearts_beat_faster(table: pd.DataFrame) -> None:
    assert 0.15 <= (table["age"] < 15).mean() <= 0.20
    infants, adults = table[table["age"] < 1], table[table["age"] >= 18]
    assert infants["frequence_cardiaque"].median() > adults["frequence_cardiaque"].median() + 40


@pytest.mark.parametrize("vital", ["frequence_cardiaque", "pression_systolique", "temperature", "saturation_oxygene"])
def test_adult_quantiles_of_3b_stay_near_the_real_ones(table: pd.DataFrame, vital: str) -> None:
    settings = vitals_settings()
    drawn = table[(table["niveau_french"] == "3B") & (table["age"] >= 18)][vital]
    spread = np.subtract(*[settings.adults["3B"][vital][place] for place in (6, 2)])
    for place in (3, 4, 5):  # quartiles and median
        assert abs(drawn.quantile(settings.probabilities[place]) - settings.adults["3B"][vital][place]) < 0.2 * spread


def test_the_motif_suits_sex_and_age(table: pd.DataFrame) -> None:
    pregnant = table[table["motif_id"].isin(["grossesse_t1_t2", "grossesse_t3", "accouchement"])]
    assert len(pregnant) and set(pregnant["sexe"]) == {"F"}
    assert pregnant["age"].between(12, 55).all()
    assert (table[table["motif_id"] == "diarrhee_vomissements_nourrisson"]["age"] <= 2.0).all()


def test_every_motif_of_the_settings_is_in_the_grid() -> None:
    settings, known = motif_settings(), {motif.id for motif in load_rulebook().motifs}
    named = {*settings.weights, *settings.months, *settings.sex, *settings.pull, *settings.glycaemia_asked.motifs}
    named.update(motif for measure in settings.measures.values() for motif in measure.motifs)
    assert named <= known


def test_a_score_at_a_knot_reads_the_quantile_itself() -> None:
    settings = vitals_settings()
    knots, table = knots_of(settings), np.array(settings.adults["4"]["frequence_cardiaque"])
    assert read_through(knots, np.tile(table, (len(knots), 1)), knots) == pytest.approx(table)


def test_no_row_at_all_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as refusal:
        main(["--rows", "0", "--out", str(tmp_path / "none.csv")])
    assert refusal.value.code == 2


def _below_floor(table: pd.DataFrame) -> list[str]:
    """The cases whose level is less urgent than their vitals alone allow."""
    book, below = load_rulebook(), []
    for record in table.to_dict("records"):
        floor = apply_rules(_patient(record), None, book).level
        if floor is not None and floor.rank > FrenchLevel(record["niveau_french"]).rank:
            below.append(record["case_id"])
    return below


def _patient(record: dict[str, object]) -> Patient:
    def measured(names: list[str]) -> dict[str, object]:
        return {name: None if pd.isna(record[name]) else record[name] for name in names}

    return Patient(
        age=record["age"],
        sexe=record["sexe"],
        constantes=Constantes.model_validate(measured(VITAL_NAMES)),
        mesures=Mesures.model_validate(measured(list(Mesures.model_fields))),
    )


def test_the_readme_compares_the_committed_table_with_real_vitals(table: pd.DataFrame) -> None:
    told = (COMMITTED.parents[1] / "README.md").read_text(encoding="utf-8")
    assert f"{BEGIN}\n{comparison(table)}{END}" in told


def test_the_report_renews_only_the_marked_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data" / "raw").mkdir(parents=True)
    (tmp_path / "data" / "raw" / COMMITTED.name).write_bytes(COMMITTED.read_bytes())
    readme = tmp_path / "data" / "README.md"
    readme.write_text(f"avant\n{BEGIN}\npérimé\n{END}\naprès\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert renew_readme() == 0
    told = readme.read_text(encoding="utf-8")
    assert told.startswith(f"avant\n{BEGIN}\n### ") and told.endswith(f"{END}\naprès\n") and "périmé" not in told


def test_settings_with_correlations_of_other_vitals_are_refused() -> None:
    settings = vitals_settings()
    turned = settings.correlation.model_copy(update={"names": settings.correlation.names[::-1]})
    with pytest.raises(ValueError, match="correlation names"):
        VitalsDrawer(settings.model_copy(update={"correlation": turned}))


def test_a_readme_without_its_marks_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "README.md").write_text("sans marques", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert renew_readme() == 1
    assert (tmp_path / "data" / "README.md").read_text(encoding="utf-8") == "sans marques"
