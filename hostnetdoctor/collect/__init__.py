"""The first stage: turn requests into readings. Only this package reads clusters and saved files."""
