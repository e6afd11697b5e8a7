"""A nurse without a browser: speaks Streamlit's own protocol over a real WebSocket, so that twenty of them fit on one
machine beside the server they load."""

import time
from contextlib import ExitStack
from dataclasses import dataclass, field

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import connect

PATH = "/_stcore/stream"
PATIENCE_S = 30.0


class ScriptFailed(Exception):
    """The page ended with an exception, or did not end."""


@dataclass
class Nurse:
    """One session. ``widgets`` maps a widget's key to its id as the server drew it."""

    port: int
    page: str = ""
    widgets: dict[str, str] = field(default_factory=dict)
    states: dict[str, WidgetState] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)  # of the last run
    _held: ExitStack = field(default_factory=ExitStack, repr=False)

    def __enter__(self) -> "Nurse":
        origin = f"http://127.0.0.1:{self.port}"
        opening = connect(f"ws://127.0.0.1:{self.port}{PATH}", origin=origin, subprotocols=["streamlit"], max_size=None)
        self._socket = self._held.enter_context(opening)
        self.rerun()
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    def type(self, key: str, text: str) -> float:
        """Leave a text field filled: the server reads it at once. Returns the seconds of the rerun."""
        self.states[key] = WidgetState(id=self.widgets[key], string_value=text)
        return self.rerun()

    def choose(self, key: str, text: str) -> float:
        """Choose one of a row of options by its words."""
        self.states[key] = WidgetState(id=self.widgets[key], string_value=text)
        return self.rerun()

    def press(self, key: str) -> float:
        """Press a button. Returns the seconds until the page is whole again."""
        return self.rerun(WidgetState(id=self.widgets[key], trigger_value=True))

    def rerun(self, trigger: WidgetState | None = None) -> float:
        """Ask for the page and wait until the script has ended. Raises ``ScriptFailed``."""
        told = BackMsg()
        told.rerun_script.page_name = self.page
        told.rerun_script.widget_states.widgets.extend(self.states.values())
        if trigger is not None:
            told.rerun_script.widget_states.widgets.append(trigger)
        self.words.clear()
        started = time.perf_counter()
        self._socket.send(told.SerializeToString())
        while not self._is_finished(self._receive()):
            pass
        return time.perf_counter() - started

    def _receive(self) -> ForwardMsg:
        raw = self._socket.recv(timeout=PATIENCE_S)
        message = ForwardMsg()
        message.ParseFromString(raw)  # type: ignore[arg-type]
        return message

    def _is_finished(self, message: ForwardMsg) -> bool:
        kind = message.WhichOneof("type")
        if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self._see(message.delta.new_element)
        return kind == "script_finished"

    def _see(self, element: object) -> None:
        kind = element.WhichOneof("type")  # type: ignore[attr-defined]
        drawn = getattr(element, kind)
        if kind == "exception":
            raise ScriptFailed(drawn.type)
        if kind in ("markdown", "heading", "alert"):
            self.words.append(drawn.body)
        known = getattr(drawn, "id", "")
        if known.startswith("$$ID-"):
            self.widgets[known.split("-", 2)[2]] = known
