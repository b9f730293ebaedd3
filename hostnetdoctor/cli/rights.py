"""The rights that this program uses, each with what it is for: the one list behind `rbac` and `--check-access`."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from hostnetdoctor.collect.requests import MayI


class Right(Struct, frozen=True, kw_only=True):
    """One rule of a Role. `feature` names the option of `rbac` that leaves it out; None for what is always needed.

    `cluster_wide` marks objects that live in no namespace, which no Role can allow. `lost` says what the report lacks
    without it.
    """

    group: str
    resources: tuple[str, ...]
    verb: str
    why: str
    lost: str
    feature: str | None = None
    cluster_wide: bool = False


RIGHTS = (
    Right(
        group="",
        resources=("pods",),
        verb="list",
        why="who cannot listen, and who shares its node",
        lost="Nothing can be found.",
    ),
    Right(
        group="",
        resources=("pods/log",),
        verb="get",
        why="what a failing program says, and what a holder says that it listens on",
        lost="A failure is known only by a termination message or a declared port, and a holder by its settings.",
        feature="logs",
    ),
    Right(
        group="",
        resources=("nodes",),
        verb="list",
        why="on which nodes a workload may run",
        lost="No answer is more than likely, and remedies do not know on how many nodes a workload may run.",
        feature="nodes",
        cluster_wide=True,
    ),
    Right(
        group="",
        resources=("namespaces",),
        verb="get",
        why="to tell a misspelt namespace from an empty one",
        lost="A misspelt namespace looks like an empty one.",
        feature="nodes",
        cluster_wide=True,
    ),
    Right(
        group="",
        resources=("services",),
        verb="list",
        why="NodePorts, and who is reached by what a remedy changes",
        lost="A NodePort or an external IP that holds the port is not recognised.",
        feature="services",
    ),
    Right(
        group="",
        resources=("events",),
        verb="list",
        why="what the kubelet said where no log names the port",
        lost="A port that only an event names stays unknown.",
        feature="events",
    ),
    Right(
        group="",
        resources=("configmaps",),
        verb="get",
        why="the ports in the mounted settings of a pod that may be the holder",
        lost="A port that stands only in a ConfigMap is not seen.",
        feature="configmaps",
    ),
    Right(
        group="",
        resources=("replicationcontrollers",),
        verb="get",
        why="whose pod it is, and how to change it",
        lost="Pods of one workload may not be recognised as such, and remedies name no workload.",
        feature="owners",
    ),
    Right(
        group="apps",
        resources=("daemonsets", "deployments", "replicasets", "statefulsets"),
        verb="get",
        why="whose pod it is, and how to change it",
        lost="Pods of one workload may not be recognised as such, and remedies name no workload.",
        feature="owners",
    ),
    Right(
        group="batch",
        resources=("cronjobs", "jobs"),
        verb="get",
        why="whose pod it is, and how to change it",
        lost="Pods of one workload may not be recognised as such, and remedies name no workload.",
        feature="owners",
    ),
    Right(
        group="autoscaling",
        resources=("horizontalpodautoscalers",),
        verb="list",
        why="whether a number of replicas will stay as a remedy sets it",
        lost="A remedy may set a number of replicas that an autoscaler changes back.",
        feature="owners",
    ),
)
FEATURES = tuple(dict.fromkeys(right.feature for right in RIGHTS if right.feature is not None))


def rights(*, without: frozenset[str], in_namespace: bool) -> Iterator[Right]:
    """Yield the rights for the wanted features; inside one namespace only those that a Role can give."""
    for right in RIGHTS:
        if right.feature not in without and not (in_namespace and right.cluster_wide):
            yield right


def questions(right: Right, namespaces: tuple[str | None, ...]) -> Iterator[MayI]:
    """Yield what to ask the server to know whether somebody has a right in these namespaces (None: in all)."""
    for resource in right.resources:
        for namespace in (None,) if right.cluster_wide else namespaces:
            yield MayI(verb=right.verb, group=right.group, resource=resource, namespace=namespace)
