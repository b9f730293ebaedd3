"""The same report without the names of its owner: for a vendor, or for a public issue.

First every field that holds a name is asked for it, then every text of the report is rewritten, so that a name in the middle of a
log line or of a command becomes the same one as in its own field. Ports, times, causes and the kinds of Kubernetes stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from hostnetdoctor.model import Report
from hostnetdoctor.model.redacted import rewritten
from hostnetdoctor.report.pseudonyms import Pseudonyms

# Fields that hold a name, by the struct that they are in; what is not here is a text.
_NAMES: Mapping[str, Mapping[str, str]] = {
    "Question": {"namespaces": "namespace"},
    "Source": {"context": "context", "path": "path"},
    "Diagnosis": {"node": "node", "id": "id"},
    "Group": {"nodes": "node", "id": "id"},
    "Network": {"node": "node"},
    "NetworkListener": {"container": "container"},
    "Victim": {"namespace": "namespace", "pod": "pod", "pod_uid": "uid", "container": "container"},
    "Holder": {
        "namespace": "namespace",
        "node": "node",
        "pod": "pod",
        "container": "container",
        "service": "service",
    },
    "WorkloadRef": {"namespace": "namespace", "name": "workload"},
    "Process": {"name": "process", "user": "account", "unit": "unit", "command_line": "command"},
    "NotLookedAt": {"namespace": "namespace", "node": "node", "pod": "pod", "container": "container"},
}
_ORDER = ("namespace", "node", "workload", "pod", "container", "service")
_SLASHED = re.compile(r"(?<![\w./-])([a-z0-9][a-z0-9-]*)/([a-z0-9][a-z0-9.-]*[a-z0-9])(?![\w/])")
_KINDS = (
    "Deployment|ReplicaSet|DaemonSet|StatefulSet|Job|CronJob|ReplicationController|Service|ConfigMap|Secret|Node|"
    "HorizontalPodAutoscaler|Helm release|Application|Kustomization|namespace|namespaces"
)
_KIND_AND_NAME = re.compile(
    rf"\b(?:{_KINDS})[ /]'?\"?(?:([a-z0-9][\w.-]*\w)(?=[:,;)'\"]|\.?$| \()|([a-z0-9]*[-\d][\w.-]*\w))"
)
# `node` and `pod` are words of a sentence too: only what has a digit in it is a name there.
_WORD_AND_NAME = re.compile(r"\b(node|pod|container)s? ([a-z0-9-]*\d[a-z0-9.-]*)(?<![.-])")
_OF_KUBECTL = re.compile(
    r"(?:-n|--namespace|-c|--context)[ =]([\w.-]+)|\b(?:deployment|daemonset|statefulset|replicaset|cronjob|job|pod|node|service)s?[ /]([a-z0-9][\w.-]*)"
)
_WHERE = re.compile(r"^([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?), ([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)")
_ACCOUNT = re.compile(r"system:serviceaccount:([\w.-]+):([\w.-]+)")
_LABELLED = frozenset({"matchLabels", "labels", "nodeSelector", "selector", "annotations"})
_STANDARD_LABEL = re.compile(r"(?:[\w.-]+\.)?(?:kubernetes|k8s)\.io/")
_NATIVE_GROUP = re.compile(r"(?:[a-z0-9]+/)?v\d\w*|(?:[\w.-]+\.)?k8s\.io/v\d\w*")
_SELECTOR = re.compile(r"[^\s,=!()]+")


def anonymized(report: Report, pseudonyms: Pseudonyms) -> Report:
    """Return the report with every name replaced; `pseudonyms` then knows which stands for which."""
    own = {each.cause for each in report.diagnoses} | {each.cause for each in report.groups}
    pseudonyms.protect(own | {remedy.id for each in report.diagnoses for remedy in each.remedies})
    found = list(_names(report))
    for kind in (*_ORDER, *sorted({kind for kind, _ in found} - set(_ORDER))):
        for each, name in found:
            if each == kind:
                pseudonyms.learn(kind, name)
    changed = rewritten(report, pseudonyms.text)
    return replace(
        changed, tool=report.tool, source=replace(changed.source, server_version=report.source.server_version)
    )


def _names(value: Any) -> Iterator[tuple[str, str]]:
    """Yield the names in a value with their kinds, in the order in which a reader meets them."""
    match value:
        case str():
            yield from _names_in_text(value)
        case tuple() | list():
            for each in value:
                yield from _names(each)
        case Mapping():
            yield from _names_in_json(value)
        case Struct():
            yield from _names_in_fields(value)
        case _:
            pass


def _names_in_fields(value: Any) -> Iterator[tuple[str, str]]:
    named = _NAMES.get(type(value).__name__, {})
    for name in value.__struct_fields__:
        part = getattr(value, name)
        if name in named and part is not None:
            yield from ((named[name], each) for each in (part if isinstance(part, tuple) else (part,)))
        else:
            yield from _names(part)
    match type(value).__name__:
        case "Question":
            yield from _names_of_question(value)
        case "WorkloadRef" if not _NATIVE_GROUP.fullmatch(value.api_version):
            yield "kind", value.kind
            yield "group", value.api_version.partition("/")[0]
        case "Evidence" if found := _WHERE.match(value.where):
            yield "pod", found[1]
            yield "container", found[2]
        case _:
            pass


def _names_of_question(question: Any) -> Iterator[tuple[str, str]]:
    if question.name:
        yield "workload", question.name.rpartition("/")[2]
    yield from (("label", each) for each in _SELECTOR.findall(question.selector or "") if each not in {"in", "notin"})


def _names_in_json(part: Mapping[Any, Any]) -> Iterator[tuple[str, str]]:
    for key, value in part.items():
        if key in _LABELLED and isinstance(value, Mapping):
            yield from (("label", each) for each in value if not _STANDARD_LABEL.match(str(each)))
            yield from (("label", each) for each in value.values() if isinstance(each, str))
        else:
            yield from _names(value)


def _names_in_text(text: str) -> Iterator[tuple[str, str]]:
    for match in _SLASHED.finditer(text):
        if not match[1].isdigit() and not re.fullmatch(r"v\d\w*", match[2]):
            yield "namespace", match[1]
            yield "pod", match[2]
    for match in _KIND_AND_NAME.finditer(text):
        yield "workload", match[1] or match[2]
    for match in _WORD_AND_NAME.finditer(text):
        yield match[1], match[2]
    if "kubectl " in text:
        for match in _OF_KUBECTL.finditer(text):
            yield "workload", match[1] or match[2]
    for match in _ACCOUNT.finditer(text):
        yield "namespace", match[1]
        yield "account", match[2]
