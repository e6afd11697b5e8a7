"""The answer: level, delay, why, quality, what to measure, the model's opinion. Greyed when the inputs have moved."""

import streamlit as st

from app.ui import charts, texts, understood
from app.ui.badge import show_badge
from app.ui.judging import Judged
from app.ui.motif import motif_label, rule_label
from app.ui.texts import t
from triage_core.decision import Contribution, Decision, FindingOut
from triage_core.features import BY_NAME, reference_interval
from triage_core.levels import FrenchLevel, Gravity
from triage_core.rules.catalog import RuleBook

SHOWN_FINDINGS = 3
DEFAULT_RULE = "__defaut"  # ends the id of the rule that gives a motif its default level
SHOWN_CONTRIBUTIONS = 4


def show_empty() -> None:
    """The card before any evaluation: one sentence and the key to press."""
    with st.container(border=True):
        st.caption(t("card.empty"))


def show_refusal(reasons: tuple[str, ...]) -> None:
    """Why the evaluation was refused, field by field."""
    if reasons:
        st.error("\n".join([f"**{t('refused.title')}**", *(f"- {reason}" for reason in reasons)]))


def show_decision(judged: Judged, book: RuleBook, *, stale: bool, brief: bool = False) -> None:
    """The card of one decision.

    ``stale`` greys the badge and tells the nurse to evaluate again; ``brief`` leaves room for the verdict's panel.
    """
    decision = judged.decision
    with st.container(gap="xsmall"):
        _headline(decision, stale=stale)
        if stale:
            return
        _why(decision, book, judged.rules_level)
        if not brief:
            _model(decision)
            _quality(decision, book)


def gravity_word(gravity: Gravity) -> str:
    """The gravity in words; GRIS is said to mean *not urgent*."""
    return t("card.grey_word") if gravity is Gravity.GRIS else gravity.value


def delay_text(level: FrenchLevel) -> str:
    """Within how long a physician, and where the scale says so a nurse, must see the patient."""
    if level is FrenchLevel.L1:
        return t("card.physician_now")
    nurse = "" if level.nurse_delay_min is None else t("card.nurse", minutes=level.nurse_delay_min)
    return t("card.physician", minutes=level.physician_delay_min) + nurse


def _headline(decision: Decision, *, stale: bool) -> None:
    level = decision.french_level
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        alt = t("card.alt", level=level.value, gravity=gravity_word(decision.gravity_level))
        show_badge(level, alt, provisional=decision.provisional, stale=stale)
        with st.container(gap="xsmall"):
            word = gravity_word(decision.gravity_level)
            st.header(f":gray[{word}]" if stale else word, anchor=False)
            if stale:
                st.badge(t("card.stale"), color="gray")
                return
            st.markdown(delay_text(level))
            if decision.provisional:
                st.badge(t("card.provisional"), color="orange")


def _why(decision: Decision, book: RuleBook, rules_level: FrenchLevel | None) -> None:
    lines = [
        f"- {texts.plain(finding_label(book, f))} →\u00a0**{f.level.value}**"
        for f in decision.findings[:SHOWN_FINDINGS]
    ]
    hidden = len(decision.findings) - SHOWN_FINDINGS
    if hidden > 0:
        lines.append(f"- {t('card.more.one' if hidden == 1 else 'card.more.many', count=hidden)}")
    if decision.raised_by_model:
        lines.insert(0, f"- {_raised_text(decision, rules_level)}")
    st.markdown("\n".join([f"**{t('card.why')}**", *(lines or [f"- {t('card.no_finding')}"])]))
    if any(f.rule_id == "motif_a_confirmer" for f in decision.findings) and decision.motif_id is not None:
        st.caption(t("card.motif_guessed", label=texts.plain(motif_label(book, decision.motif_id))))


def finding_label(book: RuleBook, finding: FindingOut) -> str:
    """The words of a rule that fired; a motif's own default level is named in the session's language."""
    motif_id, is_default, _ = finding.rule_id.partition(DEFAULT_RULE)
    return motif_label(book, motif_id) if is_default and book.motif(motif_id) is not None else finding.label


def _raised_text(decision: Decision, before: FrenchLevel | None) -> str:
    after = decision.gravity_level.value
    if before is None:
        return t("card.raised_to", after=after)
    return t("card.raised", before=before.gravity.value, after=after)


def _model(decision: Decision) -> None:
    if not decision.ml_available or decision.probabilities is None:
        st.warning(t("card.model_absent"))
        return
    likeliest, probability = max(decision.probabilities.items(), key=lambda pair: pair[1])
    tenths = round(10 * probability)
    said = t("card.model_agrees", gravity=likeliest.value, tenths=tenths)
    others = [gravity.value for gravity in decision.plausible_levels if gravity is not likeliest]
    st.markdown(said + (f" ({t('card.plausible', levels=', '.join(others))})" if others else ""))
    items = [(contribution_label(c), c.effect) for c in strongest(decision.contributions)]
    if items:
        charts.contributions(items, t("card.contributions"))


def strongest(contributions: tuple[Contribution, ...]) -> list[Contribution]:
    """The few that weigh most. A usual value is never said to make worse: it only looks so beside *not told*."""
    age = next((c.value for c in contributions if c.feature == "age" and isinstance(c.value, int | float)), None)
    told = [c for c in contributions if c.effect and not (c.effect > 0 and _is_usual(c, age))]
    return sorted(told, key=lambda c: -abs(c.effect))[:SHOWN_CONTRIBUTIONS]


def _is_usual(contribution: Contribution, age: float | None) -> bool:
    usual = reference_interval(contribution.feature, age) if contribution.feature in BY_NAME else None
    value = contribution.value
    return usual is not None and isinstance(value, int | float) and usual[0] <= value <= usual[1]


def contribution_label(contribution: Contribution) -> str:
    """A feature and its value in the words of the screen."""
    name, value = contribution.feature, contribution.value
    if name in BY_NAME and isinstance(value, int | float):
        return understood.short_text(name, value)
    return t(f"short.{name}") + (f" {t(f'sexe.{value}')}" if name == "sexe" and texts.has(f"sexe.{value}") else "")


def _quality(decision: Decision, book: RuleBook) -> None:
    said = t("card.quality", quality=t(f"quality.{decision.prediction_quality.value}"))
    missing = [understood.label(name) for name in decision.missing_features]
    if missing:
        said += " · **" + t("card.measure", names=", ".join(missing)) + "**"
    st.markdown(said)
    if decision.not_evaluable:
        count = len(decision.not_evaluable)
        said = t("card.undecided.one" if count == 1 else "card.undecided.many", count=count)
        with st.popover(said, type="tertiary"):
            for rule in decision.not_evaluable:
                names = ", ".join(understood.label(name) for name in rule.missing)
                st.markdown(t("card.undecided", label=texts.plain(rule_label(book, rule.rule_id)), names=names))
