"""The grid as a table one can search, with source and review of every line, words typed in any order."""

import re
import unicodedata

import streamlit as st

from app.ui import state, texts
from app.ui.badge import level_word
from app.ui.texts import t
from triage_core.rules.catalog import Motif, Rule, RuleBook

Row = dict[str, str]
ROW_HEIGHT = 28  # pixels


def show_rules(book: RuleBook) -> None:
    """Search field, chapter filter, the motifs with their criteria, then the general thresholds."""
    words_side, chapter_side = st.columns([2, 1])
    query = words_side.text_input(t("regles.search"), key=state.RULES_QUERY, live="300ms")
    chapters = sorted({motif.chapter for motif in book.motifs})
    chapter = chapter_side.selectbox(
        t("regles.chapter"), chapters, index=None, key=state.RULES_CHAPTER, placeholder=t("retours.all")
    )
    motifs = [motif for motif in book.motifs if chapter in (None, motif.chapter)]
    grid = _matching([row for motif in motifs for row in _motif_rows(motif)], query or "")
    floor = [] if chapter else _matching([_floor_row(rule) for rule in book.floor], query or "")
    if not grid and not floor:
        st.info(t("regles.none"))
    _table(t("regles.grid"), grid)
    _table(t("regles.floor"), floor)
    with st.expander(t("regles.sources")):
        st.markdown("\n".join(f"- {texts.plain(source)}" for source in _sources(book)))


def subtitle(book: RuleBook) -> str:
    """How much the book holds, and its version."""
    modulators = sum(len(motif.modulators) for motif in book.motifs)
    return t(
        "regles.subtitle",
        motifs=len(book.motifs),
        modulators=modulators,
        floor=len(book.floor),
        version=texts.plain(book.version),
    )


def short_source(source: str) -> str:
    """What names a source: its first words, before the first bracket, ``via`` or semicolon."""
    return re.split(r" \(|, via | ; ", source, maxsplit=1)[0]


def _sources(book: RuleBook) -> list[str]:
    rules = [*book.floor, *(rule for motif in book.motifs for rule in motif.modulators)]
    return sorted({*(motif.source for motif in book.motifs), *(rule.source for rule in rules)})


def _table(title: str, rows: list[Row]) -> None:
    if rows:
        st.subheader(f"{title} ({len(rows)})", anchor=False)
        st.dataframe(
            rows, hide_index=True, height=min(420, 2 + ROW_HEIGHT * (1 + len(rows))), row_height=ROW_HEIGHT, alt=title
        )


def _matching(rows: list[Row], query: str) -> list[Row]:
    words = _folded(query).split()
    return [row for row in rows if all(word in _folded(" ".join(row.values())) for word in words)]


def _folded(words: str) -> str:
    """As typed on a keyboard: plain spaces and apostrophes, « spo2 »."""
    return unicodedata.normalize("NFKC", words).replace("’", "'").casefold()


def _motif_rows(motif: Motif) -> list[Row]:
    label = motif.label if texts.language() == "fr" or not motif.label_en else motif.label_en
    first = _row(label, t("regles.by_default"), level_word(motif.default_level), "all", motif.source, motif.reviewer)
    return [first, *(_modulator_row(label, rule) for rule in motif.modulators)]


def _modulator_row(motif_label: str, rule: Rule) -> Row:
    level = level_word(rule.level) if rule.effect == "set_level" else t("regles.advice")
    return _row(motif_label, texts.of_rule(rule.label), level, rule.scope.value, rule.source, rule.reviewer)


def _floor_row(rule: Rule) -> Row:
    return _row("—", texts.of_rule(rule.label), level_word(rule.level), rule.scope.value, rule.source, rule.reviewer)


def _row(motif: str, criterion: str, level: str, scope: str, source: str, reviewer: str) -> Row:
    return {
        t("regles.motif"): motif,
        t("regles.criterion"): criterion,
        t("regles.level"): level,
        t("regles.who"): t(f"scope.{scope}"),
        t("regles.reviewed"): reviewer or t("regles.unreviewed"),
        t("regles.source"): short_source(source),
    }
