"""The third stage: who holds the address, and why. Pure: it asks for readings as data and never reads."""
