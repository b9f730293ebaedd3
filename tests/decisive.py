"""The decisive facts of a JSON report: what a test may insist on, without the wording."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Facts = dict[str, Any]


def facts(report: Mapping[str, Any]) -> list[Facts]:
    """Return, for each diagnosis, what is blamed, how surely, on which address, and who is involved."""
    return [_of_diagnosis(each) for each in report["diagnoses"]]


def _of_diagnosis(diagnosis: Mapping[str, Any]) -> Facts:
    chosen = {name: diagnosis[name] for name in ("cause", "confidence", "node", "protocol", "port", "path")}
    victim = {name: diagnosis["victim"][name] for name in ("namespace", "pod", "container", "containerType")}
    holders = [{name: each[name] for name in ("namespace", "pod", "container")} for each in diagnosis["holders"]]
    return {**chosen, "victim": victim, "holders": holders}
