"""What a root cause is: an id, the page that explains it, and a function that looks at one case."""

from __future__ import annotations

import inspect
import shlex
from collections.abc import Callable

from msgspec import Struct

from hostnetdoctor.listeners.case import Case
from hostnetdoctor.listeners.claims import WEIGHTS, strongest
from hostnetdoctor.listeners.judge import presence_evidence
from hostnetdoctor.model import Confidence, Evidence, EvidenceKind, Finding, RuledOut

Examine = Callable[[Case], Finding | RuledOut | None]


class Cause(Struct, frozen=True, kw_only=True):
    """One root cause. `page` is its documentation, in Markdown: the docstring of its module.

    `examine` answers a case with a finding, with a candidate that it rules out by a fact, or with None: not mine.
    """

    id: str
    examine: Examine
    page: str

    @property
    def title(self) -> str:
        """Return the first line of the page, which says the cause in one sentence."""
        return inspect.cleandoc(self.page).partition("\n")[0]


def evidence_of(case: Case, *facts: Evidence) -> tuple[Evidence, ...]:
    """Return what shows a case: the failure's words, the listener's claims and state, and further facts."""
    claims: tuple[Evidence, ...] = ()
    presence: tuple[Evidence, ...] = ()
    if case.listener is not None:
        best = strongest(case.listener)
        # Beside a good reason a weak one only tires the reader.
        good = [
            each for each in case.listener.claims if each is not best and WEIGHTS[each.basis] is not Confidence.POSSIBLE
        ]
        claims = (best.evidence, *(each.evidence for each in good[:2]))
        shown = presence_evidence(case.listener)
        presence = (shown,) if shown else ()
    return tuple(dict.fromkeys((*case.failure.evidence, *presence, *claims, *facts)))


def placement_evidence(case: Case) -> tuple[Evidence, ...]:
    """Return why the scheduler could put both pods on one node."""
    facts = [Evidence(kind=EvidenceKind.SPEC, where=case.victim.name, text=f"hostNetwork: true, on {case.victim.node}")]
    workload = case.workload
    if workload is not None and workload.replicas is not None and case.eligible:
        text = f"replicas: {workload.replicas}; {case.eligible_text} that they may run on"
        facts.append(Evidence(kind=EvidenceKind.SPEC, where=f"{workload.ref.kind} {workload.ref.name}", text=text))
    return tuple(facts)


def doubts_text(case: Case) -> str:
    """Return a sentence about what keeps the answer from being surer, or nothing."""
    return f" Not certain, because {'; '.join(case.doubts)}." if case.doubts else ""


def has_it(confidence: Confidence) -> str:
    """Return the words for holding an address that are as sure as the finding is."""
    words = {Confidence.LIKELY: "probably has it", Confidence.POSSIBLE: "possibly has it"}
    return words.get(confidence, "has it")


def decide_on_node(case: Case) -> tuple[str, ...]:
    """Return the commands that read the socket's owner on the node itself."""
    port, node, path = case.failure.port, case.victim.node, case.failure.path
    if node is not None and path is not None:
        return (f"sudo ss -xlp | grep -F {shlex.quote(path)}  # on {node}",)
    if node is None or port is None:
        return ()
    letter = "u" if case.failure.protocol == "UDP" else "t"
    state = f"ss -{letter}nlp 'sport = :{port}'"
    if not case.failure.on_node:
        return (
            f"kubectl -n {case.victim.namespace} debug {case.victim.name} -it --image=busybox --target={case.failure.container} -- netstat -{letter}lnp",
        )
    return (
        f"sudo {state}  # on {node}",
        f"kubectl debug node/{node} -it --image=busybox --profile=sysadmin -- netstat -{letter}lnp",
    )
