"""How long a run may still take, and whether somebody has stopped it."""

from __future__ import annotations

import threading
import time

from hostnetdoctor.model import Unreadable, UnreadableKind


class Clock:
    """A deadline that all requests of a run share."""

    def __init__(self, seconds: float) -> None:
        """Start the run: it may take this many seconds."""
        self.seconds = seconds
        self._end = time.monotonic() + seconds
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End the run now: nothing is waited for any more."""
        self._stopped.set()

    @property
    def over(self) -> bool:
        """Whether the time is up, or the run was stopped."""
        return self._stopped.is_set() or self.remaining <= 0

    @property
    def remaining(self) -> float:
        """The seconds that are left."""
        return max(0.0, self._end - time.monotonic())

    def wait(self, seconds: float) -> bool:
        """Wait that long, or as long as the run lasts; return whether the run goes on."""
        self._stopped.wait(min(seconds, self.remaining))
        return not self.over

    def too_late(self) -> Unreadable:
        """Return why a request was not answered once the run is over."""
        if self._stopped.is_set():
            return Unreadable(kind=UnreadableKind.TIMEOUT, why="The run was stopped before this was read.")
        return Unreadable(
            kind=UnreadableKind.TIMEOUT,
            why=f"There was no answer within the {self.seconds:g} seconds that the run may take.",
            fix=f"give it more time: --timeout {self.seconds * 4:g}s",
        )
