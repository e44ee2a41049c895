"""Bringing an endpoint up and taking it down, the same for every product."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from jackfield.endpoints.addresses import take_host_address
from jackfield.endpoints.expiry import begin_endings
from jackfield.endpoints.inside import addresses_inside, routes_inside
from jackfield.endpoints.moving import give_back
from jackfield.endpoints.resources import ADDRESSES, Door, Endpoint
from jackfield.engines.redis import BUS_PORT
from jackfield.reconcile.dialling import Dialler, NotProven, is_free
from jackfield.reconcile.loop import Later
from jackfield.reconcile.relays import Relays, closing
from jackfield.reconcile.world import World
from jackfield.relay.route import Ack, Place, Route
from jackfield.store.resource import Evidence

Prove = Callable[[Dialler, Route], Mapping[str, Any]]
"""Dials a route and returns what the database behind it answered; raises :class:`NotProven`."""

Plan = Callable[[Endpoint], Sequence[Route]]
"""The routes of an endpoint as it is now."""


class EndpointWork:
    """The steps that endpoints of all products share. Each may be repeated.

    An endpoint is reached at its addresses of this machine and, where it lies in a VPC and the system has namespaces,
    at its address inside that VPC.

    :ivar relays: what carries it.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.relays = Relays(world)
        self._served: dict[str, tuple[Route, ...]] = {}

    def work(self, endpoints: Sequence[Endpoint], plan: Plan, prove: Prove, seen: dict[str, Any]) -> None:
        """Brings up what is Creating, takes down what is Releasing, moves what is Changing, tends what serves; then
        ends what has served its time.

        :param seen: what was seen is added to it, by endpoint. :raises Later: as the steps.
        """
        for endpoint in endpoints:
            if endpoint.status == "Releasing":
                seen[endpoint.id] = {"released": self.take_down(endpoint)}
            elif endpoint.status == "Creating":
                seen[endpoint.id] = {"serving": self.bring_up(endpoint, plan, prove)}
            elif endpoint.status in ("Changing", "Leaving"):
                seen[endpoint.id] = {"moved": self.move(endpoint, plan, prove)}
            else:
                self.tend(endpoint, plan, prove)
        self.end_expired(endpoints, seen)

    def end_expired(self, endpoints: Sequence[Endpoint], seen: dict[str, Any]) -> list[Endpoint]:
        """Takes down the endpoints whose time is over, and what is left of them.

        It needs no server: an instance whose server is away loses them in time.

        :param endpoints: all of an instance, as they were read. :return: the others, in the same order.
        :raises Later: as :meth:`take_down`.
        """
        if not any(one.expires for one in endpoints):
            return list(endpoints)
        with self._world.store.write() as tx:
            ended = begin_endings(tx, endpoints[0].parent)
        for endpoint in ended:
            seen[endpoint.id] = {"expired": self.take_down(endpoint)}
        gone = {one.id for one in ended}
        return [one for one in endpoints if one.id not in gone]

    def bring_up(self, endpoint: Endpoint, plan: Plan, prove: Prove) -> Evidence:
        """Makes an endpoint serve: its addresses listen, the database answered through each of them, its names resolve.

        :raises Later: the relay or the holder of its VPC is away, or an address turned out to be somebody else's and
            another one is tried.
        """
        endpoint = self._with_address(endpoint)
        routes = self._routes(endpoint, plan)
        evidence: dict[str, Any] = {}
        if routes:
            self._world.vpcs.publish(endpoint.vpc_id)
            ack = self.relays.replace(endpoint.id, routes)
            self._move_from_taken(endpoint, ack)
            evidence = self._prove(routes, prove)
            self._served[endpoint.id] = routes
        with self._world.store.write() as tx:
            current = tx.get(Endpoint, endpoint.id)
            if current is not None and current.status == "Creating":
                tx.put(
                    msgspec.structs.replace(current, status="Serving"),
                    evidence={"answered": evidence} if self._world.real else {"engines": "none"},
                )
        self._publish_names(endpoint)
        return evidence

    def take_down(self, endpoint: Endpoint) -> Evidence:
        """Ends an endpoint: its names, its listeners, its connections, its addresses, then its record.

        :raises Later: the relay or the holder of its VPC is away, or an address still accepts.
        """
        evidence = self._end(endpoint)
        with self._world.store.write() as tx:
            current = tx.get(Endpoint, endpoint.id)
            if current is not None and current.status == "Releasing":
                tx.remove(current, evidence=evidence)
        self._served.pop(endpoint.id, None)
        self._world.vpcs.forget(endpoint.id)
        self.relays.forget(endpoint.id)
        return evidence

    def close(self, endpoint: Endpoint) -> Evidence:
        """As :meth:`take_down`, of an endpoint that is Closing: its record stays, and with it its name and addresses.

        :raises Later: as :meth:`take_down`.
        """
        evidence = self._end(endpoint)
        with self._world.store.write() as tx:
            current = tx.get(Endpoint, endpoint.id)
            if current is not None and current.status == "Closing":
                tx.put(msgspec.structs.replace(current, status="Closed"), evidence=evidence)
        self._served.pop(endpoint.id, None)
        self._world.vpcs.forget(endpoint.id)
        return evidence

    def _end(self, endpoint: Endpoint) -> Evidence:
        """Ends names, listeners, connections and the address inside the VPC."""
        if not self._world.real:
            return {"engines": "none"}
        self._publish_names(endpoint)
        acks = self.relays.withdraw(endpoint.id)
        self._world.vpcs.withdraw(endpoint)
        return closing(acks, self._refuse(self._places(endpoint, endpoint.door)))

    def open(self, endpoint: Endpoint, plan: Plan, prove: Prove) -> Evidence:
        """Makes an endpoint that is Changing serve at its other door as well.

        :return: what the database answered there.
        :raises Later: the relay or the holder of its VPC is away, or the port is somebody else's.
        """
        if not self._world.real:
            return {"engines": "none"}
        endpoint = self._with_address(endpoint)
        coming = self._routes(endpoint.exchanged(), plan)
        routes = tuple({route.key: route for route in (*self._routes(endpoint, plan), *coming)}.values())
        self._publish_vpcs(endpoint)
        self.relays.bind(endpoint.id, routes, anywhere=bool(endpoint.router))
        self._served.pop(endpoint.id, None)
        return {"answered": self._prove(coming, prove)}

    def move(self, endpoint: Endpoint, plan: Plan, prove: Prove) -> Evidence:
        """Has an endpoint serve at its other door and nowhere else.

        The old name, port and address serve until the database answered at the new ones. Then the old name leads
        nowhere and, where the port or the address in a VPC is another one, the former listeners close and their
        connections end. A change of the name alone ends no connection. One of the address in a VPC ends all, those of
        this machine's clients too: at the vendor everybody has to dial again.

        :return: what was closed. :raises Later: as :meth:`open`, or the old port still accepts.
        """
        if endpoint.status == "Changing":
            evidence = self.open(endpoint, plan, prove)
            with self._world.store.write() as tx:
                current = tx.get(Endpoint, endpoint.id)
                if current is None or current.status != "Changing":
                    raise Later(0.0, f"{endpoint.id} is not what it was")
                endpoint = msgspec.structs.replace(current.exchanged(), status="Leaving")
                tx.put(endpoint, evidence=evidence)
        return self._leave(endpoint, plan)

    def _leave(self, endpoint: Endpoint, plan: Plan) -> Evidence:
        """Closes the door at which an endpoint was reached before."""
        former = endpoint.other
        assert former is not None
        evidence: Evidence = {"engines": "none"}
        if self._world.real:
            self._publish_names(endpoint)
            routes = self._routes(endpoint, plan)
            ack = self.relays.bind(endpoint.id, routes, anywhere=bool(endpoint.router))
            now = self._places(endpoint, endpoint.door)
            left = self._refuse([place for place in self._places(endpoint, former) if place not in now])
            evidence = {"name": endpoint.name, "former_name": former.name, **closing([ack], left)}
            if (former.vpc_id, former.vpc_address) != (endpoint.vpc_id, endpoint.vpc_address):
                evidence["cut_elsewhere"] = self.relays.cut(endpoint.id)
            self._served[endpoint.id] = routes
        with self._world.store.write() as tx:
            current = tx.get(Endpoint, endpoint.id)
            if current is not None and current.status == "Leaving":
                give_back(tx, current, former)
                tx.put(msgspec.structs.replace(current, status="Serving", other=None), evidence=evidence)
        return evidence

    def tend(self, endpoint: Endpoint, plan: Plan, prove: Prove) -> None:
        """Tells the relay what changed of an endpoint that serves (a whitelist, its ports).

        What listens anew is proven before the names lead there.

        :raises Later: the relay or the holder of its VPC is away, or could not bind an address after a restart.
        """
        endpoint = self._with_address(endpoint)
        routes = self._routes(endpoint, plan)
        if self._served.get(endpoint.id) == routes or not self._world.real or (endpoint.ports and not routes):
            return
        served = self.relays.told(endpoint.id)
        known = {route.place for route in served}
        moved = known != {route.place for route in routes}
        if moved:
            self._world.vpcs.keep(
                endpoint.id, [(place.address, place.port) for place in known if place.vantage == endpoint.vpc_id]
            )
            self._world.vpcs.publish(endpoint.vpc_id)
        self.relays.bind(endpoint.id, routes, anywhere=bool(endpoint.router))
        if moved:
            self._prove([route for route in routes if route.place not in known], prove)
            self._world.vpcs.keep(endpoint.id, ())
            self._publish_names(endpoint)
        self._served[endpoint.id] = routes

    def reach(self, endpoint: Endpoint, addresses: Sequence[str], plan: Plan, prove: Prove) -> None:
        """Has an endpoint listen at more addresses, each proven; nobody is told of them yet. May be repeated.

        :param addresses: all that it is to have. :param plan: the routes to all of them.
        :raises Later: the relay or the holder of its VPC is away, or an address does not serve yet.
        """
        if endpoint.addresses == tuple(addresses):
            self.tend(endpoint, plan, prove)
            return
        routes = self._routes(endpoint, plan)
        if self._served.get(endpoint.id) == routes:
            return
        known = (*endpoint.addresses, endpoint.vpc_address)
        # A relay that was told before this process began may listen at sockets that the VPC has given up since.
        told = [route for route in routes if route.address in known]
        self.relays.bind(endpoint.id, told, anywhere=bool(endpoint.router))
        self._keep(endpoint, addresses)
        self.relays.bind(endpoint.id, routes, anywhere=bool(endpoint.router))
        self._prove([route for route in routes if route not in told], prove)
        self._served[endpoint.id] = routes

    def widen(self, endpoint: Endpoint, addresses: tuple[str, ...]) -> None:
        """Tells of the addresses that :meth:`reach` proved. May be repeated.

        :raises Later: the holder of its VPC is away.
        """
        if endpoint.addresses != addresses:
            self._record(endpoint, addresses)
            self._keep(endpoint, ())
            self._publish_names(endpoint)

    def narrow(self, endpoint: Endpoint, addresses: tuple[str, ...], plan: Plan, left: Sequence[str]) -> Evidence:
        """Has an endpoint serve at fewer addresses: names lead there no more, then its clients there are cut. May be
        repeated.

        :param addresses: all that it keeps. :param plan: the routes to those. :param left: those that it loses.
        :return: what was closed. :raises Later: the relay or the holder of its VPC is away, or one still accepts.
        """
        self._keep(endpoint, (*addresses, *left))
        self._record(endpoint, addresses)
        self._publish_names(endpoint)
        routes = self._routes(endpoint, plan)
        ack = self.relays.bind(endpoint.id, routes, anywhere=bool(endpoint.router))
        self._keep(endpoint, ())
        closed = [
            place
            for place in self._places(msgspec.structs.replace(endpoint, addresses=tuple(left)), endpoint.door)
            if place.address in left
        ]
        self._refuse(closed)
        self._served[endpoint.id] = routes
        return closing([ack], closed)

    def _keep(self, endpoint: Endpoint, addresses: Sequence[str]) -> None:
        """Has the VPC carry addresses that the record does not name yet, or any more; of those it names, all."""
        self._world.vpcs.keep(endpoint.id, [(address, port) for address in addresses for port in endpoint.ports])
        self._world.vpcs.publish(endpoint.vpc_id)

    def _record(self, endpoint: Endpoint, addresses: tuple[str, ...]) -> None:
        """Stores where an endpoint is reached."""
        with self._world.store.write() as tx:
            current = tx.get(Endpoint, endpoint.id)
            if current is not None and current.addresses != addresses:
                tx.put(msgspec.structs.replace(current, addresses=addresses))

    def leave_other_relays(self, endpoint: Endpoint, plan: Plan) -> None:
        """Frees the addresses of an endpoint that another relay serves from now on; :meth:`tend` goes on.

        :raises Later: a relay is away.
        """
        routes = self._routes(endpoint, plan)
        if routes:
            self.relays.leave_others(endpoint.id, routes)

    def proof(self, endpoint: Endpoint, plan: Plan, prove: Prove, *, port: int = 0) -> Evidence:
        """What dials of an endpoint show now, at each of its addresses.

        :param port: of this port only; 0: of all. :raises Later: one does not lead where it should.
        """
        if not self._world.real:
            return {"engines": "none"}
        routes = self._routes(endpoint, plan)
        return {"answered": self._prove([route for route in routes if port in (0, route.port)], prove)}

    def refused(self, endpoint: Endpoint, ports: Sequence[int]) -> list[Place]:
        """Where dials of these ports are refused: at every address of the endpoint.

        :raises Later: one still accepts.
        """
        if not self._world.real:
            return []
        door = msgspec.structs.replace(endpoint.door, port=0)
        asked = msgspec.structs.replace(endpoint, more_ports=tuple(ports))
        return self._refuse(self._places(asked, door))

    def _routes(self, endpoint: Endpoint, plan: Plan) -> tuple[Route, ...]:
        """Where an endpoint listens: on this machine, and in its VPC where that is possible."""
        routes = tuple(plan(endpoint))
        return (*routes, *routes_inside(endpoint, routes)) if routes and self._world.vpcs.possible else routes

    def _prove(self, routes: Sequence[Route], prove: Prove) -> dict[str, Any]:
        try:
            return {str(route.place): prove(self._world.dialler, route) for route in routes}
        except NotProven as error:
            raise Later(0.05, str(error)) from error

    def _publish_names(self, endpoint: Endpoint) -> None:
        if self._world.real:  # without engines nothing has an address
            self._world.names.publish()
            self._publish_vpcs(endpoint)

    def _publish_vpcs(self, endpoint: Endpoint) -> None:
        """The VPC that an endpoint is in, and the one that it comes to or comes from."""
        self._world.vpcs.publish(endpoint.vpc_id)
        if endpoint.other and endpoint.other.vpc_id != endpoint.vpc_id:
            self._world.vpcs.publish(endpoint.other.vpc_id)

    def _refuse(self, places: list[Place]) -> list[Place]:
        """The same places, once dials of each are refused.

        :raises Later: one still accepts.
        """
        still = [place for place in places if not self._world.dialler.refuses(*place)]
        if still:
            raise Later(0.05, f"{', '.join(map(str, still))} still accepts")
        return places

    def _places(self, endpoint: Endpoint, door: Door) -> list[Place]:
        """Where one door of an endpoint is dialled."""
        ports = [port for port in (door.port, *endpoint.more_ports) if port]
        places = [Place("host", address, port) for address in endpoint.addresses for port in ports]
        if self._world.vpcs.possible:
            inside = addresses_inside(endpoint, door)
            places += [Place(door.vpc_id, address, port) for address in inside for port in ports]
        return places

    def _with_address(self, endpoint: Endpoint) -> Endpoint:
        """Chooses and stores the endpoint's address of this machine, unless its addresses are its nodes'."""
        if endpoint.addresses or not self._world.real:
            return endpoint
        with self._world.store.write() as tx:
            current = tx.get(Endpoint, endpoint.id)
            if current is None or current.addresses:
                return current or endpoint
            address = take_host_address(tx, current)
            chosen = msgspec.structs.replace(current, addresses=(address,))
            tx.put(chosen)
        return chosen

    def _move_from_taken(self, endpoint: Endpoint, ack: Ack) -> None:
        """Another program of this machine may use an address of our pool: then another one is chosen."""
        failures = [bound for bound in ack.bound if bound.error]
        inside = [bound for bound in failures if bound.address not in endpoint.addresses]
        if inside:
            raise Later(0.1, f"in {endpoint.vpc_id}: {', '.join(f'{one.address} {one.error}' for one in inside)}")
        failed = [f"{bound.address}:{bound.port} {bound.error}" for bound in failures]
        if endpoint.net != "direct" and endpoint.port != BUS_PORT:
            # Another data folder's shard has the address for its own direct endpoint, whatever the port of that.
            failed += [f"{address}:{BUS_PORT}" for address in endpoint.addresses if not is_free(address, BUS_PORT)]
        if not failed:
            return
        text = ", ".join(failed)
        if endpoint.net == "direct":
            raise Later(0.5, f"a shard's address is in use: {text}")
        with self._world.store.write() as tx:
            current = tx.get(Endpoint, endpoint.id)
            if current is not None and current.addresses == endpoint.addresses:
                address = take_host_address(tx, current, avoid=frozenset(endpoint.addresses))
                for taken in endpoint.addresses:
                    tx.unclaim(ADDRESSES, taken, current)
                tx.put(msgspec.structs.replace(current, addresses=(address,)))
        raise Later(0.0, f"an address is in use: {text}")
