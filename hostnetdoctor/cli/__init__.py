"""The command line: one command, one file. Only here are flags and exit codes known."""
