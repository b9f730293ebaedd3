"""Any report that the model can hold, for the properties of the formats."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from hypothesis import strategies as st

from hostnetdoctor.model import (
    Confidence,
    ContainerType,
    Counts,
    Diagnosis,
    Evidence,
    EvidenceKind,
    Group,
    Holder,
    HolderKind,
    Network,
    NetworkListener,
    NotLookedAt,
    Patch,
    Process,
    Protocol,
    Question,
    Remedy,
    Report,
    RuledOut,
    Source,
    TimelineEntry,
    Tool,
    Victim,
    WorkloadRef,
)

_Value = TypeVar("_Value")
_Member = TypeVar("_Member", bound=StrEnum)

# Lone surrogates cannot be written as UTF-8; `collect/` decodes with replacement, so none gets this far.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
maybe_text = st.none() | texts
numbers = st.integers(0, 2**53)
ports = st.none() | st.integers(0, 65535)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


def _few(values: st.SearchStrategy[_Value]) -> st.SearchStrategy[tuple[_Value, ...]]:
    return st.lists(values, max_size=2).map(tuple)


def _one_of(members: type[_Member]) -> st.SearchStrategy[_Member]:
    return st.sampled_from(list(members))


_json_objects = st.dictionaries(texts, json_values, max_size=3)
_protocols = st.none() | _one_of(Protocol)
_workloads = st.builds(WorkloadRef, api_version=texts, kind=texts, namespace=texts, name=texts)
_processes = st.builds(
    Process, name=maybe_text, pid=st.none() | numbers, user=maybe_text, unit=maybe_text, command_line=maybe_text
)
_holders = st.builds(
    Holder,
    kind=_one_of(HolderKind),
    confidence=_one_of(Confidence),
    namespace=maybe_text,
    pod=maybe_text,
    container=maybe_text,
    workload=st.none() | _workloads,
    service=maybe_text,
    process=st.none() | _processes,
    address=maybe_text,
    started_at=st.none() | moments,
    node=maybe_text,
    state=maybe_text,
)
_victims = st.builds(
    Victim,
    namespace=texts,
    pod=texts,
    pod_uid=texts,
    container=maybe_text,
    container_type=_one_of(ContainerType),
    workload=st.none() | _workloads,
    state=maybe_text,
    restarts=numbers,
    exit_code=st.none() | numbers,
    started_at=st.none() | moments,
    first_failure_at=st.none() | moments,
    last_failure_at=st.none() | moments,
)
patches = st.builds(Patch, target=_workloads, type=texts, body=_json_objects | _few(_json_objects))
_remedies = st.builds(Remedy, id=texts, title=texts, why=texts, command=maybe_text, patch=st.none() | patches)
_diagnoses = st.builds(
    Diagnosis,
    id=st.sampled_from(["a" * 12, "b" * 12]),
    cause=texts,
    confidence=_one_of(Confidence),
    summary=texts,
    why=texts,
    node=maybe_text,
    network=st.sampled_from(["node", "pod"]),
    protocol=_protocols,
    port=ports,
    addresses=_few(texts),
    path=maybe_text,
    victim=_victims,
    holders=_few(_holders),
    evidence=_few(st.builds(Evidence, kind=_one_of(EvidenceKind), where=texts, text=st.text(max_size=500))),
    ruled_out=_few(st.builds(RuledOut, candidate=texts, because=texts)),
    remedies=_few(_remedies),
    next_steps=_few(texts),
    timeline=_few(st.builds(TimelineEntry, at=moments, what=texts)),
)
_groups = st.builds(
    Group,
    id=st.sampled_from(["a" * 12, "b" * 12]),
    cause=texts,
    workload=st.none() | _workloads,
    protocol=_protocols,
    port=ports,
    count=numbers,
    nodes=_few(texts),
    omitted=numbers,
)
_listeners = st.builds(
    NetworkListener, protocol=_protocols, address=maybe_text, port=ports, pod=texts, container=texts, basis=texts
)
_not_looked_at = st.builds(
    NotLookedAt,
    what=texts,
    why=texts,
    fix=maybe_text,
    namespace=maybe_text,
    pod=maybe_text,
    container=maybe_text,
    node=maybe_text,
    essential=st.booleans(),
)
reports = st.builds(
    Report,
    tool=st.builds(Tool, name=texts, version=texts),
    generated_at=moments,
    source=st.builds(
        Source,
        kind=st.sampled_from(["cluster", "files"]),
        context=maybe_text,
        server=maybe_text,
        server_version=maybe_text,
        path=maybe_text,
        taken_at=st.none() | moments,
    ),
    question=st.builds(
        Question,
        namespaces=_few(texts),
        all_namespaces=st.booleans(),
        selector=maybe_text,
        name=maybe_text,
        examine_all=st.booleans(),
        since=st.timedeltas(timedelta(0), timedelta(days=3650)),
    ),
    diagnoses=_few(_diagnoses),
    groups=_few(_groups),
    networks=_few(st.builds(Network, node=texts, listeners=_few(_listeners))),
    not_looked_at=_few(_not_looked_at),
    counts=st.builds(
        Counts,
        pods_seen=numbers,
        suspects=numbers,
        failures=numbers,
        diagnoses=numbers,
        requests=numbers,
        bytes=numbers,
        seconds=st.floats(0, 1e6),
        nodes=numbers,
        logs=numbers,
    ),
    interrupted=maybe_text,
)
