"""Read single objects and small lists through the API: where each lies, and kinds that only discovery knows."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from urllib.parse import quote

from msgspec import Struct, field

from hostnetdoctor.collect import wire
from hostnetdoctor.collect.call import Call
from hostnetdoctor.collect.refusals import Refused, broken
from hostnetdoctor.collect.requests import MayI, PodsOnNode
from hostnetdoctor.collect.streaming import ListForm, blocks, opened
from hostnetdoctor.collect.transport import Headers, Transport, decode, server_time, whole
from hostnetdoctor.model import Unreadable, UnreadableKind, WorkloadRef

# (plural name, whether it lives in a namespace) of the kinds that nearly always own pods.
_KNOWN = {
    ("v1", "Node"): ("nodes", False),
    ("v1", "ReplicationController"): ("replicationcontrollers", True),
    ("apps/v1", "ReplicaSet"): ("replicasets", True),
    ("apps/v1", "Deployment"): ("deployments", True),
    ("apps/v1", "DaemonSet"): ("daemonsets", True),
    ("apps/v1", "StatefulSet"): ("statefulsets", True),
    ("batch/v1", "Job"): ("jobs", True),
    ("batch/v1", "CronJob"): ("cronjobs", True),
}


def read_version(transport: Transport) -> wire.Version:
    """Return the server's version, and the time on its clock. Raises `Refused`."""
    call = Call(path="/version", verb="get", resource="version", one="version of the server")
    body, headers = transport.fetch(call, whole)
    at = server_time(headers)
    version = decode(call, body, wire.Version)
    return wire.Version(git_version=version.git_version, at=at.isoformat() if at is not None else None)


_PAGE_OF_NODES = 250  # 3 MB where each names 50 images
# A node names the images that it has: with them, those of a large cluster are a hundred megabytes.
_NODES = ListForm(
    opening=b'"items":[',
    between=b',{"metadata":{',
    items=list[wire.Node],
    whole=lambda body: wire.decode(body, wire.NodeList).items,
)


def read_nodes(transport: Transport, name: str | None) -> list[wire.Node]:
    """Return all nodes, or the one of this name. Raises `Refused`.

    One node is listed too, not read by itself: so the right to list nodes is enough.
    """
    named = (("fieldSelector", f"metadata.name={name}"),) if name is not None else ()
    call = Call(path="/api/v1/nodes", query=(*named, ("resourceVersion", "0")), resource="nodes")

    def read(pieces: Iterator[bytes], _: Headers) -> list[wire.Node]:
        head, begun = opened(_NODES, pieces)
        if begun is None:
            return decode(call, b"".join((head, *pieces)), wire.NodeList).items or []
        try:
            return [node for block in blocks(_NODES, begun, pieces) for node in block]
        except wire.Undecodable as error:
            raise broken(call, str(error)) from error

    return transport.fetch(call, read)


def read_first_nodes(transport: Transport) -> wire.NodeList:
    """Return the first page of the nodes. Raises `Refused`.

    Without a version: a server that is asked for any version that it has ignores the limit
    (https://kubernetes.io/docs/reference/using-api/api-concepts/#semantics-for-get-and-list).
    """
    call = Call(path="/api/v1/nodes", query=(("limit", str(_PAGE_OF_NODES)),), resource="nodes")
    return transport.get(call, wire.NodeList)


def read_pods(transport: Transport, request: PodsOnNode, version: str | None) -> list[wire.Pod]:
    """Return the pods of one node, not older than the list of this version. Raises `Refused`.

    Always with a version: a list without one reads every pod of the cluster from etcd on servers before 1.31.
    """
    named = f",metadata.name={request.name}" if request.name is not None else ""
    newer = (("resourceVersion", version), ("resourceVersionMatch", "NotOlderThan"))
    call = Call(
        path=f"/api/v1{_within(request.namespace)}/pods",
        query=(
            ("fieldSelector", f"spec.nodeName={request.node or ''}{named}"),
            *(newer if version else (("resourceVersion", "0"),)),
        ),
        resource="pods",
        namespace=request.namespace,
    )
    return transport.get(call, wire.PodList).items or []


def read_events(transport: Transport, namespace: str, pod: str) -> list[wire.Event]:
    """Return the events about a pod. Raises `Refused`."""
    call = Call(
        path=f"/api/v1{_within(namespace)}/events",
        query=(("fieldSelector", f"involvedObject.kind=Pod,involvedObject.name={pod}"),),
        resource="events",
        namespace=namespace,
    )
    return transport.get(call, wire.EventList).items or []


def read_services(transport: Transport, namespace: str | None) -> list[wire.Service]:
    """Return the Services of one namespace or of all. Raises `Refused`."""
    call = Call(
        path=f"/api/v1{_within(namespace)}/services",
        query=(("resourceVersion", "0"),),
        resource="services",
        namespace=namespace,
    )
    return transport.get(call, wire.ServiceList).items or []


def read_autoscalers(transport: Transport, namespace: str) -> list[wire.Autoscaler]:
    """Return the HorizontalPodAutoscalers of a namespace. Raises `Refused`.

    autoscaling/v1 is served by every version, and has the one field that is needed.
    """
    call = Call(
        path=f"/apis/autoscaling/v1{_within(namespace)}/horizontalpodautoscalers",
        query=(("resourceVersion", "0"),),
        resource="horizontalpodautoscalers",
        group="autoscaling",
        namespace=namespace,
    )
    return transport.get(call, wire.AutoscalerList).items or []


def read_config_map(transport: Transport, namespace: str, name: str) -> wire.ConfigMap:
    """Return one ConfigMap. Raises `Refused`."""
    call = Call(
        path=f"/api/v1{_within(namespace)}/configmaps/{quote(name, safe='')}",
        verb="get",
        resource="configmaps",
        namespace=namespace,
        one=f"ConfigMap {namespace}/{name}",
    )
    return transport.get(call, wire.ConfigMap)


def read_namespace(transport: Transport, namespace: str) -> wire.Bare:
    """Return the namespace of this name. Raises `Refused`."""
    call = Call(path=f"/api/v1{_within(namespace)}", verb="get", resource="namespaces", one=f"namespace {namespace}")
    return transport.get(call, wire.Bare)


def read_right(transport: Transport, request: MayI) -> wire.AccessReview:
    """Return what the server's own rules say about a right of the user. Raises `Refused`.

    The one request of this program that is no GET. Everybody who is logged in may send it (ClusterRole system:basic-user).
    """
    resource, _, part = request.resource.partition("/")
    asked = {
        "verb": request.verb,
        "group": request.group,
        "resource": resource,
        "subresource": part,
        "namespace": request.namespace or "",
    }
    call = Call(
        path="/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        verb="create",
        resource="selfsubjectaccessreviews",
        group="authorization.k8s.io",
        one=f"right to {request.verb} {request.resource}",
        body={
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": {key: value for key, value in asked.items() if value}},
        },
    )
    return transport.get(call, wire.AccessReview)


class WorkloadReader(Struct):
    """Reads objects of any kind; what discovery says about a group is asked once."""

    transport: Transport
    _kinds: dict[str, dict[str, tuple[str, bool]]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, ref: WorkloadRef) -> wire.Workload:
        """Return the object. Raises `Refused`."""
        plural, namespaced = self._place(ref)
        namespace = ref.namespace if namespaced else None
        group = ref.api_version.rpartition("/")[0]
        call = Call(
            path=f"{_root(ref.api_version)}{_within(namespace)}/{plural}/{quote(ref.name, safe='')}",
            verb="get",
            resource=plural,
            group=group,
            namespace=namespace,
            one=f"{ref.kind} {f'{namespace}/' if namespace else ''}{ref.name}",
        )
        body, _ = self.transport.fetch(call, whole)
        try:
            return wire.decode_workload(body)
        except wire.Undecodable as error:
            raise broken(call, str(error)) from error

    def _place(self, ref: WorkloadRef) -> tuple[str, bool]:
        known = _KNOWN.get((ref.api_version, ref.kind))
        if known is not None:
            return known
        found = self._discovered(ref.api_version).get(ref.kind)
        if found is None:
            why = f"The server does not know the kind {ref.kind} of {ref.api_version}."
            raise Refused(Unreadable(kind=UnreadableKind.NOT_FOUND, why=why))
        return found

    def _discovered(self, api_version: str) -> dict[str, tuple[str, bool]]:
        # The lock is held while asking, so that the owners of many pods cost one request.
        with self._lock:
            if api_version not in self._kinds:
                call = Call(path=_root(api_version), verb="get", resource="kinds", one=f"API {api_version}")
                resources = self.transport.get(call, wire.ApiResourceList).resources or []
                self._kinds[api_version] = {
                    each.kind or "": (each.name or "", bool(each.namespaced))
                    for each in resources
                    if "/" not in (each.name or "")
                }
            return self._kinds[api_version]


def _within(namespace: str | None) -> str:
    return f"/namespaces/{quote(namespace, safe='')}" if namespace is not None else ""


def _root(api_version: str) -> str:
    kind = "apis" if "/" in api_version else "api"
    return f"/{kind}/{quote(api_version)}"
