"""A headless Chromium: pictures of a page, its paper, and what it measures."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

_SECONDS = 60
# Root has no sandbox in a container, and a machine without a network is not searched for Google's hosts.
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--enable-logging=stderr",
)
_DARK = "--blink-settings=preferredColorScheme=0"
# The page under test may run no script, so another page looks at it through a frame of the wanted width.
_RULER = """<!DOCTYPE html><meta charset="utf-8">
<iframe id="frame" src="PAGE" width="WIDTH" height="HEIGHT" style="border:0"></iframe><pre id="measured"></pre>
<script>
document.getElementById("frame").onload = event => {
  const inside = event.target.contentDocument, view = event.target.contentWindow;
  const bottom = name => Math.max(0, ...Array.from(inside.querySelectorAll(name), each => each.getBoundingClientRect().bottom));
  const scales = Array.from(inside.querySelectorAll("svg"), each => each.getBoundingClientRect().width / each.viewBox.baseVal.width);
  document.getElementById("measured").textContent = JSON.stringify({
    width: inside.documentElement.scrollWidth,
    answer: bottom("h1"),
    facts: bottom(".facts"),
    smallest: Math.min(...scales) * 10,
    paper: view.getComputedStyle(inside.body).backgroundColor,
  });
};
</script>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a browser of one size saw. `width` is what the page needs; the others are where things end, in pixels.

    `smallest` is the size of the smallest words in a picture, `paper` the colour behind the words.
    """

    width: float
    answer: float
    facts: float
    smallest: float
    paper: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """A Chromium that keeps what it makes in a directory."""

    directory: Path

    def look(self, page: Path, *, width: int, height: int, dark: bool = False) -> Look:
        """Open the page in a window of this size and measure it."""
        ruler = self.directory / "ruler.html"
        sizes = {"PAGE": page.as_uri(), "WIDTH": str(width), "HEIGHT": str(height)}
        ruler.write_text(re.sub("|".join(sizes), lambda match: sizes[match[0]], _RULER), encoding="utf-8")
        theme = (_DARK,) if dark else ()
        done = self._run(ruler, "--dump-dom", "--allow-file-access-from-files", "--virtual-time-budget=5000", *theme)
        (measured,) = re.findall(r'<pre id="measured">(.*?)</pre>', done.stdout)
        found: Mapping[str, Any] = json.loads(unescape(measured))
        return Look(**found)

    def screenshot(self, page: Path, name: str, *, width: int, height: int, dark: bool = False) -> Path:
        """Return the picture of a window of this size."""
        picture = self.directory / f"{name}.png"
        theme = (_DARK,) if dark else ()
        self._run(page, f"--window-size={width},{height}", f"--screenshot={picture}", *theme)
        return picture

    def paper(self, page: Path) -> Path:
        """Return the page as a PDF, as it comes out of a printer."""
        printed = self.directory / "print.pdf"
        self._run(page, "--no-pdf-header-footer", f"--print-to-pdf={printed}")
        return printed

    def complaints(self, page: Path) -> list[str]:
        """Return what the browser says about the page: what its policy forbids, or what it cannot load."""
        said = self._run(page, "--dump-dom").stderr
        return [line for line in said.splitlines() if ":CONSOLE" in line]

    def _run(self, page: Path, *flags: str) -> subprocess.CompletedProcess[str]:
        profile = self.directory / "profile"
        command = ["chromium", *_FLAGS, f"--user-data-dir={profile}", *flags, page.as_uri()]
        try:
            return subprocess.run(command, capture_output=True, text=True, check=True, timeout=_SECONDS)
        finally:
            shutil.rmtree(profile, ignore_errors=True)
