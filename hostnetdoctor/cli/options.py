"""The options that commands share. Flags that kubectl has keep kubectl's names and meanings."""

from __future__ import annotations

from typing import Annotated

import typer

Name = Annotated[
    str | None,
    typer.Argument(
        metavar="NAME",
        show_default=False,
        help="A pod, or KIND/NAME such as deploy/nginx; then every container of it is examined, whatever its state.",
    ),
]
Namespaces = Annotated[
    list[str] | None,
    typer.Option(
        "--namespace",
        "-n",
        metavar="NS",
        show_default=False,
        help="The namespace to look at; may be repeated. Without -n and -A: the context's own, or all that is in the files of --from.",
    ),
]
AllNamespaces = Annotated[bool, typer.Option("--all-namespaces", "-A", help="Look at all namespaces.")]
Selector = Annotated[
    str | None,
    typer.Option(
        "--selector",
        "-l",
        metavar="SELECTOR",
        show_default=False,
        help="Only pods with these labels: app=nginx,tier!=test.",
    ),
]
ExamineAll = Annotated[
    bool, typer.Option("--all", help="Examine all hostNetwork containers in scope, not only those in trouble.")
]
Since = Annotated[
    str, typer.Option("--since", metavar="TIME", help="How old a restart still counts, such as 30m, 1h or 2d.")
]
Context = Annotated[
    str | None,
    typer.Option("--context", metavar="NAME", show_default=False, help="The kubeconfig's context to use."),
]
Kubeconfig = Annotated[
    str | None,
    typer.Option(
        "--kubeconfig",
        metavar="FILE",
        show_default=False,
        help="The kubeconfig; without it $KUBECONFIG, else ~/.kube/config.",
    ),
]
AsUser = Annotated[
    str | None,
    typer.Option("--as", metavar="USER", show_default=False, help="Act as this user, if you may impersonate."),
]
From = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="PATH",
        show_default=False,
        help="Read saved files, not a cluster: what --save wrote, or `kubectl cluster-info dump -A --output-directory=DIR`; "
        "a directory, a .tar.gz of one, or - for standard input.",
    ),
]
Timeout = Annotated[
    str, typer.Option("--timeout", metavar="TIME", help="How long to read; then the report is made of what was read.")
]
MaxRequests = Annotated[
    int, typer.Option("--max-requests", metavar="N", min=1, help="The most requests to the API server at any time.")
]
MaxLogRequests = Annotated[
    int | None,
    typer.Option(
        "--max-log-requests", metavar="N", min=1, show_default="5", help="The most of these that may be for logs."
    ),
]
Save = Annotated[
    str | None,
    typer.Option(
        "--save",
        metavar="PATH",
        show_default=False,
        help="Keep what was read in this directory or .tar.gz, for --from.",
    ),
]
Output = Annotated[
    str,
    typer.Option(
        "--output",
        "-o",
        metavar="FORMAT",
        help="The format of the result: text, line (for a chat), markdown, html, json, sarif or junit.",
    ),
]
OutputFile = Annotated[
    str | None,
    typer.Option("--output-file", metavar="FILE", show_default=False, help="Write the result to this file."),
]
Anonymize = Annotated[
    bool,
    typer.Option(
        "--anonymize", help="Replace names, namespaces, nodes and addresses, so that strangers may read the result."
    ),
]
MappingFile = Annotated[
    str | None,
    typer.Option(
        "--mapping",
        metavar="FILE",
        show_default=False,
        help="Where --anonymize keeps what stands for what, for you alone; without it hostnet-doctor-mapping.json. "
        "Names that are in it keep their new names.",
    ),
]
ExitZero = Annotated[bool, typer.Option("--exit-zero", help="Exit with 0, not 1, when something was found.")]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Say on stderr what is read, and show where an error comes from.")
]
VerboseErrors = Annotated[bool, typer.Option("--verbose", "-v", help="Show where an error comes from.")]
ReportFile = Annotated[
    str, typer.Argument(metavar="REPORT.json", help="What `diagnose -o json` wrote; - for standard input.")
]
TARGETS = (
    "A ticket: jira:KEY, github:owner/repo#N, gitlab:group/project#N, redmine:N or rt:N; or a chat, pager or mail: "
    "apprise:, apprise:TAG or an Apprise URL. May be repeated."
)
Attach = Annotated[
    list[str] | None,
    typer.Option("--attach", metavar="TARGET", show_default=False, help=f"Also put the report on a ticket. {TARGETS}"),
]
CheckAccess = Annotated[
    bool,
    typer.Option(
        "--check-access", help="Ask the server first what you may read, and say on stderr what would be missing."
    ),
]
