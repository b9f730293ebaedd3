"""What `--anonymize` takes out of a report, and what it leaves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hostnetdoctor.report.anonymize import anonymized
from hostnetdoctor.report.pseudonyms import Pseudonyms
from tests.cli.program import run_program as run
from tests.redaction.planted import FIXTURES, in_all_formats, redacted

FOLDERS = sorted(path.parent for path in FIXTURES.glob("*/*/expected.json"))
ORIGIN = FIXTURES / "replica-on-same-node" / "found-origin"
# Names in the fixtures that are words of this program's sentences, of Kubernetes or of the page's own style, and stay.
_PUBLIC = frozenset(
    {
        "connection",
        "default",
        "first",
        "holder",
        "kube-system",
        "kubernetes",
        "node-port",
        "other",
        "pod",
        "same",
        "server",
    }
    | {"both", "regular", "sidecar", "web"}
)


def _id(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _names_in(folder: Path) -> set[str]:
    """Return every name of a pod, node, namespace and address that is in the files."""
    found: set[str] = set()
    for path in folder.rglob("*.json"):
        if path.name in {"pods.json", "nodes.json", "services.json", "deployments.json", "daemonsets.json"}:
            for item in json.loads(path.read_text(encoding="utf-8"))["items"] or ():
                found |= set(_names_of(item))
    return {each for each in found if each and each not in _PUBLIC}


def _names_of(item: dict[str, Any]) -> Iterator[str]:
    meta = item["metadata"]
    yield meta["name"]
    yield meta.get("namespace", "")
    yield meta.get("uid", "")
    yield from (each["address"] for each in item.get("status", {}).get("addresses", ()))


@pytest.mark.parametrize("folder", FOLDERS, ids=_id)
def test_no_name_of_the_cluster_is_left(folder: Path) -> None:
    """Every name of the saved cluster is gone from every format, ports and causes are not."""
    report = redacted(folder)
    changed = anonymized(report, Pseudonyms())

    for name, text in in_all_formats(changed).items():
        assert [] == [f"{name}: {each}" for each in _names_in(folder) if _stands_in(each, text)]
    assert [(each.cause, each.port, each.confidence) for each in report.diagnoses] == [
        (each.cause, each.port, each.confidence) for each in changed.diagnoses
    ]


def _stands_in(name: str, text: str) -> bool:
    return name in text and re.search(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", text) is not None


def test_a_command_fits_the_names_beside_it() -> None:
    """What stands for the workload and its namespace is the same in a field, in a sentence and in a command."""
    changed = anonymized(redacted(ORIGIN), Pseudonyms())
    victim = changed.diagnoses[0].victim
    assert victim.workload is not None
    commands = [each.command for each in changed.diagnoses[0].remedies if each.command]

    assert f"kubectl -n {victim.namespace} scale deployment {victim.workload.name} --replicas=3" in commands
    assert changed.diagnoses[0].summary.startswith(f"{victim.namespace}/{victim.pod} (container {victim.container})")


def test_names_stay_the_same_over_several_reports(tmp_path: Path) -> None:
    """A second report with the same mapping calls the same node by the same new name, and adds what it has besides."""
    mapping = tmp_path / "mapping.json"
    other = FIXTURES / "other-host-network-pod" / "found-every-container-type"
    first = run("diagnose", "--from", str(ORIGIN), "-o", "json", "--anonymize", "--mapping", str(mapping))
    names = json.loads(mapping.read_text())["names"]
    run("diagnose", "--from", str(other), "-o", "json", "--anonymize", "--mapping", str(mapping))
    again = run("diagnose", "--from", str(ORIGIN), "-o", "json", "--anonymize", "--mapping", str(mapping))
    more = json.loads(mapping.read_text())["names"]

    assert json.loads(first.stdout)["diagnoses"] == json.loads(again.stdout)["diagnoses"]
    assert names.items() <= more.items()
    assert len(set(more.values())) == len(more) > len(names)


def test_the_mapping_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Nobody else may read it, and stderr says where it is."""
    mapping = tmp_path / "mapping.json"
    result = run("diagnose", "--from", str(ORIGIN), "--anonymize", "--mapping", str(mapping))

    assert 0o600 == mapping.stat().st_mode & 0o777
    assert f"What stands for what is in {mapping}: keep it to yourself.\n" == result.stderr


@pytest.mark.parametrize(
    "content", ["", "[]", '{"names": {}}', '{"schema": "hostnet-doctor.mapping/v1", "names": {"a": 1}}']
)
def test_another_file_is_not_overwritten(tmp_path: Path, content: str) -> None:
    """A file that is no mapping stays as it is."""
    mine = tmp_path / "notes.json"
    mine.write_text(content)
    result = run("diagnose", "--from", str(ORIGIN), "--anonymize", "--mapping", str(mine))

    assert (2, "", content) == (result.code, result.stdout, mine.read_text())
    assert "will not be overwritten" in result.stderr


def test_a_saved_report_can_be_anonymized(tmp_path: Path) -> None:
    """`render --anonymize` does it to a report that was written before."""
    saved, mapping = tmp_path / "report.json", tmp_path / "mapping.json"
    run("diagnose", "--from", str(ORIGIN), "-o", "json", "--output-file", str(saved))
    result = run("render", str(saved), "-o", "line", "--anonymize", "--mapping", str(mapping))

    assert "nginx" not in result.stdout
    assert "namespace-1/pod-1" in result.stdout


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        (
            "bind() to 0.0.0.0:80 failed, [::]:443 and 127.0.0.1:8080, ::1 too",
            "bind() to 0.0.0.0:80 failed, [::]:443 and 127.0.0.1:8080, ::1 too",
        ),
        ("listen tcp 10.1.2.3:80", "listen tcp 192.0.2.1:80"),
        ("listen tcp [fd00::12]:80", "listen tcp [2001:db8::1]:80"),
        ("from 10.1.2.3:80 and 10.1.2.4", "from 192.0.2.1:80 and 192.0.2.2"),
        ("09:12:31 2026-11-23T21:16:22Z <redacted:1>", "09:12:31 2026-11-23T21:16:22Z <redacted:1>"),
        ("to db.acme.internal:5432", "to host-1.example:5432"),
        ("com.acme.billing.Main and java.net.BindException", "host-1.example and java.net.BindException"),
        ("shop-7c9b4-x2p and shop_port, not shopping", "name-1 and name-2, not shopping"),
        ("SHOP\\nshop", "namespace-1\\nnamespace-1"),
        ("image ghcr.io/acme/shop:1.2 runs", "image image-1 runs"),
        ("at /etc/nginx/nginx.conf and /opt/acme/shop.sock", "at /etc/nginx/nginx.conf and /opt/file-1/file-2"),
        ('User "jane" and bob@acme.example', 'User "user-1@example.com" and user-2@example.com'),
        ("app.kubernetes.io/name and nginx/1.25.3", "app.kubernetes.io/name and nginx/1.25.3"),
    ],
)
def test_names_inside_texts(text: str, changed: str) -> None:
    """Words, addresses, hosts, images and paths are replaced where they begin and end, and nothing else is."""
    pseudonyms = Pseudonyms()
    pseudonyms.learn("namespace", "shop")

    assert changed == pseudonyms.text(text)
