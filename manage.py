#!/usr/bin/env python
"""Django's command line for this project."""

import sys


def main() -> None:
    from dashboard.commandline import run

    run(sys.argv)


if __name__ == "__main__":
    main()
