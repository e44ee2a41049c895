from __future__ import annotations

from jackfield.gateway.nonces import LIFETIME, NonceLog


def test_once_per_key() -> None:
    log = NonceLog()
    assert log.spend("key", "nonce", 100.0)
    assert not log.spend("key", "nonce", 100.0)
    assert log.spend("other", "nonce", 100.0)
    assert log.spend("key", "other", 100.0)
    assert log.spend("keyn", "once", 100.0)


def test_kept_for_its_lifetime_whatever_comes_between() -> None:
    for first in range(0, int(LIFETIME) * 2, 60):
        log = NonceLog()
        log.spend("key", "start", 0.0)
        assert log.spend("key", "nonce", float(first))
        for step in range(10, int(LIFETIME), 50):
            log.spend("key", f"{step}", float(first + step))
            assert not log.spend("key", "nonce", float(first + step))


def test_forgotten_at_last() -> None:
    log = NonceLog()
    log.spend("key", "nonce", 0.0)
    log.spend("key", "later", LIFETIME + 1)
    assert log.spend("key", "nonce", 2 * LIFETIME + 2)
    quiet = NonceLog()
    quiet.spend("key", "nonce", 0.0)
    quiet.spend("key", "much later", 10 * LIFETIME)
    assert len(quiet) == 1


def test_bounded() -> None:
    log = NonceLog(limit=100)
    for number in range(10_000):
        assert log.spend("key", str(number), 0.0)
        assert len(log) <= 200
        assert not log.spend("key", str(max(0, number - 99)), 0.0)
