from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jackfield.reconcile.loop import ReconcileLoop
from jackfield.store.sqlite import open_store
from tests.store.children import ROOT, line
from tests.store.kinds import Note, note


@contextmanager
def stuck_loop(path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process with a loop in the middle of its one step; it ends when its input does."""
    store = open_store(path)
    with store.write() as tx:
        tx.put(note("a"))
        tx.schedule(note("a"))
    store.close()
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
    command = [sys.executable, "-m", "tests.reconcile.children", str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as child:
        try:
            assert line(child) == "a"
            yield child
        finally:
            child.kill()


class Finish:
    kind = Note.kind

    def __init__(self) -> None:
        self.asked: list[str] = []

    def step(self, id: str) -> float | None:
        self.asked.append(id)
        return None


def end_by_itself(child: subprocess.Popen[str]) -> None:
    child.communicate("\n", timeout=20)
    assert child.returncode == 0


def be_killed(child: subprocess.Popen[str]) -> None:
    child.kill()
    child.wait()


@pytest.mark.chaos
@pytest.mark.parametrize("end", [end_by_itself, be_killed])
def test_a_step_cut_short_by_the_end_of_its_process_is_done_by_the_next(
    tmp_path: Path, end: Callable[[subprocess.Popen[str]], None]
) -> None:
    """A running step does not keep the process alive either."""
    path = tmp_path / "store.db"
    with stuck_loop(path) as child:
        end(child)
    store = open_store(path, owner_of_work=True)
    finish = Finish()
    loop = ReconcileLoop(store, {Note.kind: finish})
    loop.start()
    loop.wait_idle(20)
    assert loop.stop(20)
    assert finish.asked == ["a"]
    assert store.next_due() is None
    store.close()
