"""The layout of a case file, step by step from its first version: one SQLite file, strict types.

A new case takes the same steps as an old one that is brought up to date, so that both end in the
same layout to the letter; a file whose layout differs is not opened.
"""

from __future__ import annotations

import sqlite3

APPLICATION_ID = 0x43534350
"""``CSCP``, in bytes 68 to 71 of the file."""

Step = tuple[str, ...]

FIRST: Step = (
    """CREATE TABLE model (
  id INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL,
  path TEXT NOT NULL, -- relative to the case file; empty where there is no file
  request TEXT NOT NULL,
  identity TEXT NOT NULL
) STRICT""",
    """CREATE TABLE input (
  id INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL,
  path TEXT NOT NULL,
  spec TEXT NOT NULL,
  identity TEXT NOT NULL
) STRICT""",
    """CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL UNIQUE,
  procedure TEXT NOT NULL,
  model INTEGER NOT NULL REFERENCES model (id),
  input INTEGER NOT NULL REFERENCES input (id),
  subject TEXT NOT NULL, -- digest of model, input and setting; "run k of m" counts within it
  settings TEXT NOT NULL,
  at TEXT NOT NULL,
  block INTEGER NOT NULL CHECK (block > 0),
  noise_key TEXT NOT NULL
) STRICT""",
    "CREATE INDEX run_subject ON run (subject)",
    """CREATE TABLE progress (
  run INTEGER PRIMARY KEY REFERENCES run (id),
  selection TEXT NOT NULL, -- failures, then votes per class
  n INTEGER NOT NULL CHECK (n >= 0),
  head TEXT NOT NULL,
  digest TEXT NOT NULL
) STRICT""",
    """CREATE TABLE block (
  run INTEGER NOT NULL REFERENCES run (id),
  start INTEGER NOT NULL CHECK (start >= 0),
  n INTEGER NOT NULL CHECK (n > 0),
  counts TEXT NOT NULL,
  failures INTEGER NOT NULL CHECK (failures >= 0),
  hash TEXT NOT NULL,
  PRIMARY KEY (run, start)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE result (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run (id),
  evidence TEXT NOT NULL
) STRICT""",
    """CREATE TABLE event (
  id INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  kind TEXT NOT NULL,
  run INTEGER REFERENCES run (id),
  detail TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT""",
    """CREATE TABLE owner (
  run INTEGER PRIMARY KEY REFERENCES run (id),
  token TEXT NOT NULL,
  pid INTEGER NOT NULL,
  host TEXT NOT NULL,
  started TEXT NOT NULL,
  heartbeat REAL NOT NULL
) STRICT""",
    *(
        f"CREATE TRIGGER {table}_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, 'the {table}s of a case are append-only'); END"
        for table in ("event", "result")
        for verb in ("UPDATE", "DELETE")
    ),
)

ANSWERS: Step = (
    """CREATE TABLE answers (
  run INTEGER PRIMARY KEY REFERENCES run (id),
  groups TEXT NOT NULL -- what a generative model said in the votes of the blocks
) STRICT""",
)

SETTINGS: Step = ()
"""Settings are kept by procedure from here on; older programs could not read them."""

BLOCKS: Step = ()
"""PREDICT and decisions keep their votes from here on; older programs would call that damage."""

ASKED_AGAIN: Step = ("ALTER TABLE progress ADD COLUMN asked_again TEXT NOT NULL DEFAULT ''",)
"""What the base classifier was asked again in these votes, which a run that goes on adds to."""


def _logged(name: str) -> str:
    """A text in the detail of an event; nothing where it has none of this name.

    Without functions of JSON, which SQLite does not let the file of a stranger use.
    """
    mark = f'"{name}":"'
    rest = f"substr(detail, instr(detail, '{mark}') + {len(mark)})"
    return f"CASE WHEN instr(detail, '{mark}') THEN substr({rest}, 1, instr({rest}, '\"') - 1) END"


CLAIM, SUBJECT = _logged("claim"), _logged("subject")
"""What an event is a try of; old cases have the second alone."""

INDEXES: Step = (
    "CREATE INDEX event_run ON event (run)",
    f"CREATE INDEX event_claim ON event ({CLAIM}) WHERE kind IN ('began', 'known')",
    f"CREATE INDEX event_subject ON event ({SUBJECT}) WHERE kind = 'began'",
    "CREATE INDEX result_run ON result (run)",
    "CREATE INDEX input_sha256 ON input (sha256)",
)
"""From here on a run costs the same to begin, end and find in a case of many as in one of few."""

REFUSED: Step = ()
"""From here on a run may be refused after its result; older programs would go on showing it."""

NUMBERS: Step = (
    """CREATE TABLE numbers (
  run INTEGER NOT NULL REFERENCES run (id),
  start INTEGER NOT NULL CHECK (start >= 0),
  answers BLOB NOT NULL, -- what a model of numbers answered in a block, float32, row by row
  digest TEXT NOT NULL,
  PRIMARY KEY (run, start)
) STRICT, WITHOUT ROWID""",
)
"""From here on a run of medians goes on where it was killed; older programs would begin it anew."""

STEPS: tuple[Step, ...] = (
    FIRST,
    ANSWERS,
    SETTINGS,
    BLOCKS,
    ASKED_AGAIN,
    INDEXES,
    REFUSED,
    NUMBERS,
)
"""Step i leads from version i to version i + 1. A change of the layout is one more step."""


def version() -> int:
    """The version this program writes."""
    return len(STEPS)


def advance(db: sqlite3.Connection, begin: int) -> None:
    """Take the steps from version ``begin`` to this program's, inside the caller's transaction."""
    for step in STEPS[begin:]:
        for statement in step:
            db.execute(statement)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {version()}")


def layout(db: sqlite3.Connection) -> list[tuple[str, ...]]:
    """Every table, index and trigger with its SQL."""
    found = db.execute(
        "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master ORDER BY type, name"
    )
    return [tuple(map(str, row)) for row in found]


def expected_layout(at_version: int) -> list[tuple[str, ...]]:
    """The layout of a whole case file of some version."""
    db = sqlite3.connect(":memory:")
    try:
        for step in STEPS[:at_version]:
            for statement in step:
                db.execute(statement)
        return layout(db)
    finally:
        db.close()
