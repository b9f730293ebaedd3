"""`hostnet-doctor rbac`: the least rights for the wanted features, as YAML for `kubectl apply -f -`."""

from __future__ import annotations

from typing import Annotated

import typer

Namespaces = Annotated[
    list[str] | None,
    typer.Option(
        "--namespace",
        "-n",
        metavar="NS",
        show_default=False,
        help="A Role in this namespace, not a ClusterRole; may be repeated. A holder in another namespace then stays unknown.",
    ),
]
Without = Annotated[
    list[str] | None,
    typer.Option(
        "--without",
        metavar="FEATURE",
        show_default=False,
        help="Leave out what is read for it: logs, nodes, services, events, configmaps or owners; may be repeated.",
    ),
]
Name = Annotated[str, typer.Option("--name", metavar="NAME", help="The name of the role.")]
User = Annotated[
    str | None, typer.Option("--user", metavar="USER", show_default=False, help="Bind the role to this user as well.")
]
Group = Annotated[
    str | None,
    typer.Option("--group", metavar="GROUP", show_default=False, help="Bind the role to this group as well."),
]
ServiceAccount = Annotated[
    str | None,
    typer.Option(
        "--serviceaccount",
        metavar="NS:NAME",
        show_default=False,
        help="Bind the role to this service account as well.",
    ),
]


def rbac(
    namespace: Namespaces = None,
    without: Without = None,
    name: Name = "hostnet-doctor",
    user: User = None,
    group: Group = None,
    service_account: ServiceAccount = None,
) -> None:
    """Print the least rights for the wanted features, as YAML for `kubectl apply -f -`. It contacts no cluster."""
    from hostnetdoctor.cli import roles
    from hostnetdoctor.cli.near import the_one_named
    from hostnetdoctor.cli.rights import FEATURES, rights

    known = {feature: feature for feature in FEATURES}
    left_out = frozenset(the_one_named(each, known, what="feature") for each in without or ())
    wanted = tuple(rights(without=left_out, in_namespace=bool(namespace)))
    subjects = roles.Subjects(user=user, group=group, service_account=service_account)
    typer.echo(roles.manifest(name, tuple(namespace or ()), wanted, subjects))
