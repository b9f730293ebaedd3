"""Read the times of the API: RFC 3339, with anything from whole seconds to nanoseconds."""

from __future__ import annotations

from datetime import UTC, datetime


def moment(text: str | None) -> datetime | None:
    """Return the time in UTC, cut to microseconds; None for a missing, empty, malformed or zoneless one."""
    if not text:
        return None
    try:
        read = datetime.fromisoformat(text)
        return read.astimezone(UTC) if read.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
