"""A Jackfield without engines, a provider and a consumer, shared by the tests of a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.nlb.conftest import Network
from tests.privatelink.cloud import Side
from tests.running import Running


@pytest.fixture(scope="module")
def states(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Transitions last as long as the file's ``PACE`` says; ``fast`` where it says nothing."""
    options = ("--engines", "none", "--repeat-seconds", "0", "--pace", getattr(request.module, "PACE", "fast"))
    with Running(tmp_path_factory.mktemp("link"), *options) as running:
        yield running


@pytest.fixture(scope="module")
def provider(states: Running) -> Side:
    return Side(states)


@pytest.fixture(scope="module")
def consumer(states: Running) -> Side:
    return Side(states, "consumer")


@pytest.fixture(scope="module")
def inside(provider: Side) -> Network:
    """The provider's VPC."""
    return provider.nlb.network("10.6")


@pytest.fixture(scope="module")
def network(consumer: Side) -> Network:
    """The consumer's VPC."""
    return consumer.nlb.network("10.7")


@pytest.fixture(scope="module")
def balancer(provider: Side, inside: Network) -> str:
    """A load balancer of the provider's in both zones."""
    return provider.nlb.balancer(inside)
