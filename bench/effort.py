"""How much work a run does."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, kw_only=True)
class Effort:
    """Everything that makes a run longer or shorter.

    :param rounds: how often everything is measured; a budget is judged on seven or more.
    :param instances: among which one is described. :param listed: among which pages are read.
    :param moto_instances: the same at moto, whose look-ups take longer the more there are.
    :param reads: requests a round. :param writes: likewise. :param moto_calls: likewise, of each kind.
    :param gets: commands a round, one at a time. :param piped: commands a round, 16 at a time.
    :param churn: connections a round that are opened for one command. :param pings: commands of the lone client.
    :param idle: connections that are held for the memory figure. :param listeners: addresses of one relay.
    :param released: connections of the endpoint that is released.
    """

    rounds: int = 7
    instances: int = 10_000
    listed: int = 100_000
    moto_instances: int = 1_000
    reads: int = 2_500
    writes: int = 1_500
    moto_calls: int = 40
    gets: int = 30_000
    piped: int = 240_000
    churn: int = 2_000
    pings: int = 1_500
    idle: int = 5_000
    listeners: int = 10_000
    released: int = 1_000


FULL = Effort()

QUICK = replace(
    FULL,
    rounds=3,
    instances=2_000,
    listed=20_000,
    moto_instances=100,
    reads=1_000,
    writes=500,
    moto_calls=20,
    gets=8_000,
    piped=64_000,
    churn=500,
    pings=500,
    idle=2_000,
    listeners=2_000,
)
"""To see that everything works; its figures are no ground for a judgement."""
