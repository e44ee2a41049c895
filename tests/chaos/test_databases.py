"""kill -9 of a database server: it is started again, with its data, and nobody else notices."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

import msgspec
import pytest
import redis
from alibabacloud_r_kvstore20150101 import models as tair

from jackfield.processes import ProcessId
from jackfield.relay.resp.slots import slot_of
from tests.chaos.caller import Caller
from tests.chaos.dialling import Place
from tests.chaos.load import NEVER, Load, ordinary_places
from tests.running import CLUSTER, PASSWORD, Running, kill, until

pytestmark = pytest.mark.chaos


@pytest.fixture(scope="module")
def jackfield(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with Running(tmp_path_factory.mktemp("databases"), "--pace", "instant") as running:
        yield running


@pytest.fixture(scope="module")
def cluster(jackfield: Running) -> str:
    return jackfield.create(shards=3)


@pytest.fixture(scope="module")
def standard(jackfield: Running) -> str:
    return jackfield.create(shards=0)


@pytest.mark.parametrize("index", [0, 2])
def test_a_shard(jackfield: Running, cluster: str, standard: str, index: int) -> None:
    """The shard's own keys are back, every acknowledged write among them; clients of other shards were served on."""
    tags = _tags(3)
    (place,) = ordinary_places(jackfield, cluster)
    others = [Load([place], each=1, tag=tags[other]) for other in range(3) if other != index]
    elsewhere = Load(ordinary_places(jackfield, standard))
    with others[0], others[1], elsewhere:
        written = _write_through_a_kill(jackfield, cluster, index, place, tags[index])
        with redis.Redis(*place, password=PASSWORD, retry=NEVER) as client:
            assert client.mget(list(written)) == list(written.values())
        for load in (*others, elsewhere):
            load.check()


def test_a_standard_instance(jackfield: Running, cluster: str, standard: str) -> None:
    (place,) = ordinary_places(jackfield, standard)
    with Load(ordinary_places(jackfield, cluster)) as load:
        written = _write_through_a_kill(jackfield, standard, 0, place, "own")
        with redis.Redis(*place, password=PASSWORD, retry=NEVER) as client:
            assert client.mget(list(written)) == list(written.values())
        load.check()


@pytest.mark.parametrize("seed", [11, 12])
def test_creation_goes_on(jackfield: Running, seed: int) -> None:
    """The API process and a server that has just been started die together; it becomes Normal all the same."""
    print(f"seed {seed}")
    chance = random.Random(seed)
    caller = Caller(jackfield)
    request = tair.CreateInstanceRequest(
        region_id="cn-hangzhou", instance_class=CLUSTER.format(shards=3), password=PASSWORD
    )
    instance = caller.once(lambda client: client.create_instance(request)).body.instance_id
    index = chance.randrange(3)
    delay = chance.uniform(0.0, 1.5)
    server = until("a server runs", lambda: _server(jackfield, instance, index))
    time.sleep(delay)
    print(f"server {index} and the API process killed {delay:.2f} s after the server's start")
    kill(server)
    jackfield.kill_api()
    assert caller.status(instance) == "Creating"
    caller.wait_normal(instance)
    caller.set_group(instance, "default", "0.0.0.0/0")
    jackfield.wait_idle()
    with redis.Redis(*ordinary_places(jackfield, instance)[0], password=PASSWORD, retry=NEVER) as client:
        for tag in _tags(3):
            assert client.set(f"{{{tag}}}", tag) is True
    caller.once(lambda client: client.delete_instance(tair.DeleteInstanceRequest(instance_id=instance)))
    until("gone", lambda: not (jackfield.folder.engines / instance).is_dir() or not _server(jackfield, instance, index))


def _server(jackfield: Running, instance: str, index: int) -> ProcessId | None:
    """The server process of a shard, as it is recorded."""
    try:
        return msgspec.json.decode(
            (jackfield.folder.engine_folder(instance, index) / "process.json").read_bytes(), type=ProcessId
        )
    except FileNotFoundError:
        return None


def _write_through_a_kill(jackfield: Running, instance: str, index: int, place: Place, tag: str) -> dict[str, bytes]:
    """Writes one key after the other to a server that dies meanwhile, until it serves again.

    Errors are what a client may see in between.

    :return: what was acknowledged.
    """
    server = _server(jackfield, instance, index)
    assert server is not None
    written: dict[str, bytes] = {}
    successor = None
    with redis.Redis(*place, password=PASSWORD, retry=NEVER, socket_timeout=30) as client:
        number = after = 0
        while after < 100:
            try:
                if client.set(f"{{{tag}}}:{number}", number) is True:
                    written[f"{{{tag}}}:{number}"] = b"%d" % number
                    after += successor is not None
            except redis.RedisError:
                assert number >= 200, "it has not been killed yet"
            number += 1
            if number == 200:
                kill(server)
            elif number > 200 and successor in (None, server):
                successor = _server(jackfield, instance, index)
                successor = None if successor == server else successor
    return written


def _tags(shards: int) -> list[str]:
    """A hash tag for each shard of a cluster whose slots are spread evenly."""
    found: dict[int, str] = {}
    number = 0
    while len(found) < shards:
        tag = f"t{number}"
        found.setdefault(slot_of(tag.encode()) * shards // 16384, tag)
        number += 1
    return [found[index] for index in range(shards)]
