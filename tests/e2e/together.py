"""Scenarios that happen at the same time: most of what they take is waiting for crash loops."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from tests.e2e.real_cluster import RealCluster
from tests.e2e.scenarios import Scenario

# Each waits by asking kubectl again and again, which costs more than the waiting.
_AT_ONCE = 6


@contextlib.contextmanager
def together(cluster: RealCluster, *scenarios: Scenario) -> Iterator[None]:
    """Make several scenarios happen, and leave nothing of any of them behind, even where one of them fails."""
    with ThreadPoolExecutor(_AT_ONCE) as threads, contextlib.ExitStack() as endings:
        contexts = [scenario.on(cluster) for scenario in scenarios]
        begun = [threads.submit(context.__enter__) for context in contexts]
        failed = [each.exception() for each in begun]
        happened = [context for context, error in zip(contexts, failed, strict=True) if error is None]
        endings.callback(lambda: [each.result() for each in [threads.submit(_end, context) for context in happened]])
        for error in failed:
            if error is not None:
                raise error
        yield


def _end(context: contextlib.AbstractContextManager[None]) -> None:
    context.__exit__(None, None, None)
