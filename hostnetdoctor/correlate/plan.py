"""What to read next: one pure function for each round, from what is known to the requests that it calls for.

A round is asked again with the answers until it wants nothing new, so a function may build on its own readings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hostnetdoctor.collect.requests import (
    Autoscalers,
    FirstNodes,
    HostNetworkSurvey,
    NamespaceName,
    Nodes,
    PodEvents,
    PodsOnNode,
    Request,
    Services,
    Survey,
    Version,
    WorkloadObject,
)
from hostnetdoctor.collect.selector import matches, parse
from hostnetdoctor.collect.snapshot import Snapshot
from hostnetdoctor.correlate.failures import failures_of
from hostnetdoctor.correlate.statuses import not_started
from hostnetdoctor.listeners.claims import config_maps, weight
from hostnetdoctor.listeners.port_map import port_map
from hostnetdoctor.listeners.scene import Scene, Suspect, log_request
from hostnetdoctor.model import (
    BindFailure,
    Confidence,
    ContainerStatus,
    FailureKind,
    Pod,
    Question,
    SurveyRow,
    Unreadable,
    UnreadableKind,
)

# So many pods of a node are read by their names before all others are: one costs a third of all of them.
_FEW_SUSPECTS = 3
_CLUSTER_WIDE: tuple[type[Request[Any]], ...] = (Nodes, FirstNodes, Services, Autoscalers)
# Generated names are cut to leave room for the random suffix (apiserver pkg/storage/names: 63 - 5 characters).
_LONGEST_BASE = 58


def survey(question: Question, known: Snapshot) -> Iterator[Request[Any]]:
    """Ask who may be in trouble.

    A namespace without pods is asked for by its name: "nothing found" would be wrong for one that does not exist.
    """
    namespaces: tuple[str | None, ...] = (None,) if question.all_namespaces else question.namespaces
    suspects_only = question.all_namespaces and not question.examine_all
    yield Version()
    for namespace in namespaces:
        listing = Survey(namespace=namespace, selector=question.selector, suspects_only=suspects_only)
        yield listing
        if namespace is not None and known.get(listing) == ():
            yield NamespaceName(namespace=namespace)


def beforehand(question: Question) -> Iterator[Request[Any]]:
    """Ask for the hostNetwork pods that may be in trouble: a short list, where that of all pods may be long."""
    if question.all_namespaces and not question.examine_all:
        yield HostNetworkSurvey(namespace=None, selector=question.selector, suspects_only=True)


def surveyed_rows(known: Snapshot) -> Iterator[SurveyRow]:
    """Yield the pods of all listings that could be read."""
    return (row for each in known.answers if isinstance(each, Survey) for row in known.facts(each, ()))


def suspects_by_node(question: Question, rows: Iterable[SurveyRow]) -> Mapping[str | None, tuple[Suspect, ...]]:
    """Return the nodes worth reading, sorted, with their suspects; None stands for the pods that no node has."""
    found: dict[str | None, list[Suspect]] = {}
    for row in rows:
        if (row.suspect or question.examine_all) and may_be_named(question.name, row.name):
            found.setdefault(row.node, []).append((row.namespace, row.name))
    return {node: tuple(found[node]) for node in sorted(found, key=lambda node: (node is None, node or ""))}


def may_be_named(name: str | None, pod: str) -> bool:
    """Say whether a pod's name fits the name asked for; whether its owner really does, `scope` decides."""
    if name is None:
        return True
    kind, slash, plain = name.rpartition("/")
    if not slash or kind in {"pod", "pods", "po"}:
        return pod == plain
    return pod.startswith(f"{plain[:_LONGEST_BASE]}-") or pod == plain


def scene(view: Scene) -> Iterator[Request[Any]]:
    """Ask for all pods of the suspect nodes, then for the owners that a name needs and the suspects' logs; and for the nodes."""
    for node in view.batch:
        first = first_of(view, node)
        yield from first
        # Where names cannot be looked for in all namespaces, single namespaces may still be read.
        if any(request.name is None or _failed(view.snapshot.get(request)) for request in first):
            yield from _whole(view, node)
    if view.suspects_may_be:  # a long list of nodes would keep their logs waiting, were it asked for beside the pods
        yield Nodes() if view.question.all_namespaces else FirstNodes()
    yield from _words_of_suspects(view)


def _words_of_suspects(view: Scene) -> Iterator[Request[Any]]:
    question = view.question
    for pod in view.suspects_may_be:
        # Most pods of a node that is read whole do well, and a question that names somebody examines all.
        if not (question.examine_all or in_trouble(pod, view)):
            continue
        if _in_namespaces(question, pod) and _may_match(question, pod):
            if _kind_of(question.name):
                yield from _owner_requests(pod, view)
            if in_scope(question, pod, view):
                yield from _log_requests(pod)
                if not_started(pod):
                    yield PodEvents(namespace=pod.namespace, pod=pod.name)


def first_of(view: Scene, node: str | None) -> tuple[PodsOnNode, ...]:
    """Return the requests for what is read first of a node: its suspects where they are few, else all of its pods."""
    suspects = view.suspects.get(node, ())
    if node is None or not 0 < len(suspects) <= _FEW_SUSPECTS:
        return (PodsOnNode(node=node),)
    # A survey of all namespaces names none: there may be several of one name.
    every = sorted(set(suspects), key=lambda each: (each[0] or "", each[1]))
    return tuple(PodsOnNode(node=node, namespace=namespace, name=name) for namespace, name in every)


def _failed(answer: object) -> bool:
    return isinstance(answer, Unreadable) and answer.kind is not UnreadableKind.TIMEOUT


def _whole(view: Scene, node: str | None) -> Iterator[PodsOnNode]:
    yield PodsOnNode(node=node)
    if isinstance(view.snapshot.get(PodsOnNode(node=node)), Unreadable):
        # No right to see all namespaces: at least those that were asked for.
        yield from (PodsOnNode(node=node, namespace=namespace) for namespace in _namespaces(view, node))


def is_shared(request: Request[Any], batch: tuple[str | None, ...]) -> bool:
    """Say whether other batches of nodes are likely to ask this, too: what is about the whole cluster, and the nodes beside.

    The nodes beside a batch are read for remedies, and most workloads may run on the same ones.
    """
    if isinstance(request, PodsOnNode):
        return request.node not in batch and request.namespace is None and request.name is None
    return isinstance(request, _CLUSTER_WIDE)


def too_late(view: Scene) -> Unreadable | None:
    """Return why no node of this batch could be read, when the time of the run was up; then none of the rest can be."""
    answers = [view.snapshot.get(request) for node in view.batch for request in first_of(view, node)]
    late = [each for each in answers if isinstance(each, Unreadable) and each.kind is UnreadableKind.TIMEOUT]
    return late[0] if len(late) == len(answers) > 0 else None


def _namespaces(view: Scene, node: str | None) -> tuple[str, ...]:
    """Return the namespaces of the question or, when it is about all, those that the survey saw on this node."""
    rows = surveyed_rows(view.snapshot)
    seen = {row.namespace for row in rows if row.node == node and row.namespace is not None}
    return view.question.namespaces or tuple(sorted(seen))


def in_scope(question: Question, pod: Pod, view: Scene) -> bool:
    """Say whether the question is about this pod."""
    if not (_in_namespaces(question, pod) and _may_match(question, pod)):
        return False
    kind = _kind_of(question.name)
    plain = (question.name or "").rpartition("/")[2]
    return kind is None or any(owner.name == plain and _is_kind(kind, owner.kind) for owner in view.owners(pod))


def _in_namespaces(question: Question, pod: Pod) -> bool:
    return question.all_namespaces or pod.namespace in question.namespaces


def _may_match(question: Question, pod: Pod) -> bool:
    return may_be_named(question.name, pod.name) and _selected(question.selector, pod)


def _kind_of(name: str | None) -> str | None:
    kind, slash, _ = (name or "").rpartition("/")
    return kind.lower() if slash and kind not in {"pod", "pods", "po"} else None


_SHORT_KINDS = {
    "deploy": "deployment",
    "ds": "daemonset",
    "sts": "statefulset",
    "rs": "replicaset",
    "rc": "replicationcontroller",
    "cj": "cronjob",
}


def _is_kind(asked: str, kind: str) -> bool:
    asked = asked.partition(".")[0]
    asked = _SHORT_KINDS.get(asked, asked)
    return kind.lower() in {asked, asked.removesuffix("s"), asked.removesuffix("es")}


def _selected(selector: str | None, pod: Pod) -> bool:
    return selector is None or matches(parse(selector), pod.labels)


def in_trouble(pod: Pod, view: Scene) -> bool:
    """Say whether one of a pod's containers may have failed to take an address, by what the kubelet says of it.

    Every container of such a pod is read: the one that logs the failure may not be the one that restarts.
    """
    if pod.phase == "Succeeded":
        return False
    if pod.phase in {"Pending", "Failed", "Unknown"} or pod.deleted_at is not None:
        return True
    return any(_container_in_trouble(status, view) for status in pod.statuses)


def _container_in_trouble(status: ContainerStatus, view: Scene) -> bool:
    state = status.state
    ended_well = state is not None and state.name == "terminated" and state.exit_code == 0
    return not ended_well and (not status.ready or not status.running or _restarted_lately(status, view))


def _restarted_lately(status: ContainerStatus, view: Scene) -> bool:
    if status.restarts == 0:
        return False
    ended = status.last.finished_at if status.last else None
    return ended is None or view.taken_at is None or view.taken_at - ended <= view.question.since


def suspect_logs(view: Scene) -> frozenset[Request[Any]]:
    """Return the log requests without which a pod in trouble may have been misjudged."""
    pods = (pod for pod in view.suspects_may_be if in_scope(view.question, pod, view) and in_trouble(pod, view))
    return frozenset(request for pod in pods for request in _log_requests(pod))


def _log_requests(pod: Pod) -> Iterator[Request[Any]]:
    """Ask for the logs that can exist: one while a container waits, the previous attempt's too while it runs."""
    for status in pod.statuses:
        if not (
            status.running
            or status.last is not None
            or (status.state is not None and status.state.name == "terminated")
        ):
            continue
        yield log_request(pod, status.name)
        if status.running and status.restarts > 0:
            yield log_request(pod, status.name, previous=True)


def candidates(view: Scene) -> Iterator[Request[Any]]:
    """Ask for what tells who of the others has a failed address: their logs and owners, and what remedies need.

    A node that is read whole only now may show one more pod in trouble.
    """
    yield from _words_of_suspects(view)
    for pod in view.suspects_may_be:
        failures = failures_of(pod, view)
        for failure in failures if failures and in_scope(view.question, pod, view) else ():
            if not all(view.snapshot.get(request) is not None for request in _whole(view, pod.node)):
                yield from _whole(view, pod.node)
                continue  # who is there decides what else to read
            yield from _owner_requests(pod, view)
            yield from _victim_requests(failure, view)
            if failure.kind in {FailureKind.ADDRESS_IN_USE, FailureKind.OTHER}:
                yield from _holder_requests(failure, view)


def _victim_requests(failure: BindFailure, view: Scene) -> Iterator[Request[Any]]:
    pod = failure.pod
    if view.listed.more:
        yield from _more_nodes(failure, view)
    yield Services()
    if isinstance(view.snapshot.get(Services()), Unreadable):
        yield Services(namespace=pod.namespace)
    if view.replicas_over_nodes(pod):  # or nobody is told to scale
        yield Autoscalers(namespace=pod.namespace)
    if failure.on_node or failure.kind is FailureKind.UNSCHEDULABLE:
        yield from (PodsOnNode(node=node.name) for node in view.sampled(pod))


def _more_nodes(failure: BindFailure, view: Scene) -> Iterator[Nodes]:
    """Ask for the pod's own node, and for all where the first ones do not tell if all replicas have room, or where a port is free."""
    pod = failure.pod
    if pod.node is not None and view.node(pod.node) is None:
        yield Nodes(name=pod.node)
    made = view.made_by(pod)
    wanted = made.replicas if made is not None and made.replicas is not None else 0
    if failure.kind is FailureKind.UNSCHEDULABLE or len(view.eligible(pod)) <= wanted:
        yield Nodes()


def _holder_requests(failure: BindFailure, view: Scene) -> Iterator[Request[Any]]:
    """Ask for the logs of those that claim the address; only when no claim is any good, look at all neighbours."""
    pod, neighbours = failure.pod, view.neighbours(failure)
    claiming = [listener for listener, _ in port_map(failure, view).colliding(failure)]
    for listener in claiming:
        yield from _candidate_requests(view, listener.pod, listener.container)
    for neighbour in neighbours:
        if neighbour.namespace == pod.namespace:  # to know the other pods of the same workload
            yield from _owner_requests(neighbour, view)
    for sibling in pod.spec.containers:
        if sibling.name != failure.container:
            yield from _candidate_requests(view, pod, sibling.name)
    if any(weight(listener) is not Confidence.POSSIBLE for listener in claiming):
        return
    yield PodEvents(namespace=pod.namespace, pod=pod.name)
    for each in (pod, *neighbours):
        for container in each.spec.containers:
            yield from config_maps(each, container)
            yield from _candidate_requests(view, each, container.name)


def _candidate_requests(view: Scene, pod: Pod, container: str) -> Iterator[Request[Any]]:
    status = pod.status(container)
    yield from _owner_requests(pod, view)
    if status is not None and status.running:
        yield log_request(pod, container)
        if status.restarts > 0:
            yield log_request(pod, container, previous=True)


def _owner_requests(pod: Pod, view: Scene) -> Iterator[Request[Any]]:
    """Ask for the next owner up the chain; the round is repeated until the chain ends."""
    for ref in view.owners(pod):
        yield WorkloadObject(ref=ref)
