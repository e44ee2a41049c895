"""Redis: standalone servers and cluster shards on Unix sockets."""

from __future__ import annotations

import time
from collections.abc import Sequence

from jackfield.engines import tenure
from jackfield.engines.engine import EngineFailed, Health
from jackfield.engines.kept import KeptEngine, environment
from jackfield.engines.redis import cluster, config, nodes_file, process, users
from jackfield.engines.redis.client import RedisError, Unreachable
from jackfield.engines.redis.find import RedisBinary, find
from jackfield.engines.redis.node import RedisNode, check
from jackfield.processes import ProcessId, spawn, terminate

STOP_GRACE = 10.0
"""Seconds that a server has to write and close its files after SIGTERM."""


class RedisEngine(KeptEngine[RedisNode]):
    """The engine. Holds no state: everything is in the nodes' folders, so any process may use it.

    :param binary: the server to start nodes with; None: the one that this machine has, looked for when needed.
    """

    name = "redis"
    busy_patience = 10.0

    def __init__(self, binary: RedisBinary | None = None) -> None:
        self._binary = binary

    def find(self) -> RedisBinary:
        """The server that new processes run.

        :raises EngineMissing: there is none.
        """
        return self._binary or find()

    def start(self, node: RedisNode) -> ProcessId:
        """Adopts the process that serves the folder, as it is, or starts one with what ``node`` says. Does not wait
        until it answers: see :meth:`ready`.

        :raises ValueError: the node's description is wrong.
        :raises EngineMissing: there is no server to start.
        :raises EngineFailed: another server is on the socket, the internal user is refused, or the folder was written
            by a later version.
        """
        check(node)
        for folder in (node.folder, node.socket.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        deadline = time.monotonic() + self.busy_patience
        while True:
            with tenure.try_lock(node) as fd:
                if fd is not None:
                    return self._launch(node, fd)
            running = process.find(node)
            if running is not None:
                return running
            if time.monotonic() > deadline:
                raise EngineFailed(f"the folder {node.folder} is in use, but no server answers for it")
            time.sleep(tenure.PAUSE)

    def ready(self, node: RedisNode) -> bool:
        """Whether it serves commands and, in a cluster, sees all slots served."""
        try:
            with process.connect(node) as client:
                return client.command("PING") == "PONG" and (not node.cluster or cluster.complete(client, node))
        except (RedisError, Unreachable):
            return False

    def wait_ready(self, node: RedisNode, timeout: float = 15.0) -> None:
        """As of every engine; a cluster needs two seconds, Redis's own delay (CLUSTER_WRITABLE_DELAY)."""
        super().wait_ready(node, timeout)

    def stop(self, node: RedisNode) -> None:
        """Ends the process, with SIGTERM first so that everything is on disk; does nothing when none runs.

        :raises EngineFailed: another process has the folder and does not let go.
        """
        if not node.folder.is_dir():
            return
        deadline = time.monotonic() + self.busy_patience
        while True:
            with tenure.try_lock(node) as fd:
                if fd is not None:
                    self._tidy(node)
                    return
            # The lock is held and the recorded process lives: that is it, answering or not.
            running = tenure.recorded(node) or process.find(node)
            if running is not None:
                terminate(running, STOP_GRACE)
            elif time.monotonic() > deadline:
                raise EngineFailed(f"the folder {node.folder} is in use, but no server answers for it")
            else:
                time.sleep(tenure.PAUSE)

    def health(self, node: RedisNode) -> Health:
        """Asks the server for what the change feed shows of it; 0.3 ms when it answers, 2 s at most."""
        running = tenure.recorded(node)
        pid = running.pid if running else 0
        try:
            with process.connect(node) as client:
                facts = client.facts("INFO")
        except (RedisError, Unreachable) as error:
            reason = str(error) if running else "its process is gone"
            return Health(running=running is not None, answers=False, reason=reason, pid=pid)
        loading = facts.get("loading") == "1"
        return Health(
            running=True,
            answers=not loading,
            reason="it is still loading its data" if loading else "",
            pid=int(facts["process_id"]),
            version=facts.get("valkey_version") or facts["redis_version"],
            uptime=int(facts["uptime_in_seconds"]),
            used_memory=int(facts["used_memory"]),
            connected_clients=int(facts["connected_clients"]),
        )

    def set_users(self, node: RedisNode) -> None:
        """Gives the server the users of ``node``: in its configuration first, then live if it runs. May be repeated.

        :raises EngineFailed: it runs but does not take them; they are in its configuration.
        """
        check(node)
        if not node.folder.is_dir():
            return
        config.write(node)
        try:
            with process.connect(node) as client:
                users.apply(client, node)
        except Unreachable:
            if tenure.recorded(node) is not None:
                raise
        except RedisError as error:
            raise EngineFailed(f"node {node.id} does not take its users: {error}") from error

    def configure(self, node: RedisNode) -> None:
        """Gives the server the settings and the users of ``node``: for later starts, and live. May be repeated.

        :raises EngineFailed: it does not answer, or refuses a setting.
        """
        self.set_users(node)
        try:
            with process.connect(node) as client:
                for name, value in {"maxmemory": str(node.memory), **node.settings}.items():
                    client.command("CONFIG", "SET", name, value)
        except RedisError as error:
            raise EngineFailed(f"node {node.id} does not take its settings: {error}") from error

    def flush(self, node: RedisNode) -> int:
        """Deletes every key of every database; how many there were.

        :raises EngineFailed: it does not answer, or refuses.
        """
        try:
            with process.connect(node) as client:
                keys = client.facts("INFO", "keyspace").values()
                client.command("FLUSHALL", "ASYNC")
        except RedisError as error:
            raise EngineFailed(f"node {node.id} does not flush: {error}") from error
        return sum(int(each.partition(",")[0].removeprefix("keys=")) for each in keys)

    def announce(self, nodes: Sequence[RedisNode], timeout: float = 15.0) -> cluster.Announcement:
        """Makes every shard tell clients the ``announce_port`` that ``nodes`` have now.

        :param nodes: the whole cluster, with the new port in each node and in its members.
        :param timeout: seconds to wait until all shards show it; 0 sets it and looks once.
        :raises EngineFailed: a shard does not answer.
        """
        for node in nodes:
            check(node)
            config.write(node)
        return cluster.announce(nodes, timeout)

    def _launch(self, node: RedisNode, lock: int) -> ProcessId:
        # A free lock means no server of ours, but the caller may have given the socket of another node, or somebody may
        # have removed the lock file.
        running = process.answering(node)
        if running is not None:
            return running
        binary = self.find()
        # 6.2 keeps its data in one file and would start empty beside the folder that 7.0 made of it.
        if binary.number < (7,) and (node.folder / "appendonlydir").exists():
            raise EngineFailed(f"the data in {node.folder} are of Redis 7 or later, {binary.path} is {binary.version}")
        config.write(node)
        if node.cluster:
            nodes_file.write(node)
        self._tidy(node)
        started = spawn(
            [binary.path, str(node.config_file)],
            cwd=node.folder,
            log=node.log_file,
            env=environment(),
            pass_fds=(lock,),
        )
        tenure.record(node, started)
        return started

    def _tidy(self, node: RedisNode) -> None:
        """Removes what a killed server leaves: with the lock in hand nobody listens there any more."""
        node.socket.unlink(missing_ok=True)
        node.record_file.unlink(missing_ok=True)
