from __future__ import annotations

from jackfield.store.interface import Store
from tests.store.kinds import Clock


def test_a_nonce_is_spent_until_its_time_has_passed(store: Store, clock: Clock) -> None:
    until = clock.now + 10

    def spend(key: str = "key", nonce: str = "n") -> bool:
        with store.write() as tx:
            return tx.spend_nonce(key, nonce, clock.now + 10)

    assert spend()
    assert not spend()
    assert spend(key="other")
    assert spend(nonce="other")
    clock.now = until - 0.5
    assert not spend()
    clock.now = until
    assert spend()
    assert not spend()


def test_a_reply_is_remembered_until_its_time_has_passed(store: Store, clock: Clock) -> None:
    with store.write() as tx:
        assert tx.replayed("a", "Create", "t") is None
        tx.remember("a", "Create", "t", "digest", b'{"x":1}\0\xff', clock.now + 10)
    with store.write() as tx:
        assert tx.replayed("a", "Create", "t") == ("digest", b'{"x":1}\0\xff')
        assert tx.replayed("b", "Create", "t") is None
        assert tx.replayed("a", "Delete", "t") is None
        assert tx.replayed("a", "Create", "u") is None
    clock.now += 10
    with store.write() as tx:
        assert tx.replayed("a", "Create", "t") is None
        tx.remember("a", "Create", "t", "new", b"2", clock.now + 10)
        assert tx.replayed("a", "Create", "t") == ("new", b"2")


def test_a_sweep_deletes_only_what_has_passed(store: Store, clock: Clock) -> None:
    start = clock.now
    with store.write() as tx:
        for number in range(4):
            tx.spend_nonce("key", f"n{number}", start + number)
            tx.remember("a", "Create", f"t{number}", "d", b"", start + number)
    store.sweep(start + 1)
    clock.now = start - 1  # so that only what was deleted is new
    with store.write() as tx:
        assert [tx.spend_nonce("key", f"n{number}", start + 9) for number in range(4)] == [True, True, False, False]
        found = [tx.replayed("a", "Create", f"t{number}") is not None for number in range(4)]
        assert found == [False, False, True, True]


def test_meta_is_kept_and_replaced(store: Store) -> None:
    with store.write() as tx:
        assert tx.meta("pool") is None
        tx.set_meta("pool", "127.64.0.0/20")
        tx.set_meta("pool", "127.64.16.0/20")
    with store.read() as view:
        assert view.meta("pool") == "127.64.16.0/20"
