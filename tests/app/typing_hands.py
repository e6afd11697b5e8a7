"""A nurse's hands: every key goes through the browser, which counts what it receives, pointer included."""

from playwright.sync_api import Page, expect

COUNTER = """
window.pressed = 0; window.pointed = 0;
addEventListener("keydown", event => { if (!event.repeat) window.pressed += 1; }, true);
addEventListener("pointerdown", () => { window.pointed += 1; }, true);
"""
FOCUSED = "(e => e.getAttribute('aria-label') || e.innerText || e.closest('label')?.innerText)(document.activeElement)"


class Hands:
    """Types and presses; waits, as a nurse does, until what she looks at is there."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.add_init_script(COUNTER)

    def press(self, *keys: str) -> None:
        """Keys or chords, such as ``Control+Enter``."""
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, *texts: str) -> None:
        """Texts, with a Tab after each but the last."""
        for place, text in enumerate(texts):
            if place:
                self.press("Tab")
            self.page.keyboard.type(text)

    def counted(self) -> tuple[int, int]:
        """Key presses, modifiers and Tab included, and pointer actions since the page was loaded."""
        pressed, pointed = self.page.evaluate("[window.pressed, window.pointed]")
        return int(pressed), int(pointed)

    def focused(self) -> str:
        """The name of what the keyboard is in."""
        return str(self.page.evaluate(FOCUSED))

    def wait_for_focus(self, label: str) -> None:
        """Until the keyboard is in the field of this label."""
        expect(self.page.get_by_label(label, exact=True)).to_be_focused()

    def begin(self, words: str = "dt", motif: str = "Douleur thoracique", place: int = 1) -> None:
        """From the first field: the reason in words, then the proposed motif by its key."""
        self.wait_for_focus("Motif, en quelques mots")
        self.type(words)
        expect(self.page.get_by_role("button", name=motif).first).to_be_visible()
        self.press(f"Control+{place}")
        expect(self.page.get_by_text("Critères du motif")).to_be_visible()

    def who(self, age: str = "65") -> None:
        """Age, and the first sex by its letter, without looking up; the keyboard is then in the first vital."""
        self.type(age)
        self.press("Tab", "f", "Tab", "Tab")

    def adult(self, *vitals: str) -> None:
        """A whole adult in chest pain, up to the asked-for answer."""
        self.begin()
        self.who()
        self.type(*vitals)
        self.press("Control+Enter")

    def see_answer(self) -> None:
        """Until the answer with its keys has been painted: nobody answers what she has not seen."""
        expect(self.page.get_by_role("button", name="Confirmer")).to_be_visible()
        self.page.evaluate("() => new Promise(painted => requestAnimationFrame(() => requestAnimationFrame(painted)))")

    def confirm(self) -> None:
        """The shown level is right: one key, once the button that bears it has been seen."""
        self.see_answer()
        self.press("Alt+Enter")
        expect(self.page.get_by_text("Noté")).to_be_visible()
