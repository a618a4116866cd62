"""Runs a management command that ends when its parent does.

``python -m dashboard.demo.child serve --port 8000``: the parent holds the other end of standard input; when that
closes, however the parent died, the command gets SIGTERM, and is ended for good if it does not obey.
"""

import os
import signal
import sys
import threading

GRACE_SECONDS = 8.0


def _end_with_parent() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(GRACE_SECONDS)
    os._exit(1)


def main() -> None:
    threading.Thread(target=_end_with_parent, name="parent watch", daemon=True).start()
    from dashboard.commandline import run

    run(["manage.py", *sys.argv[1:]])


if __name__ == "__main__":
    main()
