"""One line above every page while something is missing; on two pages also the state of MLflow's store."""

import streamlit as st

from app import wiring
from app.degraded import missing, mlflow_trouble
from app.ui import texts
from app.ui.texts import t


def show_missing() -> None:
    """What is missing and that the rules go on; nothing while nothing is."""
    told = [
        t(key, **{name: texts.plain(value) for name, value in values.items()})
        for key, values in missing(wiring.services())
    ]
    if told:
        st.warning(" · ".join(told))


def show_mlflow() -> None:
    """That MLflow cannot record at the moment, and what still works."""
    trouble = mlflow_trouble(wiring.services().settings)
    if trouble is not None:
        st.warning(t(f"degraded.mlflow.{trouble}"))
