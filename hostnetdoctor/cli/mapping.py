"""The file that says which name stands for which, so that reports can be read again and names stay the same over several."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from hostnetdoctor.errors import UsageError
from hostnetdoctor.model import Report
from hostnetdoctor.report.anonymize import anonymized
from hostnetdoctor.report.pseudonyms import Pseudonyms

SCHEMA = "hostnet-doctor.mapping/v1"
DEFAULT = "hostnet-doctor-mapping.json"


def anonymous(report: Report, path: str | None) -> Report:
    """Return the report without names, after the mapping is written. Raises `UsageError` where it cannot be."""
    target = Path(path or DEFAULT)
    pseudonyms = Pseudonyms(_read(target))
    changed = anonymized(report, pseudonyms)
    _write(target, pseudonyms)
    sys.stderr.write(f"What stands for what is in {target}: keep it to yourself.\n")
    return changed


def _read(path: Path) -> dict[str, str]:
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageError(f"The mapping {path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, RecursionError):
        content = None
    names = content.get("names") if isinstance(content, dict) and content.get("schema") == SCHEMA else None
    if not isinstance(names, dict) or not all(isinstance(each, str) for each in names.values()):
        raise UsageError(
            f"{path} exists and is no mapping of names: it will not be overwritten.",
            fix="name another file with --mapping FILE",
        )
    return names


def _write(path: Path, pseudonyms: Pseudonyms) -> None:
    """Put the mapping in its place whole or not at all, readable by nobody else."""
    content = {"schema": SCHEMA, "names": pseudonyms.names}
    try:
        descriptor, made = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.absolute().parent)  # with mode 0600
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(json.dumps(content, indent=2) + "\n")
        Path(made).replace(path)
    except OSError as error:
        raise UsageError(f"The mapping cannot be written to {path}: {error.strerror or error}.") from error
