"""Nobody has the port: the program may not take it, because ports below 1024 need a privilege.

## Symptom

A container ends with "permission denied" (errno 13, EACCES) when it listens on a port such as 80, 443 or 53.

## Why

Linux gives ports below `net.ipv4.ip_unprivileged_port_start` (1024 by default) to processes with the capability NET_BIND_SERVICE only. Root has it;
any other user gets it through file capabilities alone, because Kubernetes sets no ambient capabilities, and `allowPrivilegeEscalation: false` cancels
these. Some container runtimes lower that limit in a pod's own network, but never in the node's.

## How we know

The log says errno 13 for a port below 1024. It is certain when the pod's specification names a user that is not root.

## How to fix

Listen on a port from 1024 up. Otherwise run as root with NET_BIND_SERVICE as the only capability, or, without hostNetwork, lower the limit by the sysctl.

## Not to be confused with

A port that is taken: that is errno 98. A program that hides the errno may word both alike.
"""

from __future__ import annotations

from hostnetdoctor.causes.cause import Cause, evidence_of
from hostnetdoctor.listeners.case import Case, container_text
from hostnetdoctor.model import Confidence, ContainerSpec, Evidence, EvidenceKind, FailureKind, Finding
from hostnetdoctor.remedies import offered
from hostnetdoctor.remedies.lower_first_unprivileged_port import lower_first_unprivileged_port
from hostnetdoctor.remedies.run_as_root import run_as_root
from hostnetdoctor.remedies.use_unprivileged_port import use_unprivileged_port

ID = "port-needs-privilege"
_FIRST_UNPRIVILEGED = 1024


def examine(case: Case) -> Finding | None:
    """Answer for a failure with errno 13 on a low port, for which no listener matters."""
    failure = case.failure
    if not case.alone(FailureKind.PERMISSION_DENIED) or failure.path is not None:
        return None
    if failure.port is not None and failure.port >= _FIRST_UNPRIVILEGED:
        return None
    container = case.victim.spec.container(failure.container or "")
    told = failure.port is not None and not failure.port_by_settings
    confidence = _confidence(container) if told else Confidence.LIKELY
    where = container_text(case.victim, failure.container)
    needs = (
        "it is below 1024 and needs a privilege" if failure.port is not None else "ports below 1024 need a privilege"
    )
    return Finding(
        cause=ID,
        confidence=confidence,
        summary=f"{where} may not listen on {case.port_text}: {needs}. Nobody else has it.",
        why=_why(container),
        evidence=evidence_of(case, *_user(container)),
        remedies=offered(case, use_unprivileged_port, lower_first_unprivileged_port, run_as_root),
        next_steps=()
        if confidence is Confidence.CERTAIN
        else (f"kubectl -n {case.victim.namespace} get pod {case.victim.name} -o yaml | grep -A8 securityContext",),
    )


def _confidence(container: ContainerSpec | None) -> Confidence:
    if container is None or container.user == 0 or (container.user is None and not container.non_root):
        return Confidence.LIKELY  # the image decides the user, or a capability was dropped
    return Confidence.CERTAIN


def _why(container: ContainerSpec | None) -> str:
    if container is not None and container.user == 0:
        return "It runs as root, so its capability NET_BIND_SERVICE was probably dropped, or a security module forbids the port."
    if _confidence(container) is Confidence.CERTAIN:
        return "It does not run as root, and a process of another user needs NET_BIND_SERVICE through its file's capabilities."
    return "The pod does not say which user it runs as; the image's user is probably not root."


def _user(container: ContainerSpec | None) -> tuple[Evidence, ...]:
    if container is None:
        return ()
    user = f"runAsUser: {container.user}" if container.user is not None else "runAsUser is not set: the image decides"
    extra = ", runAsNonRoot: true" if container.non_root else ""
    return (Evidence(kind=EvidenceKind.SPEC, where=f"{container.name}, securityContext", text=f"{user}{extra}"),)


CAUSE = Cause(id=ID, examine=examine, page=__doc__)
