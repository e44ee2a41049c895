"""The API process: gateway, store and reconcilers. It may be killed at any moment; the next one goes on.

``python -m jackfield.supervisor.api``, started by the supervisor with a listening socket that outlives it.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import secrets
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from jackfield.endpoints.addresses import ensure_pool
from jackfield.engines.engine import EngineMissing
from jackfield.engines.redis import RedisEngine
from jackfield.gateway.pipeline import Pipeline
from jackfield.gateway.rpc import ASGIApp, RpcApp
from jackfield.gateway.server import run, serve
from jackfield.identity.accounts import create_account
from jackfield.identity.keys import KeyCache
from jackfield.identity.resources import AccessKey
from jackfield.processes import identify
from jackfield.products.regions import DEFAULT_REGION
from jackfield.products.registry import Products
from jackfield.products.tair.resources import Instance
from jackfield.products.vpc.resources import Vpc, VSwitch
from jackfield.reconcile.loop import ReconcileLoop
from jackfield.reconcile.names import Names
from jackfield.reconcile.network import NetworkReconciler
from jackfield.reconcile.tair import TairReconciler
from jackfield.reconcile.watch import DeathWatch
from jackfield.reconcile.world import World
from jackfield.relay.client import RelayClient, RelayDown
from jackfield.store.interface import Store
from jackfield.store.secrets import KeyRing
from jackfield.store.sqlite import open_store
from jackfield.supervisor.folder import Folder, Lock, write_private
from jackfield.supervisor.overview import Overview
from jackfield.supervisor.ready import Ready
from jackfield.supervisor.settings import PACES, Settings

log = logging.getLogger("jackfield.api")

_ROOT_KEY = "root-access-key"
_ADMIN_TOKEN = "admin-token"
SWEEP_SECONDS = 300.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves until SIGTERM. Exit status 3: another API process has the folder."""
    parser = argparse.ArgumentParser(prog="python -m jackfield.supervisor.api")
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--settings", required=True, help="JSON")
    parser.add_argument("--socket", required=True, type=int, help="descriptor of the listening socket")
    parser.add_argument("--ready", required=True, type=int, help="descriptor that is told when everything is reachable")
    options = parser.parse_args(arguments)
    os.umask(0o077)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the supervisor's to answer
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    folder = Folder(options.data).create()
    lock = Lock(folder.root / "api.lock")
    if not lock.take():
        log.error("another API process has %s", folder.root)
        return 3
    me = identify(os.getpid())
    write_private(folder.api, msgspec.json.encode(me))
    settings = msgspec.json.decode(options.settings, type=Settings)
    Process(folder, settings, socket.socket(fileno=options.socket), options.ready).run()
    return 0


class Process:
    """Everything of one API process, put together."""

    def __init__(self, folder: Folder, settings: Settings, listener: socket.socket, ready: int) -> None:
        self._folder = folder
        self._settings = settings
        self._listener = listener
        self._ready = ready
        self._store = open_store(folder.store, durability=settings.durability, owner_of_work=True)
        self._keyring = KeyRing.open(folder.root)
        with self._store.write() as tx:
            ensure_pool(tx, settings.addresses)
        self._deaths = DeathWatch(self._look_at)
        self._world = World(
            store=self._store,
            folder=folder,
            settings=settings,
            keyring=self._keyring,
            relays={
                "tcp": RelayClient(folder.relay_socket("plain")),
                "resp": RelayClient(folder.relay_socket("resp")),
            },
            redis=RedisEngine(),
            names=Names(self._store, folder.hosts),
            deaths=self._deaths,
        )
        tair = TairReconciler(self._world)
        reconcilers = (tair, NetworkReconciler(self._store, Vpc), NetworkReconciler(self._store, VSwitch))
        self._loop = ReconcileLoop(self._store, {one.kind: one for one in reconcilers})
        self._overview = Overview(self._world, tair, self._loop.idle)
        self._admin_token = _stored_secret(self._store, self._keyring, _ADMIN_TOKEN, lambda: secrets.token_urlsafe(32))
        self._stop = asyncio.Event()

    def run(self) -> None:
        """Answers calls, reconciles, and tells the supervisor when all is reachable."""
        host, port = self._listener.getsockname()[:2]
        pipeline = Pipeline(
            store=self._store,
            keys=KeyCache(self._store, self._keyring),
            products=Products(),
            region=DEFAULT_REGION,
            pace=PACES[self._settings.pace],
            missing_engines=self._missing_engines(),
        )
        app = RpcApp(pipeline, {"/_jackfield": self._administration})

        async def answer() -> None:
            loop = asyncio.get_running_loop()
            loop.add_signal_handler(signal.SIGTERM, self._stop.set)
            sweep = loop.create_task(self._sweep())
            await serve(app, [self._listener], on_ready=lambda: self._begin(host, port), stop=self._stop)
            sweep.cancel()

        run(answer)
        self._loop.stop(10)
        self._deaths.stop()
        self._store.close()

    def _begin(self, host: str, port: int) -> None:
        """The API answers: everything recorded is made reachable, then the supervisor is told."""
        self._world.names.publish()
        self._deaths.start()
        self._loop.watch(Instance)
        self._loop.start()
        threading.Thread(target=self._announce, args=(host, port), name="ready", daemon=True).start()

    def _announce(self, host: str, port: int) -> None:
        """Waits until the relays have bound all that is recorded and each instance's servers run, then says ready."""
        for relay in self._world.relays.values():
            _wait_for(relay)
        try:
            self._loop.wait_idle(60)
        except TimeoutError as error:
            log.warning("ready, although something is not yet: %s", error)
        account, key_id, secret = self._root()
        url = f"http://{host}:{port}"
        ready = Ready(
            api=url,
            console=f"{url}/console",
            dns=None,
            hosts_file=str(self._folder.hosts),
            account_id=account,
            access_key_id=key_id,
            access_key_secret=secret,
            admin_token=self._admin_token,
            region=DEFAULT_REGION,
            pid=os.getpid(),
            relay_pids=[],
        )
        os.write(self._ready, msgspec.json.encode(ready) + b"\n")

    def _root(self) -> tuple[str, str, str]:
        """The first account's root key; the account is opened in a new folder."""
        with self._store.write() as tx:
            key_id = tx.meta(_ROOT_KEY)
            key = tx.get(AccessKey, key_id) if key_id else None
            if key is not None:
                return key.account, key.id, self._keyring.unseal(key.secret, context=key.id)
            account, new_id, secret = create_account(tx, self._keyring, tx.now, "root")
            tx.set_meta(_ROOT_KEY, new_id)
            return account.id, new_id, secret

    def _administration(self) -> ASGIApp:
        from jackfield.gateway.administration import administration

        return administration(
            token=self._admin_token, store=self._store, keyring=self._keyring, overview=self._overview
        )

    def _missing_engines(self) -> frozenset[str]:
        if self._settings.engines == "none":
            return frozenset()
        try:
            self._world.redis.find()
        except EngineMissing as error:
            log.warning("%s", error)
            return frozenset({error.engine})
        return frozenset()

    def _look_at(self, instance: str) -> None:
        with self._store.write() as tx:
            found = tx.get(Instance, instance)
            if found is not None:
                tx.schedule(found)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            self._store.sweep(time.time())


def _wait_for(relay: RelayClient) -> None:
    """A relay binds its recorded listeners before its control socket exists: who answers there is complete."""
    while True:
        try:
            relay.hello()
            return
        except RelayDown:
            time.sleep(0.01)  # a socket file that does not exist yet cannot be waited for portably


def _stored_secret(store: Store, keyring: KeyRing, name: str, make: Callable[[], str]) -> str:
    """A secret of this data folder, made on first use."""
    with store.write() as tx:
        sealed = tx.meta(name)
        if sealed is not None:
            return keyring.unseal(sealed, context=name)
        secret = make()
        tx.set_meta(name, keyring.seal(secret, context=name))
        return secret


if __name__ == "__main__":
    sys.exit(main())
