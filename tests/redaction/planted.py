"""A saved cluster with something planted in every place where a text can stand."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hostnetdoctor.collect.cluster import Cluster
from hostnetdoctor.collect.files import FilesCluster
from hostnetdoctor.collect.record import RecordingCluster
from hostnetdoctor.collect.redact import Redactor
from hostnetdoctor.collect.redact_report import finished
from hostnetdoctor.collect.redacting import RedactingCluster
from hostnetdoctor.doctor import diagnose
from hostnetdoctor.model import Question, Report
from hostnetdoctor.report import FORMATS

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
_NOW = datetime(2026, 11, 23, tzinfo=UTC)
_MESSAGES = frozenset({"message", "annotations", "data"})


@dataclass(frozen=True)
class Plant:
    """What is put where: behind every text, into every environment, and onto every command line."""

    text: str = ""
    environment: Mapping[str, str] | None = None
    arguments: tuple[str, ...] = ()


def plant(source: Path, target: Path, planted: Plant) -> Path:
    """Copy a saved cluster, with something planted everywhere; every log line and every message ends with it."""
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(source, target)
    for path in target.rglob("*.json"):
        if path.name not in {"recording.json", "expected.json", "version.json"}:
            content = _grown(json.loads(path.read_text(encoding="utf-8")), planted)
            path.write_text(json.dumps(content), encoding="utf-8")
    for path in target.rglob("*.log"):
        lines = path.read_text(encoding="utf-8").splitlines()
        path.write_text("".join(f"{line}{_behind(planted)}\n" for line in lines), encoding="utf-8")
    return target


def _behind(planted: Plant) -> str:
    return f", {planted.text}" if planted.text else ""


def _grown(part: Any, planted: Plant) -> Any:
    match part:
        case {"name": _, "image": _}:
            return _container(part, planted)
        case dict():
            grown = {key: _entry(key, value, planted) for key, value in part.items()}
            if "metadata" in grown and planted.text:
                meta = grown["metadata"]
                grown["metadata"] = {**meta, "annotations": {**meta.get("annotations", {}), "note": planted.text}}
            return grown
        case list():
            return [_grown(each, planted) for each in part]
        case _:
            return part


def _entry(key: str, value: Any, planted: Plant) -> Any:
    if key == "message" and isinstance(value, str):
        return value + _behind(planted)
    if key == "terminated" and isinstance(value, dict):
        return {"message": planted.text, **_grown(value, planted)}
    if key == "data" and isinstance(value, dict):
        return {name: f"{text}\n{planted.text}\n" for name, text in value.items()} | dict(planted.environment or {})
    return _grown(value, planted)


def _container(part: dict[str, Any], planted: Plant) -> dict[str, Any]:
    environment = [{"name": name, "value": value} for name, value in (planted.environment or {}).items()]
    if planted.text:
        environment.append({"name": "NOTE", "value": planted.text})
    words = [*planted.arguments, *([planted.text] if planted.text else [])]
    grown = {key: _grown(value, planted) for key, value in part.items()}
    return {
        **grown,
        "env": [*grown.get("env", []), *environment],
        "args": [*grown.get("args", []), *words],
    }


def asked(cluster: Cluster) -> Report:
    """Return the report about everything that is in the files."""
    return diagnose(cluster.recorded_question or Question(all_namespaces=True), cluster, now=_NOW)


def unredacted(folder: Path) -> Report:
    """Return what the program would say if it hid nothing."""
    with FilesCluster(str(folder)) as files:
        return asked(files)


def redacted(folder: Path, recording: Path | None = None) -> Report:
    """Return what the program says, and keep a recording on request."""
    redactor = Redactor()
    with FilesCluster(str(folder)) as files:
        cluster = RedactingCluster(files, redactor)
        if recording is None:
            return finished(asked(cluster), redactor)
        with RecordingCluster(
            cluster, str(recording), files.recorded_question or Question(all_namespaces=True)
        ) as kept:
            return finished(asked(kept), redactor)


def in_all_formats(report: Report) -> dict[str, str]:
    """Return the report in every format."""
    return {name: _written(render, report) for name, render in FORMATS.items()}


def _written(render: Callable[[Report, Any], None], report: Report) -> str:
    out = io.StringIO()
    render(report, out)
    return out.getvalue()


def everything_in(folder: Path) -> str:
    """Return all files of a directory as one text."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*")) if path.is_file())
