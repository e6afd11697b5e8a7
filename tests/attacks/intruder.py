"""A session that speaks Streamlit's protocol itself: it sends what no browser would, and keeps all that it is shown."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect

from tests.attacks.house import House

PATIENCE_S = 20.0


@contextmanager
def opening(house: House, role: str, as_session: str = "") -> "Iterator[Intruder]":
    """A socket with the cookie of a role, perhaps claiming to be a session that was there before."""
    told = ["streamlit", "PLACEHOLDER", as_session] if as_session else ["streamlit"]
    headers = {"Cookie": f"{house.access.cookie_name}={house.cookie_of(role)}"}
    address = f"ws://127.0.0.1:{house.port}/_stcore/stream"
    with connect(
        address,
        origin=house.origin,  # type: ignore[arg-type]
        additional_headers=headers,
        subprotocols=told,  # type: ignore[arg-type]
        max_size=None,
    ) as socket:
        yield Intruder(socket)


@dataclass
class Intruder:
    """One WebSocket with one cookie. ``seen`` is every byte of text that came, ``widgets`` every widget's id by key."""

    socket: ClientConnection
    seen: str = ""
    script_hash: str = ""
    session: str = ""
    widgets: dict[str, str] = field(default_factory=dict)

    def ask(self, page: str = "", script_hash: str = "", *widgets: WidgetState) -> str:
        """Ask for a page with these widgets pressed or filled, and wait until the script has ended."""
        told = BackMsg()
        told.rerun_script.page_name = page
        told.rerun_script.page_script_hash = script_hash
        told.rerun_script.widget_states.widgets.extend(widgets)
        self.seen = ""
        self.socket.send(told.SerializeToString())
        while not self._is_last(self._next()):
            pass
        return self.seen

    def press(self, key_or_id: str) -> WidgetState:
        """A press of a button."""
        return WidgetState(id=self.widgets.get(key_or_id, key_or_id), trigger_value=True)

    def fill(self, key_or_id: str, text: str) -> WidgetState:
        """A filled text field."""
        return WidgetState(id=self.widgets.get(key_or_id, key_or_id), string_value=text)

    def _next(self) -> ForwardMsg:
        message = ForwardMsg()
        message.ParseFromString(self.socket.recv(timeout=PATIENCE_S))  # type: ignore[arg-type]
        return message

    def _is_last(self, message: ForwardMsg) -> bool:
        self.seen += str(message)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.session = message.new_session.initialize.session_id
        if kind == "navigation":
            self.script_hash = message.navigation.page_script_hash
        if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            drawn = getattr(element, element.WhichOneof("type"))
            known = str(getattr(drawn, "id", ""))
            if known.startswith("$$ID-"):
                self.widgets[known.split("-", 2)[2]] = known
        return kind == "script_finished"
