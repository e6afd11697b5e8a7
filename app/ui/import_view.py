"""The import page's pieces: choose a file, say what its columns mean, look at it as understood, import, follow."""

import collections.abc
import tomllib
from pathlib import Path

import streamlit as st

from app import import_folder, wiring
from app.import_jobs import ImportStatus
from app.ui import roles, state, texts
from app.ui.import_reasons import column_label, in_words
from app.ui.texts import small, t
from triage_core.errors import DatasetError
from triage_core.history.guess import Guess, guess
from triage_core.history.importing import preview
from triage_core.history.mapping import LABELS, SCALES, Mapping, parse_mapping, to_toml
from triage_core.history.source import headers
from triage_core.history.units import FACTORS
from triage_core.training.table import TABLE_COLUMNS

POLL_S = 2
PREVIEW_ROWS, SHOWN_ROWS = 2000, 8
BY_LINE = 4  # columns of the table a line of choices holds
ABSENT = ""
Counts = collections.abc.Mapping[str, int]


def choose_file() -> str | None:
    """A file of the drop folder, or a small one sent from here; ``None`` while there is none."""
    folder = wiring.services().settings.imports_dir
    st.markdown(small(t("import.where", folder=texts.plain(str(folder / import_folder.INCOMING)))))
    pick, send = st.columns([2, 1])
    ends = [end.removeprefix(".") for end in import_folder.SOURCE_ENDS]
    send.file_uploader(t("import.upload"), ends, key=state.IMPORT_UPLOAD, on_change=_receive)
    waiting = import_folder.waiting_files(folder)
    if not waiting:
        pick.info(t("import.none"))
        return None
    chosen: str = pick.selectbox(t("import.file"), waiting, key=state.IMPORT_FILE)
    return chosen


def understand(name: str) -> None:
    """The guessed mapping to correct, the first rows as understood, and the one primary button."""
    path = import_folder.waiting_path(wiring.services().settings.imports_dir, name)
    try:
        told = _guessed(path, path.stat().st_mtime_ns)
        _choices(name, path, told)
        mapping = _chosen(name)
        _show_preview(path, mapping)
    except DatasetError as refusal:
        st.error(t("import.refused", reason=texts.plain(in_words(str(refusal)))))
        return
    st.checkbox(t("import.sure"), key=state.IMPORT_SURE)
    latest = wiring.services().imports.latest()
    is_running = latest is not None and latest.is_running
    st.session_state[state.IMPORT_LOCKED] = is_running
    st.button(t("import.start"), key="import_start", type="primary", disabled=is_running, on_click=_start, args=(name,))


@st.cache_resource(max_entries=8, show_spinner=False)
def _guessed(path: Path, _changed: int) -> Guess:
    """The guess of a file as it stands now; reading thousands of rows at each click would be slow."""
    return guess(path)


def _choices(name: str, path: Path, told: Guess) -> None:
    """One choice a column of ours, with its unit or its scale, and the rest of the mapping as text."""
    st.subheader(t("import.columns"), anchor=False)
    st.markdown(small(t("import.columns.note")))
    for remark in told.remarks:
        st.warning(texts.plain(in_words(remark)))
    found = (ABSENT, *headers(path, told.mapping.file))
    for first in range(0, len(TABLE_COLUMNS), BY_LINE):
        line = st.columns(BY_LINE)
        for side, column in zip(line, TABLE_COLUMNS[first : first + BY_LINE], strict=False):
            with side:
                _choice(name, column, found, told.mapping)
    rest = told.mapping.model_copy(update={"columns": {}, "units": {}, "scales": {}})
    with st.expander(t("import.rest")):
        key = state.of_import(name, "rest")
        st.text_area(t("import.rest"), to_toml(rest), key=key, label_visibility="collapsed", height=180)


def _choice(name: str, column: str, found: tuple[str, ...], mapping: Mapping) -> None:
    def pick(part: str, words: str, options: tuple[str, ...], guessed: str, none: str) -> None:
        place = options.index(guessed) if guessed in options else 0
        key = state.of_import(name, part, column)
        st.selectbox(words, options, place, format_func=lambda option: option or t(none), key=key)

    label = column_label(column)
    pick("column", label, found, mapping.columns.get(column, ABSENT), "import.absent")
    if column in FACTORS:
        units = tuple(FACTORS[column])
        pick("unit", f"{label}, {t('import.unit')}", units, mapping.units.get(column, units[0]), "import.unit")
    if column in LABELS:
        scales = (ABSENT, *SCALES)
        pick(
            "scale", f"{label}, {t('import.scale')}", scales, mapping.scales.get(column, ABSENT), "import.scale.unknown"
        )


def _chosen(name: str) -> Mapping:
    """The mapping as it stands on the screen. Raises ``DatasetError`` with what is wrong in it."""

    def of(part: str, columns: tuple[str, ...]) -> dict[str, str]:
        told = {c: st.session_state.get(state.of_import(name, part, c), ABSENT) for c in columns}
        return {column: value for column, value in told.items() if value}

    columns = of("column", TABLE_COLUMNS)
    units = of("unit", tuple(column for column in FACTORS if column in columns))
    try:
        rest = tomllib.loads(str(st.session_state[state.of_import(name, "rest")]))
    except tomllib.TOMLDecodeError as fault:
        raise DatasetError(f"TOML: {fault}") from fault
    scales = of("scale", tuple(column for column in LABELS if column in columns))
    return parse_mapping(rest | {"columns": columns, "units": units, "scales": scales}, name)


def _show_preview(path: Path, mapping: Mapping) -> None:
    frame, aside = preview(path, mapping, PREVIEW_ROWS)
    st.subheader(t("import.preview"), anchor=False)
    st.dataframe(frame.head(SHOWN_ROWS).dropna(axis="columns", how="all"), hide_index=True, width="stretch")
    if not aside.count:
        st.success(t("import.preview.sound", rows=len(frame)))
        return
    st.warning(t("import.preview.refused", refused=aside.count, rows=len(frame)))
    _show_reasons(aside.by_reason)


def _show_reasons(by_reason: Counts) -> None:
    reasons = sorted(by_reason.items(), key=lambda found: -found[1])
    shown = [{t("import.reason"): in_words(reason), t("import.count"): count} for reason, count in reasons]
    st.dataframe(shown, hide_index=True, width="stretch")


@st.fragment(run_every=POLL_S)
def live_status() -> None:
    """Where the last import stands, read anew every two seconds."""
    status = wiring.services().imports.latest()
    if status is None:
        return
    if status.is_running is not bool(st.session_state.get(state.IMPORT_LOCKED)):
        st.session_state[state.IMPORT_LOCKED] = status.is_running
        st.rerun()  # the import button stands outside this fragment
    source, error = texts.plain(status.source), texts.plain(in_words(status.error or ""))
    if status.is_running:
        st.progress(status.progress, text=t("import.running", name=source, step=texts.plain(status.step)))
    elif status.state == "done":
        _outcome(status)
    elif status.state == "refused":
        st.error(t("import.refused", reason=error))
    else:
        st.warning(t("import.interrupted"))


def _outcome(status: ImportStatus) -> None:
    kept, refused = texts.number(status.n_kept), texts.number(status.n_refused)
    st.success(t("import.done", target=texts.plain(status.target), kept=kept, refused=refused))
    for remark in status.suspected:
        st.warning(texts.plain(in_words(remark)))
    if status.identical:
        st.warning(t("import.identical", count=texts.number(status.identical)))
    if status.n_refused:
        _show_reasons(status.refused_by_reason)
    with st.expander(t("import.missing")):
        shares = [
            {t("import.column"): column_label(c), t("import.share"): texts.percent(s)}
            for c, s in status.missing.items()
            if s
        ]
        st.dataframe(shares, hide_index=True, width="stretch")
    st.button(t("import.train"), key="import_train", on_click=_train_on, args=(status.target,))
    roles.show_notice()  # the page's own place for it stands outside this fragment


@roles.administrators_only
def _receive() -> None:
    sent = st.session_state.get(state.IMPORT_UPLOAD)
    if sent is None:
        return
    try:
        bare = import_folder.drop(wiring.services().settings.imports_dir, sent.name, sent.getvalue())
    except DatasetError as refusal:
        st.session_state[state.NOTICE] = ("error", t("import.refused", reason=texts.plain(in_words(str(refusal)))))
        return
    st.session_state[state.IMPORT_FILE] = bare
    st.session_state[state.NOTICE] = ("success", t("import.received", name=texts.plain(bare)))


@roles.administrators_only
def _train_on(table: str) -> None:
    """Choose this table on the training page and say where the next step is."""
    st.session_state[state.TRAIN_TABLE] = table
    st.session_state[state.NOTICE] = ("success", t("import.chosen", table=texts.plain(table)))


@roles.administrators_only
def _start(name: str) -> None:
    if not st.session_state.get(state.IMPORT_SURE):
        st.session_state[state.NOTICE] = ("error", t("import.sure_missing"))
        return
    try:
        wiring.services().imports.start(name, to_toml(_chosen(name)))
    except DatasetError as refusal:
        st.session_state[state.NOTICE] = ("error", t("import.refused", reason=texts.plain(in_words(str(refusal)))))
        return
    st.session_state[state.IMPORT_LOCKED] = True
