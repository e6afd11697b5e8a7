"""The served and the waiting model on the same judged cases: how much they differ, and how sure that is."""

import streamlit as st

from app import wiring
from app.ui import texts, watch_view
from app.ui.texts import small, t
from feedback_store.watching import Comparison
from triage_core.monitoring.paired import PairedShares, compare

SMALLEST_P = 0.001


def show_comparison() -> None:
    """A table of three kinds of error, or what is lacking to make one."""
    st.subheader(t("compare.title"), anchor=False)
    services = wiring.services()
    champion, _ = services.triage.model.current()
    challenger = services.challenger.current()
    if champion is None or challenger is None or champion.version == challenger.version:
        st.info(t("compare.none"))
        return
    if not watch_view.is_read():
        st.info(t("watch.reading"))
        return
    found = services.watching.comparison(champion.version, challenger.version)
    names = {"champion": texts.plain(champion.version), "challenger": texts.plain(challenger.version)}
    if not found.error.n:
        st.info(t("compare.no_case", **names))
        return
    st.markdown(small(t("compare.cases", n=texts.number(found.error.n), **names)))
    st.dataframe(_rows(found, champion.version, challenger.version), hide_index=True, alt=t("compare.title"))
    st.markdown(small(t("compare.bias")))


def _rows(found: Comparison, champion: str, challenger: str) -> list[dict[str, str]]:
    told = (("watch.under", found.under), ("watch.over", found.over), ("watch.error", found.error))
    return [_row(t(key), pairs, champion, challenger) for key, pairs in told]


def _row(name: str, pairs: PairedShares, champion: str, challenger: str) -> dict[str, str]:
    first, second = pairs.shares
    gap = compare(pairs)
    row = {t("compare.what"): name, champion: texts.percent(first, 1), challenger: texts.percent(second, 1)}
    if gap is not None:
        points = [texts.percent(value, 1) for value in (gap.estimate, gap.lower, gap.upper)]
        told = t("compare.interval", estimate=points[0], low=points[1], high=points[2])
        p_value = f"< {texts.number(SMALLEST_P, 3)}" if gap.p_value < SMALLEST_P else texts.number(gap.p_value, 3)
        row |= {t("compare.difference"): told, t("compare.p"): p_value}
    return row | {t("compare.only"): f"{pairs.first} · {pairs.second}"}
