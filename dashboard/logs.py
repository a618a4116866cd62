"""How the log is written: its JSON form (``LOG_FORMAT=json``), and what is left out of it."""

import json
import logging
from datetime import UTC, datetime

from django.core.exceptions import PermissionDenied


class JsonFormatter(logging.Formatter):
    """One JSON object a line: ``time``, ``level``, ``logger``, ``message`` and, where there is one, ``exception``."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


class RefusalsInOneLine(logging.Filter):
    """Lets everything pass; a refused page has no traceback, because nothing in the program went wrong."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[0] and issubclass(record.exc_info[0], PermissionDenied):
            record.exc_info = record.exc_text = None
        return True
