"""Pair each failure with every listener that may have its address, let each cause look, and keep the best answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from hostnetdoctor.causes import CAUSES
from hostnetdoctor.correlate.diagnosis import diagnosis_of
from hostnetdoctor.correlate.failures import failures_of, unread_lines_of
from hostnetdoctor.correlate.plan import in_scope
from hostnetdoctor.correlate.rank import Answer, best, doubted
from hostnetdoctor.listeners.address import Collision
from hostnetdoctor.listeners.case import Case
from hostnetdoctor.listeners.claims import WEIGHTS, strongest
from hostnetdoctor.listeners.judge import ruled_out, weigh
from hostnetdoctor.listeners.port_map import PortMap, collides, port_map
from hostnetdoctor.listeners.scene import Scene
from hostnetdoctor.model import (
    BindFailure,
    Confidence,
    Diagnosis,
    FailureKind,
    Finding,
    Network,
    NetworkListener,
    NotLookedAt,
    Pod,
    RuledOut,
)

_BY_A_LISTENER = frozenset({FailureKind.ADDRESS_IN_USE, FailureKind.OTHER})


class Correlated(Struct, frozen=True):
    """What one batch of nodes gave: how many failures there were, and what is known of them."""

    failures: int
    diagnoses: tuple[Diagnosis, ...]
    networks: tuple[Network, ...]
    unread: tuple[NotLookedAt, ...] = ()


def correlate(scene: Scene) -> Correlated:
    """Explain every failure of the question's pods in this scene."""
    everyone = [failure for pod in scene.suspects_may_be for failure in failures_of(pod, scene)]
    ours = [failure for failure in everyone if in_scope(scene.question, failure.pod, scene)]
    diagnoses: list[Diagnosis] = []
    maps: dict[str, PortMap] = {}
    for failure in ours:
        mapped = port_map(failure, scene)
        diagnosis = _diagnose(failure, scene, mapped, everyone)
        if diagnosis is not None:
            diagnoses.append(diagnosis)
            if diagnosis.network == "node" and diagnosis.node is not None:
                maps.setdefault(diagnosis.node, mapped)
    networks = tuple(Network(node=node, listeners=_shown(mapped)) for node, mapped in sorted(maps.items()))
    pods = [pod for pod in scene.suspects_may_be if in_scope(scene.question, pod, scene)]
    unread = tuple(entry for pod in pods for entry in unread_lines_of(pod, scene))
    return Correlated(len(ours), tuple(diagnoses), networks, unread)


def _diagnose(failure: BindFailure, scene: Scene, mapped: PortMap, everyone: Iterable[BindFailure]) -> Diagnosis | None:
    victim = failure.pod.key
    others = tuple(each for each in everyone if each.container != failure.container or each.pod.key != victim)
    excluded: list[RuledOut] = []
    answers: list[Answer] = []
    for case in _cases(failure, scene, mapped, others, excluded):
        for cause in CAUSES:
            match cause.examine(case):
                case Finding() as finding:
                    answers.append(Answer(cause, case, finding))
                case RuledOut() as candidate:
                    excluded.append(candidate)
                case None:
                    pass
    verdict = best(answers)
    if verdict is None:
        return None
    verdict = doubted(verdict, answers, _not_ready(failure, scene))
    held = {(one.pod.key, one.container) for finding in (verdict.finding, *verdict.rivals) for one in finding.listeners}
    considered = (*excluded, *_elsewhere(failure, scene, mapped, {pod for pod, _ in held}))
    unique = {each.candidate: each for each in reversed(considered)}
    return diagnosis_of(failure, verdict, tuple(unique[name] for name in sorted(unique)), scene)


def _not_ready(failure: BindFailure, scene: Scene) -> str | None:
    """Return the doubt that what the API says of a pod of a node in trouble may be old, whatever its cause."""
    node = scene.node(failure.pod.node)
    return f"{node.name} is not Ready" if node is not None and node.ready is not True else None


def _cases(
    failure: BindFailure, scene: Scene, mapped: PortMap, others: tuple[BindFailure, ...], excluded: list[RuledOut]
) -> Iterator[Case]:
    """Yield the failure beside each listener that a fact does not rule out, then alone."""
    same = tuple(
        other
        for other in others
        if (other.port, other.kind) == (failure.port, failure.kind) and other.pod.node == failure.pod.node
    )
    if failure.kind in _BY_A_LISTENER and failure.recovered_at is None:
        for listener, _ in mapped.colliding(failure):
            because = ruled_out(failure, listener, others)
            if because is not None:
                excluded.append(RuledOut(candidate=_name(listener.pod, listener.container), because=because))
                continue
            if failure.inferred and WEIGHTS[strongest(listener).basis] is Confidence.POSSIBLE:
                continue  # two guesses are no finding
            level, doubts = weigh(failure, listener, scene)
            yield Case(
                failure=failure,
                scene=scene,
                port_map=mapped,
                listener=listener,
                confidence=level,
                doubts=doubts,
                others=same,
            )
    if not failure.inferred:
        yield Case(failure=failure, scene=scene, port_map=mapped, others=same)


def _elsewhere(failure: BindFailure, scene: Scene, mapped: PortMap, held: set[object]) -> Iterator[RuledOut]:
    """Yield the neighbours that listen elsewhere, with the ports or the address that tell so."""
    if failure.kind not in _BY_A_LISTENER:
        return
    considered = held | {listener.pod.key for listener, _ in mapped.colliding(failure)}
    for pod in scene.neighbours(failure):
        if pod.key in considered:
            continue
        yield RuledOut(candidate=pod.path, because=_why_elsewhere(failure, pod, mapped))


def _why_elsewhere(failure: BindFailure, pod: Pod, mapped: PortMap) -> str:
    if pod.finished:
        return "has ended"
    same_port = [
        each
        for each in mapped.listeners
        if each.port == failure.port and failure.port is not None and each.pod.key == pod.key
    ]
    if same_port and all(collides(failure, each) is Collision.NO for each in same_port):
        where = ", ".join(
            sorted(
                {address for each in same_port for address in each.addresses}
                or {str(each.protocol) for each in same_port}
            )
        )
        return f"has this port on {where} only"
    ports = mapped.ports_of(pod)
    if not ports:
        return "nothing that was read of it names this port"
    numbers = ", ".join(
        f"{port}/{protocol}" if protocol not in {None, "TCP"} else str(port) for protocol, port in ports
    )
    return f"names {numbers} only"


def _name(pod: Pod, container: str) -> str:
    return pod.path if len(pod.spec.containers) == 1 else f"{pod.path} ({container})"


def _shown(mapped: PortMap) -> tuple[NetworkListener, ...]:
    rows = {
        NetworkListener(
            protocol=listener.protocol,
            address=address,
            port=listener.port,
            pod=listener.pod.path,
            container=listener.container,
            basis=strongest(listener).basis,
        )
        for listener in mapped.listeners
        for address in (listener.addresses or (None,))
    }
    return tuple(
        sorted(rows, key=lambda row: (row.port or 0, str(row.protocol), row.pod, row.container, row.address or ""))
    )
