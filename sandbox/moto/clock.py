"""AWS's clock, by which policies are judged and sessions expire: the machine's, moved by the seconds in a file, if it is there."""

import datetime
from pathlib import Path

file: Path | None = None


def now() -> datetime.datetime:
    moved = float(file.read_text()) if file and file.exists() else 0
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=moved)
