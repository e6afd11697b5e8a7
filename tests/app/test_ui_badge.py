"""The level badge: told by number, shape and word, never by colour alone."""

import tomllib
from xml.etree import ElementTree

import pytest

from app.settings import ROOT
from app.ui import charts
from app.ui.badge import LOOKS, STALE, level_svg, level_word
from triage_core.levels import FrenchLevel


def luminance(colour: str) -> float:
    shares = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("level", list(FrenchLevel))
def test_the_number_and_the_shape_stand_on_the_badge_and_can_be_read(level: FrenchLevel) -> None:
    written = [element.text for element in ElementTree.fromstring(level_svg(level)).iter() if element.text]  # noqa: S314 - our own drawing
    assert written == [level.value, LOOKS[level].shape]
    assert contrast(LOOKS[level].fill, LOOKS[level].ink) >= 4.5


def test_six_levels_have_six_shapes_and_six_colours() -> None:
    assert len({look.shape for look in LOOKS.values()}) == len({look.fill for look in LOOKS.values()}) == 6


def test_a_stale_badge_loses_its_colour_and_a_provisional_one_is_dashed() -> None:
    stale, provisional = level_svg(FrenchLevel.L1, stale=True), level_svg(FrenchLevel.L1, provisional=True)
    assert LOOKS[FrenchLevel.L1].fill not in stale
    assert STALE.fill in stale
    assert "stroke-dasharray" in provisional
    assert "stroke-dasharray" not in stale


THEMES = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]


@pytest.mark.parametrize("name", ["light", "dark"])
def test_a_line_of_a_chart_can_be_seen_on_its_ground(name: str) -> None:
    ground, lines = THEMES[name]["backgroundColor"], THEMES[name]["chartCategoricalColors"]
    assert [line for line in lines if contrast(line, ground) < 3] == []
    assert "chartCategoricalColors" not in THEMES


@pytest.mark.parametrize("ground", [THEMES[name]["backgroundColor"] for name in ("light", "dark")])
def test_our_own_marks_can_be_seen_on_both_grounds(ground: str) -> None:
    """A chart drawn by day is still on the page when the browser goes dark."""
    for mark in (charts.MORE_URGENT, charts.LESS_URGENT, charts.LINE):
        assert contrast(mark, ground) >= 3
    assert max(contrast(colour, ground) for colour, _ in charts.LIMIT) >= 3


@pytest.mark.parametrize("name", ["light", "dark"])
def test_a_count_is_read_on_the_darkest_cell(name: str) -> None:
    *tint, share = (float(part) for part in charts.CELLS[1].removeprefix("rgba(").removesuffix(")").split(","))
    ground = THEMES[name]["backgroundColor"]
    under = [int(ground[place : place + 2], 16) for place in (1, 3, 5)]
    mixed = [round(share * over + (1 - share) * below) for over, below in zip(tint, under, strict=True)]
    assert contrast("#" + "".join(f"{part:02X}" for part in mixed), THEMES[name]["textColor"]) >= 4.5


def test_a_table_says_the_level_in_words() -> None:
    assert level_word(FrenchLevel.L3A) == "◆ 3A · JAUNE"
