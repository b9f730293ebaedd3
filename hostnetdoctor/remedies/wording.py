"""How a remedy says where it has to be made."""

from __future__ import annotations

from hostnetdoctor.remedies.owner import Aim


def with_note(why: str, target: Aim) -> str:
    """Return the reason, followed by the sentence that says where to edit when a patch alone does not last."""
    return f"{why} {target.note[0].upper()}{target.note[1:]}." if target.note else why
