"""Ctrl-C: the first one ends the reading, and what was read until then is told; the second one ends the program."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

from msgspec import Struct

from hostnetdoctor.collect.cluster import Stoppable


class Stop(Struct):
    """Whether the user has asked to stop."""

    asked: bool = False


@contextlib.contextmanager
def stopped_by_the_user(source: object) -> Iterator[Stop]:
    """Let Ctrl-C end the reading of this source for as long as the block lasts.

    A source that cannot be stopped, and a thread other than the first, where Python takes no signals, keep
    Python's own way: `KeyboardInterrupt`.
    """
    stop = Stop()
    if not isinstance(source, Stoppable) or threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def asked(number: int, frame: FrameType | None) -> None:
        if stop.asked:
            signal.default_int_handler(number, frame)
        stop.asked = True
        source.cancel()

    before = signal.signal(signal.SIGINT, asked)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
