"""TLS with clients, ended before the databases: loaded with the first route that has it.

``front.Front`` stands before the upstream of a route. The way of a client: a ``session`` finds out whether the client
encrypts at all. One that does not is handed to the upstream as it is. For one that does a ``bridge`` decrypts: the
upstream serves the other end of a socket pair, and knows nothing of TLS. So everything that upstreams do (holds,
half-closes, the command router) is the same with TLS as without.
"""
