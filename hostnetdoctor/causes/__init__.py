"""The catalogue of root causes, in order of precedence: where two explain a failure equally well, the first one is told."""

from __future__ import annotations

from collections.abc import Mapping

from hostnetdoctor.causes import (
    address_not_on_node,
    container_in_same_pod,
    holder_not_visible,
    host_port_unschedulable,
    other_host_network_pod,
    port_needs_privilege,
    replica_on_same_node,
    rollout_overlap,
)
from hostnetdoctor.causes.cause import Cause

CAUSES: tuple[Cause, ...] = (
    host_port_unschedulable.CAUSE,
    port_needs_privilege.CAUSE,
    address_not_on_node.CAUSE,
    container_in_same_pod.CAUSE,
    rollout_overlap.CAUSE,
    replica_on_same_node.CAUSE,
    other_host_network_pod.CAUSE,
    holder_not_visible.CAUSE,
)

ALIASES: Mapping[str, str] = {}
"""Retired ids and what they are called now; an id is never renamed without an entry here."""
