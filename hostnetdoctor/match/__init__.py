"""The log matcher: from text to the failures to take an address, and to the lines in which a program says that it listens."""
