"""A ward's screens go dark at night with a page open: what its charts say and draw is still seen."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.app.browsing import a_page, post, running_server
from tests.app.test_browser_styles import a_verdict, become_administrator
from tests.app.test_ui_badge import contrast
from tests.builders import a_request

pytestmark = [pytest.mark.browser, pytest.mark.slow]
GROUND = "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
WORDS = "[...new Set([...document.querySelectorAll('.js-plotly-plot text')].map(word => getComputedStyle(word).fill))]"
PAINTED = """[...new Set([...document.querySelectorAll('.js-plotly-plot .bglayer rect, .js-plotly-plot rect.bg,'
    + '.js-plotly-plot .shapelayer path')].map(shape => getComputedStyle(shape)).filter(style =>
    style.fillOpacity > 0 && style.fill != 'none').map(style => style.fill))]"""
