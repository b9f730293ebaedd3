"""Let the victim listen on another port, one that nobody is known to use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from hostnetdoctor.listeners.case import Case
from hostnetdoctor.listeners.named_ports import ports_named_on
from hostnetdoctor.listeners.settings import argument_settings, environment_settings
from hostnetdoctor.model import ContainerSpec, Patch, Remedy, Workload
from hostnetdoctor.model.redacted import hides_something
from hostnetdoctor.remedies.owner import aim
from hostnetdoctor.remedies.template import template_patch
from hostnetdoctor.remedies.wording import with_note

# Ports of the node's own programs (https://kubernetes.io/docs/reference/networking/ports-and-protocols/).
_NODE_PROGRAMS = frozenset({2379, 2380, 6443, 10248, 10249, 10250, 10256, 10257, 10259})
# Service node ports begin at 30000 and outgoing connections at 32768 by default: nobody should listen there.
_FIRST_SHARED = 30_000
_FIRST_UNPRIVILEGED = 1024
_HIDDEN = " The setting that names the present port stands among secrets, which are not shown here: change it where it is written."
_FALLBACK = 20_000  # where to look for a port instead of one that is shared


def change_port(case: Case) -> Remedy | None:
    """Offer a free port, with a patch where a setting names the present one and can be rewritten without a guess."""
    port = case.failure.port
    target = aim(case)
    container = case.victim.spec.container(case.failure.container or "")
    free = free_port(case)
    if port is None or container is None or free is None:
        return None
    patch = _patch(target.patchable, container, port, free) if target.patchable else None
    where = f"another port, for example {free}"
    unset = (
        ""
        if patch or target.patchable is None
        else _HIDDEN
        if _change(container, port, free)
        else " No setting of the pod names the present port: look in the program's configuration or documentation."
    )
    why = f"{_free_where(case, free)} Tell everything that connects to {port} as well.{unset}"
    return Remedy(
        id="change-port",
        title=f"let container {container.name} listen on {where}",
        why=with_note(why, target),
        patch=patch,
    )


def _free_where(case: Case, free: int) -> str:
    if not case.failure.on_node:
        return f"No container of the pod names {free}."
    nodes, more = len(case.eligible), case.more_nodes
    complete = case.scene.complete_nodes
    read = sum(1 for node in case.scene.sampled(case.victim) if node.name in complete)
    nobody = f"Nothing that the API shows listens on {free} on"
    if nodes == 1 and not more:
        return f"{nobody} the node where the pod may run."
    if read == nodes and not more:
        return f"{nobody} all {nodes} nodes where the pod may run."
    looked_at = "node that was" if read == 1 else f"{read} nodes that were"
    return f"{nobody} the {looked_at} looked at; the pod may run on {case.eligible_text}."


def free_port(case: Case) -> int | None:
    """Return the first port after the failing one that no pod of an eligible node names, or None."""
    port = case.failure.port
    if port is None:
        return None
    taken = _taken(case)
    first = port + 8000 if port < _FIRST_UNPRIVILEGED else port + 1 if port + 1 < _FIRST_SHARED else _FALLBACK
    return next((each for each in range(first, _FIRST_SHARED) if each not in taken), None)


def _taken(case: Case) -> frozenset[int]:
    if not case.failure.on_node:
        return frozenset(listener.port or 0 for listener in case.port_map.listeners)
    seen = case.scene.nodes_with_pods
    read = (node.name for node in case.scene.sampled(case.victim) if node.name in seen)
    return _NODE_PROGRAMS.union(*(ports_named_on(node, case.scene) for node in read))


def _patch(workload: Workload, container: ContainerSpec, port: int, free: int) -> Patch | None:
    """Return the patch that moves every setting of a port, or None when one of them cannot be rewritten safely."""
    change = _change(container, port, free)
    if not change or hides_something(change):
        return None
    change |= _ports(container, port, free) | _probes(container, port, free)
    field = "initContainers" if container.type.value in {"init", "sidecar"} else "containers"
    return template_patch(workload, {field: [{"name": container.name, **change}]})


def _change(container: ContainerSpec, port: int, free: int) -> dict[str, Any]:
    return {**_arguments(container, port, free), **_environment(container, port, free)}


def _arguments(container: ContainerSpec, port: int, free: int) -> dict[str, Any]:
    """Rewrite command and args when every place where the number stands is an address that the program listens on."""
    listening = [each for each in argument_settings(container) if each.port == port and each.listens]
    number = re.compile(rf"(?<!\d){port}(?!\d)")
    places = sum(len(number.findall(word)) for word in (*container.command, *container.args))
    if not listening or places != len(listening):
        return {}
    return {
        field: [number.sub(str(free), word) for word in words]
        for field, words in (("command", container.command), ("args", container.args))
        if any(number.search(word) for word in words)
    }


def _environment(container: ContainerSpec, port: int, free: int) -> dict[str, Any]:
    listening = {
        each.text.partition("=")[0]: each.text.partition("=")[2]
        for each in environment_settings(container)
        if each.port == port and each.listens
    }
    number = re.compile(rf"(?<!\d){port}(?!\d)")
    changed = [{"name": name, "value": number.sub(str(free), value)} for name, value in sorted(listening.items())]
    return {"env": changed} if changed else {}


def _ports(container: ContainerSpec, port: int, free: int) -> dict[str, Any]:
    entries: list[Mapping[str, Any]] = []
    for each in container.ports:
        if each.container_port == port:
            named = {"name": each.name} if each.name else {}
            host = {"hostPort": free} if each.host_port else {}
            entries += [
                {"$patch": "delete", "containerPort": port},
                {"containerPort": free, "protocol": each.protocol.value, **named, **host},
            ]
    return {"ports": entries} if entries else {}


def _probes(container: ContainerSpec, port: int, free: int) -> dict[str, Any]:
    """Move the probes that name the number; those that name a declared port follow it by themselves."""
    fields = {"http": "httpGet", "tcp": "tcpSocket", "grpc": "grpc"}
    names = {each.name for each in container.ports if each.container_port == port and each.name}
    if names:
        return {}
    return {
        f"{each.kind}Probe": {fields[each.action]: {"port": free}}
        for each in container.probes
        if each.port == port and each.action in fields
    }
