"""The catalogue of root causes, in order of precedence: where two explain a failure equally well, the first one is told."""

from __future__ import annotations

from collections.abc import Mapping

from hostnetdoctor.causes import (
    address_not_on_node,
    container_in_same_pod,
    holder_not_visible,
    host_port_mapping,
    host_port_rejected,
    host_port_unschedulable,
    host_process,
    node_port_service,
    other_host_network_pod,
    outgoing_connection,
    port_needs_privilege,
    previous_instance,
    process_bound_twice,
    replica_on_same_node,
    rollout_overlap,
    slow_release,
    stale_socket_file,
)
from hostnetdoctor.causes.cause import Cause

CAUSES: tuple[Cause, ...] = (
    host_port_unschedulable.CAUSE,
    host_port_rejected.CAUSE,
    port_needs_privilege.CAUSE,
    address_not_on_node.CAUSE,
    stale_socket_file.CAUSE,
    slow_release.CAUSE,
    container_in_same_pod.CAUSE,
    rollout_overlap.CAUSE,
    replica_on_same_node.CAUSE,
    other_host_network_pod.CAUSE,
    process_bound_twice.CAUSE,
    host_port_mapping.CAUSE,
    node_port_service.CAUSE,
    previous_instance.CAUSE,
    host_process.CAUSE,
    outgoing_connection.CAUSE,
    holder_not_visible.CAUSE,
)

ALIASES: Mapping[str, str] = {}
"""Retired ids and what they are called now; an id is never renamed without an entry here."""
