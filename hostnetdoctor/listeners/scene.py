"""One batch of nodes as it was read: pods, logs, owners, and what of it could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property

from msgspec import Struct, field

from hostnetdoctor.collect.requests import ContainerLog, FirstNodes, Nodes, PodsOnNode, Services, WorkloadObject
from hostnetdoctor.collect.snapshot import Snapshot
from hostnetdoctor.listeners.placement import eligible_nodes, nodes_by_name
from hostnetdoctor.match.engine import Matched
from hostnetdoctor.model import (
    BindFailure,
    Listener,
    LogText,
    Node,
    NodePage,
    OwnerReference,
    Pod,
    Question,
    Service,
    Unreadable,
    Workload,
    WorkloadRef,
)

# Remedies look for a port that is free wherever the pod may run; on more nodes than this they say which were looked at.
NODES_FOR_REMEDIES = 8
_LONGEST_CHAIN = 6  # pod, ReplicaSet, Deployment, and operators above; a longer chain is a loop

Suspect = tuple[str | None, str]  # namespace, where the survey tells it, and name


class Scene(Struct, frozen=True, dict=True, eq=False):
    """A view of a snapshot in the words of the problem.

    `batch` are the nodes in question, None for the pods that no node has; pods of other nodes are read only to find
    out what is free there. `suspects` are pods by their nodes: where there are some, these are read first, and the rest of
    their node only once one of them has a failure. `taken_at` is the moment at which the source was read, by the source's own
    clock.
    """

    question: Question
    snapshot: Snapshot
    batch: tuple[str | None, ...]
    taken_at: datetime | None
    suspects: Mapping[str | None, tuple[Suspect, ...]] = field(default_factory=dict)
    # What `listeners/claims.py` and `correlate/failures.py` have worked out, with what it was worked out from, by the identity of
    # that, and what the matcher found in which lines; all views of a batch share it.
    listeners: dict[tuple[int, ...], tuple[tuple[object, ...], tuple[Listener, ...]]] = field(default_factory=dict)
    failures: dict[tuple[int, ...], tuple[tuple[object, ...], tuple[BindFailure, ...]]] = field(default_factory=dict)
    matched: dict[tuple[str, ...], Matched] = field(default_factory=dict)
    # The ports that the pods of nodes beside the batch name, with these pods; all batches share it, as they share such nodes.
    ports_elsewhere: dict[str, tuple[tuple[Pod, ...], frozenset[int]]] = field(default_factory=dict)

    @property
    def listed(self) -> NodePage:
        """Return all nodes of the cluster, or its first ones and that there are more; none where they could not be read."""
        every = self.snapshot.get(Nodes())
        return NodePage(nodes=every) if isinstance(every, tuple) else self.snapshot.facts(FirstNodes(), NodePage())

    def node(self, name: str | None) -> Node | None:
        """Return the node of this name, or None where there is none or it could not be read."""
        if name is None:
            return None
        found = nodes_by_name(self.listed.nodes).get(name)
        return found or next(iter(self.snapshot.facts(Nodes(name=name), ())), None)

    @cached_property
    def pods(self) -> tuple[Pod, ...]:
        """Return every pod that was read, sorted."""
        return _sorted(pod for pods in self._by_node.values() for pod in pods)

    @cached_property
    def _by_node(self) -> Mapping[str | None, tuple[Pod, ...]]:
        read: dict[str | None, list[tuple[Pod, ...]]] = {}
        for request, answer in self.snapshot.answers.items():
            if isinstance(request, PodsOnNode) and answer and not isinstance(answer, Unreadable):
                read.setdefault(request.node, []).append(self.snapshot.facts(request, ()))
        # One answer is sorted already. Several are those of single namespaces, and one of them may be asked for twice.
        return {
            node: answers[0] if len(answers) == 1 else _sorted(pod for pods in answers for pod in pods)
            for node, answers in read.items()
        }

    @cached_property
    def suspects_may_be(self) -> tuple[Pod, ...]:
        """Return the pods of the nodes in question, sorted."""
        return _sorted(pod for node in self.batch for pod in self.on_node(node))

    def on_node(self, node: str | None) -> tuple[Pod, ...]:
        """Return the pods of a node that were read."""
        return self._by_node.get(node, ())

    @cached_property
    def nodes_with_pods(self) -> frozenset[str | None]:
        """Return the nodes of which more was read than the suspects."""
        asked = (request for request in self.snapshot.answers if isinstance(request, PodsOnNode))
        return frozenset(each.node for each in asked if each.name is None and each.node in self._by_node)

    def complete(self, node: str | None) -> bool:
        """Whether the pods of this node were read in all namespaces."""
        return node in self.complete_nodes

    @cached_property
    def complete_nodes(self) -> frozenset[str | None]:
        """Return the nodes whose pods were read in all namespaces."""
        return frozenset(
            request.node
            for request, answer in self.snapshot.answers.items()
            if isinstance(request, PodsOnNode)
            and request.namespace is None
            and request.name is None
            and not isinstance(answer, Unreadable)
        )

    @cached_property
    def ports_by_node(self) -> dict[str, frozenset[int]]:
        """Return what `listeners/named_ports.py` has found so far of the ports that the pods of a node of the batch name."""
        return {}

    def neighbours(self, failure: BindFailure) -> tuple[Pod, ...]:
        """Return the other pods that share the network of a failure: none unless it is that of the node."""
        pod = failure.pod
        if not failure.on_node or pod.node is None:
            return ()
        key = pod.key
        return tuple(each for each in self.on_node(pod.node) if each.spec.host_network and each.key != key)

    def log(self, pod: Pod, container: str, *, previous: bool = False) -> LogText | None:
        """Return a container's log, or None where it was not asked for or could not be read."""
        return self._logs.get((pod.namespace, pod.name, container, previous))

    def log_was_read(self, pod: Pod) -> bool:
        """Whether there is a log of any of a pod's containers."""
        return (pod.namespace, pod.name) in self._pods_with_logs

    @cached_property
    def _pods_with_logs(self) -> frozenset[tuple[str, str]]:
        return frozenset((namespace, pod) for namespace, pod, _, _ in self._logs)

    @cached_property
    def _logs(self) -> Mapping[tuple[str, str, str, bool], LogText]:
        """Return the logs that were read; most pods have none, and are asked for theirs in every round."""
        return {
            (request.namespace, request.pod, request.container, request.previous): answer
            for request, answer in self.snapshot.answers.items()
            if isinstance(request, ContainerLog) and isinstance(answer, LogText)
        }

    def workload(self, ref: WorkloadRef | None) -> Workload | None:
        """Return an owner's object, or None where it was not asked for or could not be read."""
        if ref is None:
            return None
        answer = self.snapshot.get(WorkloadObject(ref=ref))
        return answer if isinstance(answer, Workload) else None

    def owners(self, pod: Pod) -> tuple[WorkloadRef, ...]:
        """Return the owner chain as far as it could be read, nearest first; the last one is the owner of record.

        A static pod's controller is its Node (the mirror's ownerReference), which owns nothing that can be changed.
        """
        return tuple(reference.workload for reference in self._chain(pod))

    def top_owner(self, pod: Pod) -> WorkloadRef | None:
        """Return the last owner of the chain that could be read, or None for a bare or static pod."""
        chain = self.owners(pod)
        return chain[-1] if chain else None

    def _chain(self, pod: Pod) -> Iterator[OwnerReference]:
        reference = None if pod.static else pod.controller
        for _ in range(_LONGEST_CHAIN):
            if reference is None:
                return
            yield reference
            workload = self.workload(reference.workload)
            reference = workload.controller if workload else None

    def made_by(self, pod: Pod) -> Workload | None:
        """Return the highest owner with a pod template that could be read: the Deployment, not its ReplicaSet."""
        chain = [self.workload(ref) for ref in reversed(self.owners(pod))]
        return next((each for each in chain if each is not None and each.template is not None), None)

    def eligible(self, pod: Pod) -> tuple[Node, ...]:
        """Return the nodes on which a pod's workload may run, of those that are listed.

        The template decides where there is one: the DaemonSet controller binds each pod to its node by an affinity.
        """
        workload = self.made_by(pod)
        spec = workload.template if workload is not None and workload.template is not None else pod.spec
        return eligible_nodes(spec, self.listed.nodes)

    def replicas_over_nodes(self, pod: Pod) -> bool:
        """Whether a pod's workload wants more replicas than there are nodes that they may run on."""
        workload = self.made_by(pod)
        wanted = workload.replicas if workload is not None else None
        return wanted is not None and not self.listed.more and 0 < len(self.eligible(pod)) < wanted

    def sampled(self, pod: Pod) -> tuple[Node, ...]:
        """Return those of the nodes on which a pod's workload may run that stand for all: some, and the one where it is."""
        some = self.eligible(pod)[:NODES_FOR_REMEDIES]
        own = self.node(pod.node)
        return some if own is None or own in some else (*some, own)

    def services(self, namespace: str | None = None) -> tuple[Service, ...]:
        """Return the Services of a namespace, or of all, as far as they could be read."""
        listed = self.snapshot.facts(Services(), ()) or self.snapshot.facts(Services(namespace=namespace), ())
        return tuple(service for service in listed if namespace in {None, service.namespace})

    def same_workload(self, first: Pod, second: Pod) -> bool:
        """Whether two pods have one owner of record."""
        ours, theirs = self.top_owner(first), self.top_owner(second)
        return ours is not None and ours == theirs


def _sorted(pods: Iterable[Pod]) -> tuple[Pod, ...]:
    unique = {(pod.namespace, pod.name, pod.uid): pod for pod in pods}
    return tuple(unique[key] for key in sorted(unique))


def log_request(pod: Pod, container: str, *, previous: bool = False) -> ContainerLog:
    """Return the request for a container's log."""
    return ContainerLog(namespace=pod.namespace, pod=pod.name, container=container, previous=previous)
