"""Errors that the vendor's documentation of their product does not list, each with the reason for saying them.

A line that is not needed any more makes a test fail. Whether an error belongs to its operation is differences.py's.
"""

from __future__ import annotations

TERRAFORM = "the vendor's Terraform provider waits and tries again on it"
WORDS = "the machine's own reason; the vendor's is about its stock"
VPCS = "VPC's, for the same rule; RDS documents none"

UNLISTED: dict[tuple[str, str, int], str] = {
    ("Nlb", "ResourceInConfiguring.VpcId", 400): "the form of the listed ResourceInConfiguring.VswitchId",
    ("Privatelink", "ConcurrentCallNotSupported", 400): TERRAFORM,
    ("R-kvstore", "InstanceType.NotSupport", 400): "what the Terraform provider takes for an instance without TDE",
    ("Rds", "InvalidAccountName.Malformed", 400): "the form of the listed errors about account names and passwords",
    ("Rds", "InvalidRegionId.NotFound", 404): VPCS,
    ("Rds", "InvalidVpcId.NotFound", 404): VPCS,
    ("Rds", "OperationDenied.ReadDBInstanceStatus", 403): TERRAFORM,
    ("Rds", "OperationDenied.DBInstanceStatus", 403): f"answered in the wild (listed with 400); {TERRAFORM}",
}
"""Product, code and status."""

REWORDED: dict[tuple[str, str, int], str] = {
    ("Nlb", "IllegalParam", 400): "for a listed value that is not built here, the reason follows the listed text",
    ("R-kvstore", "ResourceNotAvailable", 400): WORDS,
    ("Rds", "InsufficientResourceCapacity", 404): WORDS,
    ("Sts", "NoPermission", 403): "to the root of an account, which clients were seen to be answered so",
}
"""Listed, with another text."""

GATEWAYS_OWN: dict[str, str] = {
    "InvalidParameter.ContentType": "STS lists it",
    "InvalidSecurityToken.Expired": "exists at the vendor; its status and text are not published",
    "InvalidSecurityToken.MismatchWithAccessKey": "clients know it; its status and text are not published",
    "InvalidSecurityToken.Malformed": "exists at the vendor; its status and text are not published",
}
"""Codes of the gateway that the table of common errors lacks, and whose names do not say that they are Jackfield's."""

NO_ERROR_TABLE: dict[str, str] = {
    "Ram": "the metadata has none; its codes are those of the API's page of error messages",
    "Location": "the vendor publishes none; its codes are those that the core SDK reads",
    "Slb": "its SDK names none; errors.py says of each where it is from",
}
"""Products that are not compared."""
