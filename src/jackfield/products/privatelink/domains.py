"""Names of services, endpoints and zones. The zone stands in the first label, as real zone names have it (the
documents' examples have it the wrong way round).
"""

from __future__ import annotations


def service_name(service: str, region: str) -> str:
    """What consumers are told to ask for."""
    return f"com.aliyuncs.privatelink.{region}.{service}"


def service_domain(service: str, region: str) -> str:
    return f"{service}.{region}.privatelink.aliyuncs.com"


def endpoint_domain(endpoint: str, service: str, region: str) -> str:
    return f"{endpoint}.{service_domain(service, region)}"


def zone_domain(endpoint: str, zone: str, service: str, region: str) -> str:
    return f"{endpoint}-{zone}.{service_domain(service, region)}"
