"""Speaking to adopted databases. Loaded with the first of them, to keep the start quick."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jackfield.engines.engine import EngineError, Health
from jackfield.engines.external import ExternalEngine, ExternalNode, Found
from jackfield.engines.external.node import NO_PATH
from jackfield.engines.wire.stream import Stream
from jackfield.products.adopted import Adopted
from jackfield.reconcile.adopted import health
from jackfield.reconcile.dialling import Dialler, NotProven
from jackfield.reconcile.servers import Server
from jackfield.relay.route import Route
from jackfield.store.secrets import KeyRing

OWN_ADDRESS = "its address is one of this Jackfield's own"


class AdoptedServer(Server[Any]):
    """Somebody else's server, in the place of one of ours.

    It is not started, stopped or deleted, and has no accounts of ours: operations that want that are refused before
    they begin (``products/adopted.py``), and the engine can not do it.

    :param id: the instance's.
    """

    def __init__(self, id: str, adopted: Adopted, keyring: KeyRing) -> None:
        self._external = ExternalEngine()
        self._adopted = adopted
        node = ExternalNode(
            id=id,
            protocol=adopted.protocol,
            host=adopted.host,
            port=adopted.port,
            socket=Path(adopted.socket) if adopted.socket else NO_PATH,
            user=adopted.user,
            password=keyring.unseal(adopted.secret, context=id) if adopted.secret else "",
        )
        engine: Any = self._external
        super().__init__(engine, node, self._log_in_as_ours)

    @property
    def target(self) -> str:
        """Where it answered last."""
        return self._adopted.target

    def find(self, own: ipaddress.IPv4Network) -> Found:
        """Where it answers now, or why it does not.

        :param own: the addresses of this Jackfield's endpoints: one that leads back to them would lead nowhere.
        """
        return self._external.find(self._node, known=self._adopted.target, avoid=(own,), shun=OWN_ADDRESS)

    def ready(self) -> bool:
        return not self._adopted.away

    def health(self) -> Health:
        return health(self._adopted)

    def prove(self, dialler: Dialler, route: Route) -> Mapping[str, Any]:
        """Dials a route and speaks to what is behind it. Without an account of the database's it proves that such a
        server answers, not which one.

        :raises NotProven: it does not answer as the database does.
        """
        try:
            with dialler.dialled(route) as sock:
                version = self._external.speak(self._node, Stream.over(sock), behind=True)
        except EngineError as error:
            raise NotProven(f"{route.address}:{route.port}: {error}") from error
        return {"adopted": self._adopted.place, "version": version, "user": self._adopted.user}

    def _log_in_as_ours(self, stream: Stream, user: str, password: str) -> Mapping[str, Any]:
        """:raises ServerError, Unreachable: see ``LogIn``."""
        node: ExternalNode = self._node
        with_account = ExternalNode(id=node.id, protocol=node.protocol, user=user, password=password)
        return {"version": self._external.speak(with_account, stream, behind=True)}
