"""What the batches gave, added up and sorted for the report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from hostnetdoctor.collect import requests as ask
from hostnetdoctor.collect.requests import Request
from hostnetdoctor.collect.snapshot import Snapshot
from hostnetdoctor.correlate.correlate import Correlated
from hostnetdoctor.correlate.plan import suspect_logs
from hostnetdoctor.listeners.scene import Scene
from hostnetdoctor.model import Counts, Diagnosis, Group, Network, NotLookedAt, Unreadable

# How many diagnoses with one id are kept: a DaemonSet that fails on each of 5,000 nodes says 5,000 times the same.
MOST_ALIKE = 1000


class Tally:
    """Collects the results of batches; keeps findings and counts, never readings."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._alike: defaultdict[str, list[Diagnosis]] = defaultdict(list)
        self._omitted: defaultdict[str, list[str | None]] = defaultdict(list)  # their nodes, by id
        self._networks: dict[str, Network] = {}
        self._missing: dict[Request[Any], NotLookedAt] = {}
        self._unread: list[NotLookedAt] = []
        self._pods: set[str] = set()
        self._nodes: set[str] = set()
        self._logs: set[Request[Any]] = set()
        self._suspects = 0
        self._failures = 0

    def note_survey(self, surveyed: Snapshot) -> None:
        """Take over what of the survey could not be read; without a namespace's listing the answer may be wrong."""
        for request, answer in surveyed.unreadable():
            self._missing[request] = not_looked_at(request, answer, essential=isinstance(request, ask.Survey))

    def note_unread_nodes(self, nodes: Collection[str | None], why: Unreadable) -> None:
        """Take over that the run ended before these were looked at; None stands for the pods that no node has."""
        count = sum(node is not None for node in nodes)
        unread = [f"{count} more node{'' if count == 1 else 's'} with pods in trouble"] if count else []
        unread += ["pods that no node has"] if None in nodes else []
        self._unread += [NotLookedAt(what=what, why=why.why, fix=why.fix, essential=True) for what in unread]

    def add(self, scene: Scene, correlated: Correlated) -> None:
        """Add one batch."""
        suspects = suspect_logs(scene)
        asked = scene.snapshot.answers
        for request, answer in scene.snapshot.unreadable():
            if isinstance(request, ask.PodsOnNode) and request.name is not None and scene.complete(request.node):
                continue  # it was read with all the others
            essential = request in suspects or _must_be_read(request, scene)
            # What is no need of this batch may be one of another.
            if essential or request not in self._missing:
                self._missing[request] = not_looked_at(request, answer, essential=essential)
        kept = {diagnosis.node for diagnosis in correlated.diagnoses if self._keep(diagnosis)}
        self._networks.update((network.node, network) for network in correlated.networks if network.node in kept)
        self._failures += correlated.failures
        self._unread.extend(correlated.unread)
        self._suspects += len(
            {
                (request.namespace, request.pod, request.container)
                for request in suspects
                if isinstance(request, ask.ContainerLog)
            }
        )
        self._pods.update(pod.uid for pod in scene.pods)
        self._nodes.update(node for node in scene.batch if node is not None)
        self._logs.update(
            each
            for each, answer in asked.items()
            if isinstance(each, ask.ContainerLog) and not isinstance(answer, Unreadable)
        )

    def _keep(self, diagnosis: Diagnosis) -> bool:
        """Take over a diagnosis; say whether it is one of those that are kept."""
        alike = self._alike[diagnosis.id]
        kept = len(alike) < MOST_ALIKE
        if kept:
            alike.append(diagnosis)
        else:
            self._omitted[diagnosis.id].append(diagnosis.node)
        return kept

    def diagnoses(self) -> tuple[Diagnosis, ...]:
        """Return the diagnoses that are kept, sorted by victim and address."""
        return tuple(sorted(chain(*self._alike.values()), key=_diagnosis_order))

    def groups(self) -> tuple[Group, ...]:
        """Return one group for each id, with how many of its diagnoses are not kept."""
        groups = (_group(members, self._omitted[identity]) for identity, members in self._alike.items())
        return tuple(sorted(groups, key=lambda group: (group.cause, str(group.workload), group.port or 0, group.id)))

    def networks(self) -> tuple[Network, ...]:
        """Return the port maps of the nodes of which something is reported."""
        return tuple(self._networks[node] for node in sorted(self._networks))

    def not_looked_at(self) -> tuple[NotLookedAt, ...]:
        """Return everything that could not be read, the essential first."""
        return tuple(sorted({*self._missing.values(), *self._unread}, key=_missing_order))

    def counts(self) -> Counts:
        """Return how much was looked at; requests, bytes and time are the caller's to add."""
        return Counts(
            pods_seen=len(self._pods),
            suspects=self._suspects,
            failures=self._failures,
            diagnoses=sum(map(len, self._alike.values())),
            nodes=len(self._nodes),
            logs=len(self._logs),
        )


def _diagnosis_order(diagnosis: Diagnosis) -> tuple[str, str, str, str, int, str]:
    victim = diagnosis.victim
    return (
        victim.namespace,
        victim.pod,
        victim.container or "",
        diagnosis.protocol or "",
        diagnosis.port or 0,
        diagnosis.path or "",
    )


def _group(members: Sequence[Diagnosis], omitted: Sequence[str | None]) -> Group:
    """Return what diagnoses with one id have in common; of the omitted ones there are the nodes."""
    first = min(members, key=lambda each: (each.confidence.rank, *_diagnosis_order(each)))
    nodes = {*(each.node for each in members), *omitted}
    return Group(
        id=first.id,
        cause=first.cause,
        workload=first.victim.workload,
        protocol=first.protocol,
        port=first.port,
        count=len(members) + len(omitted),
        nodes=tuple(sorted(node for node in nodes if node is not None)),
        omitted=len(omitted),
    )


def _missing_order(entry: NotLookedAt) -> tuple[bool, str, str, str, str, str, str]:
    return (
        not entry.essential,
        entry.what,
        entry.namespace or "",
        entry.pod or "",
        entry.container or "",
        entry.node or "",
        entry.why,
    )


def not_looked_at(request: Request[Any], answer: Unreadable, *, essential: bool) -> NotLookedAt:
    """Return the report's line about something that could not be read."""
    fields = dict(_named(request))
    return NotLookedAt(what=_what(request), why=answer.why, fix=answer.fix, essential=essential, **fields)


def _named(request: Request[Any]) -> Iterator[tuple[str, str]]:
    for field in ("namespace", "pod", "container", "node"):
        value = getattr(request, field, None)
        if value is not None:
            yield field, value


def _must_be_read(request: Request[Any], scene: Scene) -> bool:
    """Say whether the answer needs this: all pods of a node in question, or one in trouble by its name."""
    return (
        isinstance(request, ask.PodsOnNode)
        and request.node in scene.batch
        and (request.namespace is None or request.name is not None)
    )


_WORDS: Mapping[type[Request[Any]], str] = {
    ask.Survey: "pods",
    ask.Nodes: "nodes",
    ask.FirstNodes: "nodes",
    ask.Version: "the server's version",
    ask.PodEvents: "events of the pod",
    ask.Services: "Services",
    ask.Autoscalers: "autoscalers",
    ask.NamespaceName: "namespace",
    ask.MayI: "rights",
}


def _what(request: Request[Any]) -> str:
    match request:
        case ask.ContainerLog(previous=previous):
            return "log of the attempt before" if previous else "log"
        case ask.PodsOnNode(name=str(name)):
            return f"pod {name}"
        case ask.Nodes(name=str(name)):
            return f"node {name}"
        case ask.PodsOnNode(node=node):
            return "pods on the node" if node else "pods that no node has"
        case ask.ConfigMapData(namespace=namespace, name=name):
            return f"ConfigMap {namespace}/{name}"
        case ask.WorkloadObject(ref=ref):
            return f"{ref.kind} {ref.namespace}/{ref.name}" if ref.namespace else f"{ref.kind} {ref.name}"
        case ask.ConfigMapData(name=name):
            return f"ConfigMap {name}"
        case _:
            return _WORDS[type(request)]
