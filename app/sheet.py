"""The printed A5 triage sheet: one page, black on white, legible without its colours. Knows nothing of services."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from fpdf import FPDF

MARGIN, LINE, SMALL = 9.0, 5.0, 3.8  # mm
A5 = (148.0, 210.0)  # mm
ROW = 4.4  # mm, a line of a block
AGAIN = 24.0  # mm kept for writing by hand: its heading and two lines
BADGE = 20.0  # mm, each side
FONT = "sheet"


@dataclass(frozen=True)
class SheetContent:
    """All words of one sheet, ready to print; ``fill`` and ``ink`` are the level's colours as ``#RRGGBB``."""

    title: str
    case: str
    moment: str
    level: str
    shape: str
    fill: str
    ink: str
    headline: str
    delay: str
    status: Sequence[str]
    blocks: Sequence[tuple[str, Sequence[str]]]  # heading, lines
    vitals: tuple[str, Sequence[tuple[str, str]]]  # heading, (name, value)
    again: str
    footer: Sequence[str]
    is_provisional: bool = False


def sheet_pdf(content: SheetContent) -> bytes:
    """The sheet as a PDF of one A5 page; of lines for which it has no room the last ones give way to « … »."""
    from fpdf import FPDF  # 0.2 s: only who prints pays for it

    pdf = FPDF(format=A5, unit="mm")
    pdf.set_margin(MARGIN)
    pdf.set_auto_page_break(False)
    regular, bold = _fonts()
    pdf.add_font(FONT, "", regular)
    pdf.add_font(FONT, "B", bold)
    pdf.set_title(content.title)
    pdf.add_page()
    _head(pdf, content)
    _vitals(pdf, *content.vitals)
    end = pdf.h - MARGIN - 4 * SMALL
    for heading, lines in content.blocks:
        _block(pdf, heading, lines, end - AGAIN)
    _again(pdf, content.again, end)
    _footer(pdf, content.footer)
    return bytes(pdf.output())


@cache
def _fonts() -> tuple[Path, Path]:
    """DejaVu Sans as matplotlib ships it, found without importing it: the built-in fonts of PDF know no Œ, ≥ or ₂."""
    found = find_spec("matplotlib")
    if found is None or found.origin is None:
        raise FileNotFoundError("the font of the sheet (DejaVu Sans, shipped by matplotlib) is not installed")
    folder = Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"
    return folder / "DejaVuSans.ttf", folder / "DejaVuSans-Bold.ttf"


def _head(pdf: "FPDF", content: SheetContent) -> None:
    top = pdf.get_y()
    _badge(pdf, content, MARGIN, top)
    left = MARGIN + BADGE + 4
    for size, style, text in ((13, "B", content.headline), (10, "", content.delay), (9, "", content.case)):
        pdf.set_font(FONT, style, size)
        pdf.set_x(left)
        pdf.cell(0, LINE + 0.6, text, new_x="LMARGIN", new_y="NEXT")
    pdf.set_font(FONT, "", 8)
    pdf.set_x(left)
    pdf.cell(0, SMALL, f"{content.title} {content.moment}", new_x="LMARGIN", new_y="NEXT")
    pdf.set_y(max(pdf.get_y(), top + BADGE) + 2)
    for told in content.status:
        pdf.set_font(FONT, "B", 9)
        pdf.multi_cell(0, LINE, told, align="L", new_x="LMARGIN", new_y="NEXT")


def _badge(pdf: "FPDF", content: SheetContent, x: float, y: float) -> None:
    """Square, number and shape; a dashed frame when provisional, as on the screen."""
    pdf.set_fill_color(content.fill)
    pdf.set_draw_color("#000000")
    pdf.set_line_width(0.6)
    if content.is_provisional:
        pdf.set_dash_pattern(dash=2, gap=1.4)
    pdf.rect(x, y, BADGE, BADGE, style="DF")
    pdf.set_dash_pattern()
    pdf.set_line_width(0.2)
    pdf.set_text_color(content.ink)
    pdf.set_xy(x, y + 2)
    pdf.set_font(FONT, "B", 22)
    pdf.cell(BADGE, 9, content.level, align="C")
    pdf.set_xy(x, y + 12)
    pdf.set_font(FONT, "", 13)
    pdf.cell(BADGE, 6, content.shape, align="C")
    pdf.set_text_color("#000000")
    pdf.set_xy(MARGIN, y)


def _vitals(pdf: "FPDF", heading: str, values: Sequence[tuple[str, str]]) -> None:
    _heading(pdf, heading)
    width = (pdf.w - 2 * MARGIN) / 2
    for place, (name, value) in enumerate(values):
        is_last = place % 2 == 1 or place == len(values) - 1
        pdf.set_font(FONT, "", 8.5)
        pdf.cell(width * 0.5, LINE, name)
        pdf.set_font(FONT, "B", 8.5)
        pdf.cell(width * 0.5, LINE, value, new_x="LMARGIN" if is_last else "RIGHT", new_y="NEXT" if is_last else "TOP")


def _block(pdf: "FPDF", heading: str, lines: Sequence[str], end: float) -> None:
    if not lines:
        return
    _heading(pdf, heading)
    pdf.set_font(FONT, "", 8.5)
    for line in lines:
        height = cast(float, pdf.multi_cell(0, ROW, line, dry_run=True, output="HEIGHT"))
        if pdf.get_y() + height > end:
            pdf.cell(0, ROW, "…", new_x="LMARGIN", new_y="NEXT")
            return
        pdf.multi_cell(0, ROW, line, align="L", new_x="LMARGIN", new_y="NEXT")


def _heading(pdf: "FPDF", text: str) -> None:
    pdf.ln(1.5)
    pdf.set_font(FONT, "B", 8)
    pdf.cell(0, LINE, text.upper(), border="B", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(0.8)


def _again(pdf: "FPDF", heading: str, end: float) -> None:
    """Empty lines to write on, as many as the page has left."""
    _heading(pdf, heading)
    while pdf.get_y() + 7 < end:
        pdf.set_draw_color("#999999")
        pdf.line(MARGIN, pdf.get_y() + 6.5, pdf.w - MARGIN, pdf.get_y() + 6.5)
        pdf.ln(7)


def _footer(pdf: "FPDF", lines: Sequence[str]) -> None:
    pdf.set_y(pdf.h - MARGIN - SMALL * len(lines))
    pdf.set_font(FONT, "", 6.5)
    for line in lines:
        pdf.cell(0, SMALL, line, new_x="LMARGIN", new_y="NEXT")
