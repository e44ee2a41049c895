"""The data plane: a process that listens on endpoints' addresses and carries bytes to databases.

Runs on its own (``python -m jackfield.relay``), keeps its routes on disk, and imports nothing of the rest of
the package. The control plane talks to it through :mod:`jackfield.relay.client`.
"""
