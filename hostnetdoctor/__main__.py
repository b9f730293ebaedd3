"""Start the program with `python -m hostnetdoctor`."""

from hostnetdoctor.cli.main import main

main()
