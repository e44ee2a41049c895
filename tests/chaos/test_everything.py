"""Everything killed at once: the next start brings all of it back, and says ready when it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis

from tests.chaos.caller import Caller
from tests.chaos.dialling import ask, logged_in, shard_at
from tests.chaos.load import NEVER
from tests.chaos.observing import listening, processes_naming
from tests.running import PASSWORD, Running

pytestmark = pytest.mark.chaos


@pytest.fixture
def jackfield(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with Running(tmp_path_factory.mktemp("everything"), "--pace", "instant") as running:
        yield running


def test_all_is_as_it_was(jackfield: Running) -> None:
    cluster, standard = jackfield.create(shards=3), jackfield.create(shards=0)
    jackfield.allocate(cluster, connection_string="kept-direct", port="7001")
    keys = {f"key:{number}": b"%d" % number for number in range(300)}
    names, ready, caller = jackfield.names(), jackfield.ready, Caller(jackfield)
    ordinary = {instance: (names[jackfield.name(instance)][0], 6379) for instance in (cluster, standard)}
    for place in ordinary.values():
        with redis.Redis(*place, password=PASSWORD) as client:
            assert client.mset(keys) is True
    shards = {(address, 7001): shard_at((address, 7001)) for address in names["kept-direct.redis.rds.aliyuncs.com"]}
    places = listening(jackfield)

    jackfield.kill_all()
    assert listening(jackfield) == set()
    assert processes_naming(jackfield.folder.root) == {}
    jackfield.up()

    # From here on nothing waits: ready means that databases answer. The shards first: the router would wait for them.
    for place in shards:
        with logged_in(place) as connection:
            assert ask(connection, b"CLUSTER INFO").startswith(b"cluster_state:ok"), place
    for place in ordinary.values():
        with redis.Redis(*place, password=PASSWORD, retry=NEVER) as client:
            assert client.mget(list(keys)) == list(keys.values())
            assert client.set("written", "afterwards") is True
    assert {place: shard_at(place) for place in shards} == shards
    with redis.RedisCluster(host=next(iter(shards))[0], port=7001, password=PASSWORD) as client:
        assert [client.get(key) for key in keys] == list(keys.values())
    assert jackfield.names() == names
    assert listening(jackfield) == places
    now = jackfield.ready
    for kept in ("api", "account_id", "access_key_id", "access_key_secret", "admin_token"):
        assert getattr(now, kept) == getattr(ready, kept), kept
    assert [caller.status(instance) for instance in (cluster, standard)] == ["Normal", "Normal"]
    assert jackfield.ask("health")["status"] == "ok"
