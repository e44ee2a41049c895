"""The commands of Redis up to 7.2: how many arguments, which of them are keys, and who answers.

Source of arities and key positions: the reply of ``COMMAND`` of Redis 7.0.15, with what 7.2 added.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Way = Literal["keys", "split", "block", "any", "publish", "local", "refused"]
"""How a command is answered.

``keys``: by the shard of its keys; ``split``: like it, and over several shards when its keys are in several slots;
``block``: by the shard of its keys, on a connection of its own, because it may wait; ``any``: by any shard, and all
give the same answer; ``publish``: by the shard of its key, or any, and the router counts its own listeners; ``local``:
by the router, perhaps with the help of shards; ``refused``: not at this address.
"""


class Command(msgspec.Struct, frozen=True):
    """One command.

    :param name: in lower case.
    :param arity: number of arguments with the name; negative: at least so many.
    :param way: see :data:`Way`.
    :param first: position of the first key; 0 when keys are found by ``rule``, or there are none.
    :param last: position of the last key, counted from the end when negative.
    :param step: distance between keys.
    :param rule: ``numkeys:N`` (the number of keys stands at N, the keys behind it), ``streams`` (XREAD), ``store``
        (a key also follows the word STORE or STOREDIST), ``sub:WORDS`` (the key is argument 2 of these subcommands).
    """

    name: str
    arity: int
    way: Way
    first: int = 0
    last: int = 0
    step: int = 1
    rule: str = ""

    def takes(self, count: int) -> bool:
        """Whether ``count`` arguments, the name included, are a right number."""
        return count == self.arity if self.arity >= 0 else count >= -self.arity


_ONE_KEY = """
append:3 bitcount:-2 bitfield:-2 bitfield_ro:-2 bitpos:-3 decr:2 decrby:3 dump:2 expire:-3 expireat:-3 expiretime:2
geoadd:-5 geodist:-4 geohash:-2 geopos:-2 georadius_ro:-6 georadiusbymember_ro:-5 geosearch:-7 get:2 getbit:3 getdel:2
getex:-2 getrange:4 getset:3 hdel:-3 hexists:3 hget:3 hgetall:2 hincrby:4 hincrbyfloat:4 hkeys:2 hlen:2 hmget:-3
hmset:-4 hrandfield:-2 hscan:-3 hset:-4 hsetnx:4 hstrlen:3 hvals:2 incr:2 incrby:3 incrbyfloat:3 lindex:3 linsert:5
llen:2 lpop:-2 lpos:-3 lpush:-3 lpushx:-3 lrange:4 lrem:4 lset:4 ltrim:4 move:3 persist:2 pexpire:-3 pexpireat:-3
pexpiretime:2 pfadd:-2 psetex:4 pttl:2 restore:-4 rpop:-2 rpush:-3 rpushx:-3 sadd:-3 scard:2 set:-3 setbit:4 setex:4
setnx:3 setrange:4 sismember:3 smembers:2 smismember:-3 sort_ro:-2 spop:-2 srandmember:-2 srem:-3 sscan:-3
strlen:2 substr:4 ttl:2 type:2 xack:-4 xadd:-5 xautoclaim:-6 xclaim:-6 xdel:-3 xlen:2 xpending:-3 xrange:-4 xrevrange:-4
xsetid:-3 xtrim:-4 zadd:-4 zcard:2 zcount:4 zincrby:4 zlexcount:4 zmscore:-3 zpopmax:-2 zpopmin:-2 zrandmember:-2
zrange:-4 zrangebylex:-4 zrangebyscore:-4 zrank:-3 zrem:-3 zremrangebylex:4 zremrangebyrank:4 zremrangebyscore:4
zrevrange:-4 zrevrangebylex:-4 zrevrangebyscore:-4 zrevrank:-3 zscan:-3 zscore:3
"""

_POSITIONS = """
bitop:-4:2:-1:1 copy:-3:1:2:1 geosearchstore:-8:1:2:1 lcs:-3:1:2:1 lmove:5:1:2:1 msetnx:-3:1:-1:2 pfcount:-2:1:-1:1
pfmerge:-2:1:-1:1 rename:3:1:2:1 renamenx:3:1:2:1 rpoplpush:3:1:2:1 sdiff:-2:1:-1:1 sdiffstore:-3:1:-1:1
sinter:-2:1:-1:1 sinterstore:-3:1:-1:1 smove:4:1:2:1 sunion:-2:1:-1:1 sunionstore:-3:1:-1:1 zrangestore:-5:1:2:1
"""

_SPLIT = "del:-2:1:-1:1 exists:-2:1:-1:1 mget:-2:1:-1:1 mset:-3:1:-1:2 touch:-2:1:-1:1 unlink:-2:1:-1:1"

_BLOCK = "blmove:6:1:2:1 blpop:-3:1:-2:1 brpop:-3:1:-2:1 brpoplpush:4:1:2:1 bzpopmax:-3:1:-2:1 bzpopmin:-3:1:-2:1"

_BLOCK_RULES = "blmpop:-5:numkeys:2 bzmpop:-5:numkeys:2 xread:-4:streams xreadgroup:-7:streams"

_NUMKEYS = """
eval:-3:2 eval_ro:-3:2 evalsha:-3:2 evalsha_ro:-3:2 fcall:-3:2 fcall_ro:-3:2 lmpop:-4:1 sintercard:-3:1 zdiff:-3:1
zinter:-3:1 zintercard:-3:1 zmpop:-4:1 zunion:-3:1
"""

_NUMKEYS_AND_TARGET = "zdiffstore:-4:2 zinterstore:-4:2 zunionstore:-4:2"

_STORE = "georadius:-6 georadiusbymember:-5 sort:-2"

_SUBCOMMANDS = """
memory:-2:usage object:-2:encoding,freq,idletime,refcount xgroup:-2:create,createconsumer,delconsumer,destroy,setid
xinfo:-2:consumers,groups,stream
"""

_ANY = "command:-1 echo:2 lastsave:1 lolwut:-1 time:1"

_LOCAL = """
acl:-2 auth:-2 client:-2 cluster:-2 config:-2 dbsize:1 debug:-2 discard:1 exec:1 flushall:-1 flushdb:-1 function:-2
hello:-1 info:-1 keys:2 multi:1 ping:-1 psubscribe:-2 pubsub:-2 punsubscribe:-1 quit:-1 randomkey:1 reset:1 role:1
scan:-2 script:-2 select:2 ssubscribe:-2 subscribe:-2 sunsubscribe:-1 unsubscribe:-1 unwatch:1 wait:3 watch:-2
"""

_REFUSED = """
asking bgrewriteaof bgsave failover latency migrate module monitor pfdebug pfselftest psync readonly
readwrite replconf replicaof restore-asking save shutdown slaveof slowlog stralgo swapdb sync waitaof
"""


def _table() -> dict[bytes, Command]:
    commands: list[Command] = []
    for name, arity in _fields(_ONE_KEY):
        commands.append(Command(name, int(arity), "keys", 1, 1))
    for source, way in ((_POSITIONS, "keys"), (_SPLIT, "split"), (_BLOCK, "block")):
        for name, arity, first, last, step in _fields(source):
            commands.append(Command(name, int(arity), way, int(first), int(last), int(step)))  # type: ignore[arg-type]
    for name, arity, *rule in _fields(_BLOCK_RULES):
        commands.append(Command(name, int(arity), "block", rule=":".join(rule)))
    for name, arity, at in _fields(_NUMKEYS):
        commands.append(Command(name, int(arity), "keys", rule=f"numkeys:{at}"))
    for name, arity, at in _fields(_NUMKEYS_AND_TARGET):
        commands.append(Command(name, int(arity), "keys", 1, 1, rule=f"numkeys:{at}"))
    for name, arity in _fields(_STORE):
        commands.append(Command(name, int(arity), "keys", 1, 1, rule="store"))
    for name, arity, words in _fields(_SUBCOMMANDS):
        commands.append(Command(name, int(arity), "keys", rule=f"sub:{words}"))
    commands += [Command(name, int(arity), "any") for name, arity in _fields(_ANY)]
    commands += [Command("publish", 3, "publish"), Command("spublish", 3, "publish", 1, 1)]
    commands += [Command(name, int(arity), "local") for name, arity in _fields(_LOCAL)]
    commands += [Command(name, -1, "refused") for (name,) in _fields(_REFUSED)]
    return {command.name.encode(): command for command in commands}


def _fields(source: str) -> list[list[str]]:
    return [word.split(":") for word in source.split()]


COMMANDS: dict[bytes, Command] = _table()
"""By name in lower case."""

_LONGEST_HEAD = 18


def _heads() -> dict[bytes, int]:
    heads: dict[bytes, int] = {}
    for command in COMMANDS.values():
        single = command.way == "keys" and command.first == command.last == 1 and not command.rule
        for count in range(2, _LONGEST_HEAD + 1):
            if command.takes(count) and (single or (command.way == "split" and count == command.step + 1)):
                for name in (command.name.encode(), command.name.upper().encode()):
                    heads[b"*%d\r\n$%d\r\n%b" % (count, len(name), name)] = count - 2
    return heads


HEADS: dict[bytes, int] = _heads()
"""The first bytes of requests whose only key is argument 1, and how many arguments follow the key.

One lookup thus checks the framing, finds the command, checks its arity and says where its key is.
"""
