"""The HTML report of the origin scenario in a real browser: wide, narrow, dark, and on paper.

The pictures stay in $HOSTNET_E2E_SCREENSHOTS, if that is set, for people to look at.
"""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from hostnetdoctor.report.json import decode
from hostnetdoctor.report.phrases import shown
from tests.e2e.browser import Browser

pytestmark = pytest.mark.e2e
_ORIGIN = Path(__file__).parents[2] / "fixtures" / "replica-on-same-node" / "found-origin"
_PHONE = (390, 844)
_DESK = (1280, 800)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Browser:
    kept = os.environ.get("HOSTNET_E2E_SCREENSHOTS")
    directory = Path(kept) if kept else tmp_path_factory.mktemp("screenshots")
    directory.mkdir(parents=True, exist_ok=True)
    return Browser(directory=directory.resolve())


def _report(output: str) -> bytes:
    command = [sys.executable, "-m", "hostnetdoctor", "diagnose", "--from", str(_ORIGIN), "--exit-zero", "-o", output]
    return subprocess.run(command, capture_output=True, check=True).stdout


@pytest.fixture(scope="module")
def page(browser: Browser) -> Path:
    path = browser.directory / "report.html"
    path.write_bytes(_report("html"))
    return path


def _size(picture: Path) -> tuple[int, int]:
    """Return the width and the height that a PNG file says it has."""
    head = picture.read_bytes()[:24]
    assert head.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", head[16:24])
    return width, height


def _words(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [_DESK, _PHONE], ids=["wide", "narrow"])
def test_pictures_to_look_at(browser: Browser, page: Path, *, width: int, height: int, dark: bool) -> None:
    """The page can be photographed in each size and theme, and is more than an empty sheet."""
    picture = browser.screenshot(page, f"{width}-{'dark' if dark else 'light'}", width=width, height=height, dark=dark)
    assert (width, height) == _size(picture)
    assert picture.stat().st_size > 20_000


@pytest.mark.parametrize("width", [320, 390, 800, 1280, 1920])
def test_nothing_is_wider_than_the_window(browser: Browser, page: Path, width: int) -> None:
    """No window has to be scrolled sideways, however narrow."""
    assert width >= browser.look(page, width=width, height=800).width


@pytest.mark.parametrize(("width", "height"), [_DESK, _PHONE], ids=["wide", "narrow"])
def test_the_answer_is_on_the_first_screen(browser: Browser, page: Path, width: int, height: int) -> None:
    """What fails and who has the port is read without scrolling."""
    look = browser.look(page, width=width, height=height)
    assert 0 < look.answer < look.facts < height


def test_the_picture_is_readable_on_a_phone(browser: Browser, page: Path) -> None:
    """The smallest words of the picture are not much smaller than those of a footnote."""
    assert browser.look(page, width=_PHONE[0], height=_PHONE[1]).smallest >= 9


def test_the_page_follows_the_theme_of_the_reader(browser: Browser, page: Path) -> None:
    """Who works in the dark gets a dark page; the style works in spite of the policy."""
    light = browser.look(page, width=_DESK[0], height=_DESK[1])
    dark = browser.look(page, width=_DESK[0], height=_DESK[1], dark=True)
    assert ("rgb(255, 255, 255)", "rgb(20, 24, 31)") == (light.paper, dark.paper)


def test_the_browser_has_nothing_to_complain_about(browser: Browser, page: Path) -> None:
    """Nothing of the page is against its own policy, and nothing is missing."""
    assert [] == browser.complaints(page)


def test_paper_shows_what_is_folded(browser: Browser, page: Path) -> None:
    """Printed, the report has all evidence and every fix, on few sheets and none of them empty."""
    (diagnosis,) = decode(_report("json")).diagnoses
    printed = browser.paper(page)
    text = subprocess.run(["pdftotext", "-layout", str(printed), "-"], capture_output=True, check=True).stdout.decode()
    sheets = list(text.split("\f")[:-1])
    told = [*(fact.text for fact in diagnosis.evidence), *(remedy.why for remedy in diagnosis.remedies)]
    assert [] == [each for each in told if _words(shown(each)) not in _words(text)]
    assert len(sheets) <= 4
    assert all(sheet.strip() for sheet in sheets)
