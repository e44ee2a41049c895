"""The API process: gateway, store and reconcilers. It may be killed at any moment; the next one goes on.

``python -m jackfield.supervisor.api``, started by the supervisor with a listening socket that outlives it.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import os
import secrets
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from jackfield.endpoints.addresses import ensure_pool
from jackfield.engines.catalogue import find
from jackfield.engines.engine import EngineMissing
from jackfield.engines.redis import RedisEngine
from jackfield.folder import Folder, write_private
from jackfield.gateway.calls import CallLog
from jackfield.gateway.pipeline import Pipeline
from jackfield.gateway.rpc import ASGIApp, RpcApp
from jackfield.gateway.server import run, serve
from jackfield.identity.accounts import create_account
from jackfield.identity.keys import KeyCache
from jackfield.identity.resources import AccessKey
from jackfield.processes import identify
from jackfield.products.nlb.states import RUNNING, STOPPED
from jackfield.products.regions import DEFAULT_REGION
from jackfield.products.registry import Products
from jackfield.products.vpc.resources import Vpc, VSwitch
from jackfield.reconcile.balancer_plan import CLASSIC, NETWORK
from jackfield.reconcile.balancers import BalancerReconciler
from jackfield.reconcile.dialling import Dialler
from jackfield.reconcile.instances import InstanceReconciler, Rest, ServingReconciler, rest_of, settled
from jackfield.reconcile.jobs import JobReconciler
from jackfield.reconcile.link_services import LinkServiceReconciler
from jackfield.reconcile.links import LINK_RESTS, LinkReconciler
from jackfield.reconcile.loop import Later, ReconcileLoop
from jackfield.reconcile.names import Names
from jackfield.reconcile.network import NetworkReconciler
from jackfield.reconcile.oceanbase import TenantReconciler
from jackfield.reconcile.oceanbase_clusters import ClusterReconciler
from jackfield.reconcile.oceanbase_databases import OCEANBASE_RESTS, TenantDatabaseReconciler
from jackfield.reconcile.oceanbase_users import UserReconciler
from jackfield.reconcile.rds import RdsReconciler
from jackfield.reconcile.rds_accounts import AccountReconciler
from jackfield.reconcile.rds_databases import RDS_CONTENTS, DatabaseReconciler, Grants
from jackfield.reconcile.server_groups import ServerGroupReconciler
from jackfield.reconcile.tair import TairReconciler
from jackfield.reconcile.tended import Tended
from jackfield.reconcile.turns import Turns
from jackfield.reconcile.vpcs import Vpcs
from jackfield.reconcile.watch import DeathWatch
from jackfield.reconcile.world import World
from jackfield.relay.client import RelayClient, RelayDown
from jackfield.relay.route import Role
from jackfield.settings import PACES, Settings
from jackfield.store.interface import Store
from jackfield.store.secrets import KeyRing
from jackfield.store.sqlite import open_store
from jackfield.supervisor.overview import Overview
from jackfield.supervisor.ready import Ready
from jackfield.vantage.client import HolderClient

if TYPE_CHECKING:
    from jackfield.endpoints.certificates import Authority

log = logging.getLogger("jackfield.api")

_ROOT_KEY = "root-access-key"
_ADMIN_TOKEN = "admin-token"
SWEEP_SECONDS = 300.0
READY_SECONDS = 30.0
"""How long what does not come up may hold up the others' being ready."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m jackfield.supervisor.api")
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--settings", required=True, help="JSON")
    parser.add_argument("--socket", required=True, type=int, help="descriptor of the listening socket")
    parser.add_argument(
        "--lock", required=True, type=int, help="descriptor that holds the folder's api.lock while we live"
    )
    parser.add_argument("--ready", required=True, type=int, help="descriptor that is told when everything is reachable")
    options = parser.parse_args(arguments)
    os.umask(0o077)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the supervisor's to answer
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    folder = Folder(options.data).create()
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
        with self._store.read() as view:
            known = view.meta(_ROOT_KEY) is not None
        self._keyring = KeyRing.open(folder.root, create=not known)
        with self._store.write() as tx:
            ensure_pool(tx, settings.addresses)
        self._deaths = DeathWatch(self._look_at)
        relays: dict[Role, RelayClient] = {
            "tcp": RelayClient(folder.relay_socket("plain")),
            "resp": RelayClient(folder.relay_socket("resp")),
        }
        holder = HolderClient(folder.vpc_socket("holder")) if settings.engines == "real" else None
        vpcs = Vpcs(self._store, holder)
        self._world = World(
            store=self._store,
            folder=folder,
            settings=settings,
            keyring=self._keyring,
            relays=relays,
            dialler=Dialler(relays, vpcs),
            redis=RedisEngine(),
            names=Names(self._store, folder.hosts),
            deaths=self._deaths,
            tended=Tended(),
            vpcs=vpcs,
            authority=cache(self._open_authority),
        )
        turns = Turns()
        self._instances: tuple[InstanceReconciler, ...] = (
            TairReconciler(self._world),
            RdsReconciler(self._world),
            TenantReconciler(self._world, turns),
        )
        self._serving_kinds: tuple[ServingReconciler, ...] = (
            *self._instances,
            BalancerReconciler(self._world, NETWORK),
            BalancerReconciler(self._world, CLASSIC),
            ServerGroupReconciler(self._world),
            LinkReconciler(self._world),
        )
        grants = Grants(self._world)
        others = (
            AccountReconciler(self._world, grants),
            DatabaseReconciler(self._world, grants),
            ClusterReconciler(self._world),
            UserReconciler(self._world, turns),
            TenantDatabaseReconciler(self._world, turns),
            NetworkReconciler(self._store, vpcs, Vpc),
            NetworkReconciler(self._store, vpcs, VSwitch),
            JobReconciler(self._store),
            LinkServiceReconciler(self._store),
        )
        self._loop = ReconcileLoop(self._store, {one.kind: one for one in (*self._serving_kinds, *others)})
        rests = tuple(rest_of(each) for each in self._serving_kinds)
        rests += RDS_CONTENTS
        rests += OCEANBASE_RESTS
        rests += tuple(Rest(one.listener, frozenset((RUNNING, STOPPED))) for one in (NETWORK, CLASSIC))
        rests += LINK_RESTS
        self._overview = Overview(self._world, self._instances, rests, self._loop.idle)
        self._admin_token = _stored_secret(self._store, self._keyring, _ADMIN_TOKEN, lambda: secrets.token_urlsafe(32))
        self._stop = asyncio.Event()

    def run(self) -> None:
        """Answers calls, reconciles, and tells the supervisor when all is reachable."""
        host, port = self._listener.getsockname()[:2]
        keys, report = KeyCache(self._store, self._keyring), CallLog(sys.stderr.fileno())
        pipeline = Pipeline(
            store=self._store,
            keys=keys,
            products=Products(),
            region=DEFAULT_REGION,
            pace=PACES[self._settings.pace],
            repeat_seconds=self._settings.repeat_seconds,
            day_seconds=self._settings.day_seconds,
            missing=self._missing,
            local_clients=self._settings.local_clients,
            report=report,
        )
        mounts = {"/_jackfield": self._administration, "/api/v2": lambda: self._oceanbase(keys, report)}
        app = RpcApp(pipeline, mounts)

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
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 50, 50)  # what a call leaves behind goes by reference counts
        self._deaths.start()
        for each in self._serving_kinds:
            self._loop.watch(each.resource)
        self._loop.start()
        threading.Thread(target=self._announce, args=(host, port), name="ready", daemon=True).start()

    def _announce(self, host: str, port: int) -> None:
        """Waits until the relays have bound all that is recorded and what should serve does, then says ready."""
        for relay in self._world.relays.values():
            _wait_for(relay)
        self._sync_vpcs()
        missing = self._world.tended.wait(self._serving, READY_SECONDS) if self._settings.engines == "real" else []
        if missing:
            log.warning("ready, although these do not serve yet: %s", ", ".join(missing))
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

    def _sync_vpcs(self) -> None:
        """VPCs become what the store says, however they were left."""
        deadline = time.monotonic() + READY_SECONDS
        while True:
            try:
                return self._world.vpcs.sync()
            except Later as later:
                if time.monotonic() > deadline:
                    log.warning("ready, although the VPCs could not be compared with the store: %s", later.why)
                    return None
                time.sleep(later.seconds)

    def _serving(self) -> list[str]:
        """What is recorded as serving."""
        with self._store.read() as view:
            return [one.id for one in settled(view, self._serving_kinds)]

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

    def _open_authority(self) -> Authority:
        from jackfield.endpoints.certificates import Authority

        return Authority.open(self._store, self._keyring, self._folder.certificates)

    def _administration(self) -> ASGIApp:
        from jackfield.gateway.administration import administration
        from jackfield.supervisor.adoption import Adoption

        return administration(
            token=self._admin_token,
            store=self._store,
            keyring=self._keyring,
            overview=self._overview,
            adoption=Adoption(self._world, lambda: self._root()[0]),
            ca=lambda: self._world.authority().pem,
            root=lambda: self._root()[0],
        )

    def _oceanbase(self, keys: KeyCache, report: Callable[[str], None]) -> ASGIApp:
        from jackfield.gateway.digest import DigestAuth
        from jackfield.gateway.digest_nonces import NonceBook
        from jackfield.gateway.rest import RestApp
        from jackfield.products import oceanbase
        from jackfield.products.oceanbase.product import known

        key = bytes.fromhex(self._keyring.derive("digest nonces"))
        opaque = self._keyring.derive("digest opaque")[:32]
        auth = DigestAuth(keys.look_up, NonceBook(key), opaque=opaque, algorithm=self._settings.digest)
        return RestApp(
            oceanbase.load(),
            known=known(),
            store=self._store,
            keys=keys,
            auth=auth,
            pace=PACES[self._settings.pace],
            missing=self._missing,
            report=report,
        )

    def _missing(self, engine: str) -> bool:
        """Looked for when the first call wants it, so that a start with nothing recorded looks for nothing."""
        if self._settings.engines == "none":
            return False
        try:
            find(engine)
        except EngineMissing as error:
            log.warning("%s", error)
            return True
        return False

    def _look_at(self, instance: str) -> None:
        with self._store.write() as tx:
            for each in self._instances:
                found = tx.get(each.resource, instance)
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
