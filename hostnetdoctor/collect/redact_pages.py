"""The page about redaction, `docs/redaction.md`, made from the rules themselves."""

from __future__ import annotations

from collections.abc import Iterator

from hostnetdoctor.collect.redact_rules import RULES

_TEXT = """\
# Secrets and names

## Secrets

A report leaves the company's walls, so secrets are taken out before anything else of the program sees them: of what a live cluster
or saved files say, of what `--save` records, and of what `scan` shows. It is always on. Equal secrets become the same
`<redacted:1>`, numbered in the order in which they appear in the finished report; in a recording the numbers are letters, other ones
in each run. Nothing is computed from a secret, so nothing can be computed back.

What is taken out:

- what the rules below find in any text, line by line;
- PEM blocks, on one line or on many, also when the beginning or the end is cut off;
- the values of variables, annotations, labels and keys of ConfigMaps whose name says so (`DB_PASSWORD`, `apiToken`), and of flags
  (`--token x`, `--db-password=x`), also when the value is an argument of its own; the password of `-u NAME -p PASSWORD` and
  of the short flags of mysql, mongo, redis, ldap and sshpass;
- JSON inside an annotation, such as `last-applied-configuration`, is read as the object that it is;
- a secret of eight characters or more that looks like one, once it was found in any of these places, wherever else it stands.

What stays: addresses and ports (`SECRET_PORT=8080` and `--web.listen-address=:9100` too), names, images, digests, uids, paths, and values that only say
where a secret is (`$(DB_PASSWORD)`, `/run/secrets/token`, the name of a Secret).

What cannot be found: a password in the middle of a log line, with nothing beside it that says so, unless the same password is met in a place that
does; a secret whose first half was cut off; a `.pgpass` line; a multi-line YAML text under a secret name. Look at a report before it leaves the house.

A log with a line that cannot be searched in a second is left out, and the report says so. A patch that would write
`<redacted:1>` into the cluster is not offered.

## Names

`--anonymize`, of `diagnose` and of `render`, also replaces namespaces, pods, containers, workloads, nodes, Services, labels, users, hosts, images, paths,
uids and the context, the same way in fields, sentences, log lines, commands and patches: `namespace-1/pod-1`, `host-1.example`, addresses
from 192.0.2.0/24 and 2001:db8::/64. What was replaced by what is kept in `hostnet-doctor-mapping.json`, or in the file that `--mapping` names, readable by you alone: it is
the key to the report, so keep it. The next report with the same file calls the same things by the same new names.

These stay: ports, times, counts, `0.0.0.0`, `::` and loopback addresses, causes, Kubernetes' own kinds, `default` and the `kube-` namespaces, and names that are words
of this program's own sentences (`pod`, `holder`, `same` ...), which say nothing about anybody. A word of a log line that is no name of the report,
no host, address, image or path stays as well. A recording (`--save`) is never anonymized.

## Rules

"""


def redaction_page() -> str:
    """Return the text of `docs/redaction.md`."""
    return _TEXT + "\n".join("\n".join(_lines(number)) for number in range(len(RULES)))


def _lines(number: int) -> Iterator[str]:
    rule = RULES[number]
    yield f"### {rule.id}\n"
    yield f"{rule.title}.\n"
    yield "```"
    for before, after in rule.changes:
        yield f"{before}\n  -> {after.replace('<1>', '<redacted:1>').replace('<2>', '<redacted:2>')}"
    yield "```\n"
    yield "Stays:\n"
    yield "```"
    yield from rule.keeps
    yield "```\n"
