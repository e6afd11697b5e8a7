"""The answer: level, delay, why, and what makes it unsure. Greyed when the inputs have moved."""

import streamlit as st

from app.ui import explanation, judging, proposals, state, texts, understood
from app.ui.badge import gravity_name, level_word, show_badge
from app.ui.judging import Judged
from app.ui.motif import motif_label, rule_label
from app.ui.texts import t
from triage_core.decision import Contribution, Decision, FindingOut
from triage_core.levels import FrenchLevel, Gravity
from triage_core.quality import QualityGrade
from triage_core.rules.catalog import RuleBook

SHOWN_FINDINGS = 3
BADGE_WIDTH = 104  # pixels: the one loud thing on the page

KEYS = {
    "Ctrl+1 … Ctrl+5": "keys.motif",
    "Alt+T": "keys.tick",
    "Ctrl+Enter": "keys.evaluate",
    "Alt+Enter": "keys.confirm",
    "Alt+1 2 3 B 4 5": "keys.level",
    "Alt+N": "keys.next",
    "Alt+Z": "keys.undo",
    "Alt+O, Alt+U": "keys.answer",
}


def show_empty() -> None:
    """The card before any evaluation: one sentence, and the keys."""
    st.markdown(t("card.empty"))
    lines = [f"`{key_name(key)}` {t(word)}" for key, word in KEYS.items()]
    st.markdown(texts.small(*lines, t("keys.words")))


def key_name(key: str) -> str:
    """A key as it is named in the session's language: ``Ctrl+Entrée``."""
    return key.replace("Enter", t("key.enter"))


def show_refusal(reasons: tuple[str, ...], *, only_asked: bool) -> None:
    """Why the evaluation was refused, or what it waits to be told, field by field."""
    if reasons:
        show = st.warning if only_asked else st.error
        title = t("refused.asked" if only_asked else "refused.title")
        show("\n".join([f"**{title}**", *(f"- {reason}" for reason in reasons)]))


def show_undone() -> None:
    """What the last undo did."""
    said = st.session_state.get(state.UNDONE)
    if said:
        st.info(said)


def show_decision(judged: Judged, book: RuleBook, *, stale: bool, brief: bool = False) -> None:
    """The card of one decision.

    ``stale`` greys the badge, tells the nurse to evaluate again and keeps her verdict in sight; ``brief`` leaves
    room for the verdict's panel.
    """
    with st.container(gap="xsmall"):
        _headline(judged.decision, stale=stale)
        if stale:
            return
        _to_check(judged, book)
        _why(judged, book)
        if not brief:
            _doubts(judged, book)


def gravity_word(gravity: Gravity) -> str:
    """The gravity in words; GRIS is said to mean *not urgent*."""
    return t("card.grey_word") if gravity is Gravity.GRIS else gravity_name(gravity)


def delay_text(level: FrenchLevel) -> str:
    """Within how long a physician, and where the scale says so a nurse, must see the patient."""
    if level is FrenchLevel.L1:
        return t("card.physician_now")
    nurse = "" if level.nurse_delay_min is None else t("card.nurse", minutes=level.nurse_delay_min)
    return t("card.physician", minutes=level.physician_delay_min) + nurse


def _headline(decision: Decision, *, stale: bool) -> None:
    """The level that stands, the nurse's before ours; where she chose another, ours is named beside it."""
    level = judging.current_level(decision)
    word = gravity_word(level.gravity)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        alt = t("card.alt", level=level.value, gravity=word)
        show_badge(level, alt, provisional=decision.provisional, stale=stale, width=BADGE_WIDTH)
        with st.container(gap="xsmall"):
            st.header(f":gray[{word}]" if stale else word, anchor=False)
            if stale:
                st.markdown(f"**{t('card.stale')}**")
                if judging.recorded() is not None:
                    st.markdown(t("card.recorded", level=level_word(level)))
                return
            st.markdown(delay_text(level))
            if level is not decision.french_level:
                st.markdown(texts.small(t("card.proposed", level=decision.french_level.value)))
            if decision.provisional:
                st.badge(t("card.provisional"), color="orange")


def _to_check(judged: Judged, book: RuleBook) -> None:
    lines = to_check(judged, book)
    if lines:
        st.markdown("\n\n".join(f":orange-badge[!] **{line}**" for line in lines))


def to_check(judged: Judged, book: RuleBook) -> list[str]:
    """The suggested criteria that nobody ticked, and the motifs left over, that would make it more urgent, in words.

    The few most urgent of each.
    """
    criteria = [
        t("card.check", item=proposals.item(rule_label(book, one.rule_id), one, judged.patient.age), level=level.value)
        for one, level in judged.unticked[:SHOWN_FINDINGS]
    ]
    motifs = [
        t(
            "card.check_motif",
            words=texts.plain(one.words),
            motif=texts.plain(motif_label(book, one.motif.id)),
            level=one.level.value,
        )
        for one in judged.unheeded
    ]
    return [*criteria, *motifs]


def _why(judged: Judged, book: RuleBook) -> None:
    decision, patient = judged.decision, judged.patient
    shown = decision.findings[:SHOWN_FINDINGS]
    lines = [
        _reason_line(explanation.reason(finding, patient, book), place == 0) for place, finding in enumerate(shown)
    ]
    hidden = len(decision.findings) - SHOWN_FINDINGS
    if hidden > 0:
        lines.append(texts.counted("card.more", hidden))
    raised = explanation.raised(decision, judged.rules_level)
    if raised is not None:
        lines.insert(0, f"**{texts.plain(raised)}**")
    st.markdown("\n".join(f"- {line}" for line in lines or [t("card.no_finding")]))
    if any(f.rule_id == "motif_a_confirmer" for f in decision.findings) and decision.motif_id is not None:
        st.markdown(texts.small(t("card.motif_guessed", label=texts.plain(motif_label(book, decision.motif_id)))))


def _reason_line(reason: explanation.Reason, is_first: bool) -> str:
    """What was seen, in bold where it made the level; where it comes from in small print after it."""
    facts = texts.plain(reason.facts)
    return f"{f'**{facts}**' if is_first else facts} {texts.small(texts.plain(f'({reason.source})'))}"


def finding_label(book: RuleBook, finding: FindingOut) -> str:
    """The words of a rule that fired; a motif's own default level is named in the session's language."""
    motif_id, is_default, _ = finding.rule_id.partition(explanation.DEFAULT_RULE)
    if is_default and book.motif(motif_id) is not None:
        return motif_label(book, motif_id)
    return finding.label


def contribution_label(contribution: Contribution) -> str:
    """A feature and its value in the words of the screen."""
    return explanation.value_in_words(contribution)


def _doubts(judged: Judged, book: RuleBook) -> None:
    """What makes the answer less sure, in plain words; nothing when nothing does."""
    decision, patient = judged.decision, judged.patient
    said = [] if decision.ml_available else [t("card.model_absent")]
    said += [text for text in (explanation.uncertainty(decision, judging.current_level(decision)),) if text is not None]
    said += [f"**{text}**" for text in explanation.unmeasured(patient)]
    motif = None if decision.motif_id is None else book.motif(decision.motif_id)
    missing = explanation.to_measure(decision, motif, patient.non_mesures)
    if missing:
        said.append("**" + t("card.measure", names=", ".join(map(understood.label, missing))) + "**")
    if decision.prediction_quality is not QualityGrade.HIGH:
        said.append(t("card.quality", quality=t(f"quality.{decision.prediction_quality.value}")))
    if said:
        st.markdown(texts.small(*said))
