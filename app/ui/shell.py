"""What frames every page: the navigation, the role and language switches, the versions and the two notices."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from app import guards, wiring
from app.access import permissions
from app.ui import access_view, degraded_view, roles, seen_view, state, texts
from app.ui.texts import t

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

logger = logging.getLogger(__name__)
PAGES = Path(__file__).resolve().parent.parent.parent / "pages"
CARE = ("tri", "file_active", "activite", "retours", "regles", "aide")
ADMINISTRATION = ("surveillance", "modele", "reentrainement", "donnees", "arbitrage", "journal")
SIDEBAR_WIDTH = 200
LOGO, ICON = (str(Path(__file__).with_name(name)) for name in ("logo.svg", "icon.svg"))


def configure() -> None:
    """The page's frame; nothing is shown by a server that others could reach and no guard stands before."""
    st.set_page_config(page_title=t("app.title"), page_icon=ICON, layout="wide", initial_sidebar_state=SIDEBAR_WIDTH)
    st.logo(LOGO, size="large")
    if not guards.may_show_pages(st.get_option("server.address")):
        st.error(t("shell.exposed"))
        st.stop()
    access_view.require_open()


def navigation() -> "StreamlitPage":
    """All pages by group; a page is listed for the roles that may open it."""
    role = roles.role()
    return st.navigation(
        {
            t("nav.care"): [_page(name, role) for name in CARE],
            t("nav.admin"): [_page(name, role) for name in ADMINISTRATION],
        }
    )


def alerts() -> None:
    """One line above every page while something is missing, and one while an alert stands that nobody has seen."""
    degraded_view.show_missing()
    waiting = [alert for alert in wiring.services().alerts.standing() if alert.acknowledged_by is None]
    if waiting:
        sees_all = permissions.may_open("surveillance", roles.role())
        words = "alert" if sees_all else "alert.care"
        kinds = dict.fromkeys(t(f"{words}.{alert.kind.value}") for alert in waiting)
        told = t("alert.banner" if sees_all else "alert.banner.care", alerts=" · ".join(kinds))
        st.markdown(f":orange-badge[{t('alert.word')}] {texts.small(told)}")


def run(page: "StreamlitPage") -> None:
    """Run the page that was asked for, or refuse it: whatever the page itself checks, the table is asked first."""
    name = page.url_path or permissions.FIRST_PAGE
    if not permissions.may_open(name, roles.role()):
        roles.refuse(name)
    seen_view.note_page(name)
    try:
        page.run()
    except Exception:  # what stops or restarts a script is no Exception; anything else must not speak English here
        logger.exception("page failed: %s", name)
        st.error(t("shell.failed"))


def sidebar() -> None:
    """Role, language, versions, and what this product is not; here the language is declared, before a page may stop."""
    with st.sidebar:
        if roles.is_demo():
            st.selectbox(
                t("role"), roles.ROLES, format_func=lambda role: t(f"role.{role}"), key=state.ROLE, placeholder="—"
            )
        st.selectbox(
            t("language"),
            texts.LANGUAGES,
            format_func=lambda code: t(f"language.{code}"),
            key=state.LANGUAGE,
            placeholder="—",
            on_change=_say_choices_again,
        )
        access_view.who()
        if roles.is_demo():
            st.markdown(f":blue-badge[{t('notice.demo')}] {texts.small(t('notice.demo.data'))}")
        st.markdown(texts.small(t("notice.ce"), *_versions()))
        _declare_language()


def _say_choices_again() -> None:
    """Write what was chosen in a list anew: the browser would keep the words of the other language."""
    for key in (state.ROLE, state.ARRIVAL, state.MOTIF, state.RULES_CHAPTER):
        if key in st.session_state:
            st.session_state[key] = st.session_state[key]


def _declare_language() -> None:
    """Tell browsers and screen readers the language of the page."""
    code = texts.language()
    st.html(f"<script>document.documentElement.lang = '{code}'</script>", unsafe_allow_javascript=True)


def _versions() -> tuple[str, str]:
    services = wiring.services()
    version = services.served_version()
    said = t("model.absent") if version is None else t("model.version", version=texts.plain(version))
    return said, t("rules.version", version=texts.plain(services.triage.book.version))


def _page(name: str, role: str | None) -> "StreamlitPage":
    return st.Page(
        PAGES / f"{name}.py",
        title=t(f"nav.{name}"),
        url_path=name,
        default=name == permissions.FIRST_PAGE,
        visibility="visible" if permissions.may_open(name, role) else "hidden",
    )
