"""The RESP router: the ordinary address of a Redis cluster, where a client of one big server feels at home.

``upstream.RespUpstream(loop, route)`` is what the relay uses. The way of a command: ``session`` frames it
(``requests`` where the fast path does not), ``dispatch`` decides who answers it, ``slots`` says which shard, a ``link``
of the client's ``identity`` carries it there with others, and ``redirects`` follows it when the slot moved.
"""
