"""Work for child processes; ``python -m tests.store.children NAME PATH ARGUMENTS``."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from jackfield.store.interface import ClaimTaken
from jackfield.store.schema import prepare
from jackfield.store.session import connect
from jackfield.store.sqlite import SqliteStore, open_store
from tests.store.kinds import EVIDENCE, Endpoint, Note, endpoint, note

ROOT = Path(__file__).parents[2]


@contextmanager
def spawn(name: str, path: Path, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """Runs a child with pipes for its input and output; it is dead when the block is left."""
    command = [sys.executable, "-m", "tests.store.children", name, str(path), *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True, env=environment) as child:
        try:
            yield child
        finally:
            child.kill()


def line(child: subprocess.Popen[str]) -> str:
    """The next line of a child's output."""
    assert child.stdout is not None
    text = child.stdout.readline()
    assert text.endswith("\n"), "the child ended"
    return text.rstrip("\n")


def churn(path: Path, seed: str) -> None:
    """Random transactions until killed; prints ``counter`` after each commit."""
    chance = random.Random(seed)
    store = open_store(path, owner_of_work=True)
    while True:
        with store.write() as tx:
            counter = int(tx.meta("counter") or 0) + 1
            for _ in range(chance.randrange(1, 6)):
                id = f"e{chance.randrange(40)}"
                found = tx.get(Endpoint, id)
                if found is None:
                    tx.put(endpoint(id))
                    tx.schedule(endpoint(id))
                elif found.status == "Creating":
                    tx.put(endpoint(id, "Normal"), evidence=EVIDENCE)
                elif found.status == "Normal":
                    tx.put(endpoint(id, chance.choice(["Changing", "Deleting"])))
                    try:
                        tx.claim("name", f"n{chance.randrange(30)}", found)
                    except ClaimTaken:
                        tx.schedule(found)
                elif found.status == "Changing":
                    tx.put(endpoint(id, "Normal"), evidence=EVIDENCE)
                else:
                    tx.remove(found, evidence=EVIDENCE)
            tx.put(note(f"commit{counter}"))
            tx.set_meta("counter", str(counter))
        print(counter, flush=True)
        for work in store.due(chance.choice([0.0, 2e9]), 3):
            if chance.random() < 0.5:
                store.done(work, None)
            else:
                store.failed(work, 1.0, "by chance")


def count_up(path: Path, times: str) -> None:
    """Adds to one number, and takes contested names, with everybody else."""
    store = open_store(path)
    print("begun", flush=True)
    add(store, int(times))


def add(store: SqliteStore, times: int) -> None:
    """Reads, adds one, writes, in one transaction each; takes a name at each step if it is free."""
    me = f"adder-{os.getpid()}-{id(store)}-{random.random()}"
    for number in range(times):
        with store.write() as tx:
            found = tx.get(Note, "sum")
            tx.put(note("sum", str(int(found.text) + 1 if found else 1)))
            tx.put(note(me))
            if tx.holder("turn", str(number)) is None:
                tx.claim("turn", str(number), note(me))


def open_once(path: Path) -> None:
    """Waits for a line, so that several open at the same moment, and writes."""
    print("ready", flush=True)
    sys.stdin.readline()
    store = open_store(path)
    with store.write() as tx:
        tx.put(note(f"opened-by-{os.getpid()}"))
    store.close()


def die_while_making(path: Path, statements: str) -> None:
    """Is killed at a statement of the making of a new store."""
    left = int(statements)

    def count(_: str) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def connect_and_count(path: Path) -> sqlite3.Connection:
        connection = connect(path)
        connection.set_trace_callback(count)
        return connection

    prepare(path, connect_and_count)


def hold(path: Path) -> None:
    """Keeps a write transaction open until its input ends."""
    store = open_store(path)
    with store.write() as tx:
        tx.put(note("held"))
        print("holding", flush=True)
        sys.stdin.readline()


if __name__ == "__main__":
    children: dict[str, Callable[..., None]] = {
        each.__name__: each for each in (churn, count_up, open_once, die_while_making, hold)
    }
    children[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:])
