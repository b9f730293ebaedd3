"""Ask once what several batches of nodes want to know."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future
from typing import Any

from hostnetdoctor.collect.cluster import Cluster
from hostnetdoctor.collect.requests import Request

_KEPT = 32  # answers, of which the largest are the pods of a node: what is kept must not grow with the cluster


class AskedOnce:
    """The answers of one cluster to all who ask during one run: what they share is sent once, whoever asks first."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._shared: OrderedDict[Request[Any], Future[object]] = OrderedDict()
        self._lock = threading.Lock()

    def answer(
        self, requests: Collection[Request[Any]], is_shared: Callable[[Request[Any]], bool]
    ) -> Mapping[Request[Any], object]:
        """Answer as the cluster does; what `is_shared` says may have been asked before, or be waited for by others.

        Raises `CannotLook`.
        """
        theirs, mine = self._divided([each for each in requests if is_shared(each)])
        try:
            answers = dict(self._cluster.answer([each for each in requests if each not in theirs]))
        except BaseException as error:
            for future in mine.values():
                future.set_exception(error)
            raise
        for request, future in mine.items():
            future.set_result(answers[request])
        return {**answers, **{request: future.result() for request, future in theirs.items()}}

    def _divided(
        self, shared: Collection[Request[Any]]
    ) -> tuple[dict[Request[Any], Future[object]], dict[Request[Any], Future[object]]]:
        """Return what others have asked, and what nobody has: the caller promises to ask that."""
        theirs, mine = {}, {}
        with self._lock:
            for request in shared:
                if (known := self._shared.pop(request, None)) is None:
                    known = mine[request] = Future[object]()
                else:
                    theirs[request] = known
                self._shared[request] = known  # the one that was used last is forgotten last
            while len(self._shared) > _KEPT:
                self._shared.popitem(last=False)
        return theirs, mine
