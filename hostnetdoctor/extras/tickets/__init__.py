"""Reports on incident tickets: one file for each system, and `deliver.py` for what is the same in all of them.

target.py        `jira:OPS-1` -> which system, which ticket
draft.py         what a report says to a ticket, and the mark by which its comment is found again
credentials.py   tokens and passwords, from the environment or a keyring, and out of every output
deliver.py       add a comment or update the own one; wait, look again, and never post twice
web.py           how servers and networks say no, in one vocabulary
"""
