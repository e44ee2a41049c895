"""The VPCs of this machine: what listens inside them and which names resolve there, as the store says it."""

from __future__ import annotations

import logging
import socket
import sys
import threading
from collections import defaultdict
from collections.abc import Iterable

from jackfield.endpoints.inside import Listener, default_source, listeners_inside, reached_inside
from jackfield.endpoints.resources import Endpoint, vpc_space
from jackfield.products.vpc.resources import Vpc, VSwitch
from jackfield.reconcile.loop import Later
from jackfield.reconcile.names import names_of
from jackfield.store.interface import Reader, Store
from jackfield.vantage.client import HolderClient, HolderDown, HolderRefused
from jackfield.vantage.network import Network

log = logging.getLogger(__name__)

AGAIN_SECONDS = 0.1


class Vpcs:
    """Keeps the namespaces of VPCs in step with the endpoints that are recorded in them.

    An endpoint's address appears in its VPC before the relay is told of it, and goes after the relay has cut its
    clients: packets of a connection whose address is gone would lead nowhere, and its client would wait for ever.

    :param holder: the process that holds the namespaces; ``None`` without engines, when nothing listens.
    """

    def __init__(self, store: Store, holder: HolderClient | None) -> None:
        self._store = store
        self._holder = holder if sys.platform == "linux" else None
        self._possible: bool | None = None if self._holder else False
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._wanted: defaultdict[str, int] = defaultdict(int)
        self._written: defaultdict[str, int] = defaultdict(int)
        self._withdrawn: set[str] = set()
        self._kept: dict[str, frozenset[Listener]] = {}

    @property
    def possible(self) -> bool:
        """Whether this system lets us have VPCs as namespaces.

        :raises Later: the holder is away.
        """
        if self._possible is None:
            assert self._holder is not None
            try:
                greeting = self._holder.hello()
            except (HolderDown, HolderRefused) as error:
                raise Later(AGAIN_SECONDS, str(error)) from error
            if greeting.forbidden:
                log.warning("VPCs cannot be entered: %s %s", greeting.forbidden, greeting.remedy)
            self._possible = not greeting.forbidden
        return self._possible

    def health(self) -> dict[str, str]:
        """For people: ``away`` with the reason when the holder does not answer, ``forbidden`` when the system allows no
        VPCs; empty when all is well, or nothing is held.
        """
        if self._holder is None:
            return {}
        try:
            greeting = self._holder.hello()
        except (HolderDown, HolderRefused) as error:
            return {"away": str(error)}
        return {"forbidden": f"{greeting.forbidden}. {greeting.remedy}"} if greeting.forbidden else {}

    def publish(self, vpc_id: str) -> int:
        """Makes the VPC what the store says now, or lets another thread's publishing serve that begins after now.

        :return: the number of its namespace; 0 where there are none.
        :raises Later: the holder is away, or an address could not be made.
        """
        if not vpc_id or not self.possible:
            return 0
        assert self._holder is not None
        self._wanted[vpc_id] += 1
        mine = self._wanted[vpc_id]
        with self._locks[vpc_id]:
            if self._written[vpc_id] >= mine:
                return 0
            covers = self._wanted[vpc_id]
            with self._store.read() as view:
                network = self.plan(view, vpc_id)
            if network is None:
                return 0
            try:
                report = self._holder.replace(network)
            except (HolderDown, HolderRefused) as error:
                raise Later(AGAIN_SECONDS, f"{vpc_id}: {error}") from error
            if report.failed:
                raise Later(AGAIN_SECONDS, f"{vpc_id}: {report.failed}")
            self._written[vpc_id] = covers
        return report.namespace

    def plan(self, view: Reader, vpc_id: str) -> Network | None:
        """What a VPC is to be; ``None`` when there is no such VPC."""
        vpc = view.get(Vpc, vpc_id)
        if vpc is None:
            return None
        listeners: dict[Listener, None] = {}
        names: dict[str, list[str]] = {}
        for endpoint in endpoints_in(view, vpc_id):
            if endpoint.id not in self._withdrawn:
                listeners.update(dict.fromkeys(listeners_inside(endpoint, vpc_id)))
            if endpoint.vpc_id == vpc_id:
                listeners.update(dict.fromkeys(self._kept.get(endpoint.id, ())))
            if endpoint.serves and (reached := reached_inside(endpoint, vpc_id)):
                for name in names_of(endpoint):
                    names.setdefault(name, []).extend(reached)
        return Network(
            vpc=vpc_id,
            source=default_source(vpc.cidr, (one.cidr for one in view.children(VSwitch, vpc_id))),
            listeners=tuple(sorted(listeners)),
            names={name: tuple(addresses) for name, addresses in sorted(names.items())},
        )

    def keep(self, endpoint_id: str, listeners: Iterable[Listener]) -> None:
        """Lets an endpoint's listeners stay although the record does not name them any more."""
        kept = frozenset(listeners)
        if kept:
            self._kept[endpoint_id] = kept
        else:
            self._kept.pop(endpoint_id, None)

    def withdraw(self, endpoint: Endpoint) -> None:
        """Takes the addresses of an endpoint out of its VPC while its record is still there.

        :raises Later: as :meth:`publish`.
        """
        self._withdrawn.add(endpoint.id)
        self._kept.pop(endpoint.id, None)
        self.publish(endpoint.vpc_id)

    def forget(self, endpoint_id: str) -> None:
        """The record of an endpoint is gone: another one may come under its id."""
        self._withdrawn.discard(endpoint_id)
        self._kept.pop(endpoint_id, None)

    def remove(self, vpc_id: str) -> bool:
        """Ends a VPC's namespaces; false when there were none.

        :raises Later: the holder is away.
        """
        if not self.possible:
            return False
        assert self._holder is not None
        with self._locks[vpc_id]:
            try:
                return self._holder.remove(vpc_id)
            except (HolderDown, HolderRefused) as error:
                raise Later(AGAIN_SECONDS, f"{vpc_id}: {error}") from error

    def socket(self, vpc_id: str) -> socket.socket:
        """An unconnected TCP socket that stands inside a VPC.

        :raises Later: the holder is away, or has no such VPC.
        """
        if self._holder is None:
            raise Later(AGAIN_SECONDS, f"{vpc_id}: there are no namespaces here")
        try:
            return self._holder.sockets(vpc_id, 1)[0]
        except (HolderDown, HolderRefused) as error:
            raise Later(AGAIN_SECONDS, f"{vpc_id}: {error}") from error

    def sync(self) -> None:
        """Compares what the holder has with the store, for all VPCs, and mends the difference: for a start.

        :raises Later: as :meth:`publish`.
        """
        if not self.possible:
            return
        assert self._holder is not None
        try:
            present = {network.vpc: network for network in self._holder.networks()}
        except (HolderDown, HolderRefused) as error:
            raise Later(AGAIN_SECONDS, str(error)) from error
        with self._store.read() as view:
            ids = [vpc.id for vpc in view.each(Vpc)]
            different = [id for id in ids if self.plan(view, id) != present.get(id)]
        for id in different:
            self.publish(id)
        for id in present.keys() - set(ids):
            self.remove(id)


def endpoints_in(view: Reader, vpc_id: str) -> list[Endpoint]:
    """Every endpoint that is recorded in a VPC, those included that are about to come or have just left."""
    found = (view.get(Endpoint, id) for _, id in view.holders(vpc_space(vpc_id)))
    return [endpoint for endpoint in found if endpoint is not None]
