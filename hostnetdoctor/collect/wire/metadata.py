"""The base of all structs, and `metadata`, which every object has."""

from __future__ import annotations

import msgspec

IntOrString = int | str


class Wire(msgspec.Struct, rename="camel", omit_defaults=True, kw_only=True):
    """The base of all: camelCase names, and nothing is written that was not said."""


class Present(Wire):
    """An object of which only its being there matters."""


class ManagedField(Wire):
    """One entry of `metadata.managedFields`."""

    manager: str | None = None


class Owner(Wire):
    """One entry of `metadata.ownerReferences`."""

    api_version: str | None = None
    kind: str | None = None
    name: str | None = None
    uid: str | None = None
    controller: bool | None = None


class Meta(Wire):
    """`metadata` of any object."""

    name: str | None = None
    namespace: str | None = None
    uid: str | None = None
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None
    creation_timestamp: str | None = None
    deletion_timestamp: str | None = None
    owner_references: list[Owner] | None = None


class ManagedMeta(Meta):
    """`metadata` of a workload, with who manages its fields: of pods nobody asks that, and a large cluster has many."""

    managed_fields: list[ManagedField] | None = None


class ListMeta(Wire):
    """`metadata` of a list: its version, and where the next page starts."""

    resource_version: str | None = None
    continue_: str | None = msgspec.field(default=None, name="continue")
