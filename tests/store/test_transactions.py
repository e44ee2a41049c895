from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from jackfield.store.errors import NestedTransaction, StoreClosed, TransactionEnded
from jackfield.store.interface import Store
from jackfield.store.resource import Resource
from tests.store.kinds import ACCOUNT, Clock, Note, note


def test_an_exception_undoes_everything(store: Store, clock: Clock) -> None:
    def fail() -> None:
        with store.write() as tx:
            tx.put(note("a"))
            tx.claim("name", "a", note("a"))
            tx.schedule(note("a"))
            tx.spend_nonce("k", "n", clock.now + 10)
            tx.remember("a", "b", "c", "d", b"", clock.now + 10)
            tx.set_meta("m", "v")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with store.write() as tx:
        assert tx.get(Note, "a") is None
        assert tx.holder("name", "a") is None
        assert tx.count(Note, account=ACCOUNT, region="") == 0
        assert tx.changes() == []
        assert tx.spend_nonce("k", "n", clock.now + 10)
        assert tx.replayed("a", "b", "c") is None
        assert tx.meta("m") is None
    assert store.next_due() is None


def test_a_view_is_of_one_moment(store: Store) -> None:
    with store.write() as tx:
        tx.put(note("a", "before"))

    def change() -> None:
        with store.write() as tx:
            tx.put(note("a", "after"))
            tx.put(note("b"))

    with store.read() as view:
        assert view.get(Note, "a") == note("a", "before")
        other = threading.Thread(target=change)
        other.start()
        other.join()
        assert view.get(Note, "a") == note("a", "before")
        assert view.get(Note, "b") is None
        assert view.count(Note, account=ACCOUNT, region="") == 1
    with store.read() as view:
        assert view.get(Note, "a") == note("a", "after")


def test_now_stands_still_in_a_transaction(store: Store, clock: Clock) -> None:
    with store.read() as view:
        began = clock.now
        clock.now += 5
        assert view.now == began
    with store.write() as tx:
        assert tx.now == clock.now


def open_read(store: Store) -> None:
    with store.read():
        pass


def open_write(store: Store) -> None:
    with store.write():
        pass


def lease(store: Store) -> None:
    store.due(0.0, 1)


@pytest.mark.parametrize("outer", ["read", "write"])
@pytest.mark.parametrize("inner", [open_read, open_write, lease])
def test_a_transaction_inside_another_of_the_same_thread_raises(
    store: Store, outer: str, inner: Callable[[Store], None]
) -> None:
    if outer == "read":
        with store.read(), pytest.raises(NestedTransaction):
            inner(store)
    else:
        with store.write() as tx:
            tx.put(note("a"))
            with pytest.raises(NestedTransaction):
                inner(store)
        with store.read() as view:  # the outer one was not harmed
            assert view.get(Note, "a") == note("a")


def test_a_transaction_that_has_ended_is_of_no_use(store: Store) -> None:
    with store.write() as tx:
        tx.put(note("a"))
        iterator: Iterator[Resource] = iter(tx.each(Note))
    for use in (lambda: tx.put(note("b")), lambda: tx.get(Note, "a"), lambda: next(iterator)):
        with pytest.raises(TransactionEnded):
            use()
    with store.read() as view:
        assert view.get(Note, "b") is None


def test_a_closed_store_says_so(store: Store) -> None:
    open_write(store)
    store.close()
    for use in (open_read, open_write, lease):
        with pytest.raises(StoreClosed):
            use(store)
    store.close()
