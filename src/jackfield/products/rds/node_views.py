"""Nodes of an instance as DescribeDBInstanceAttribute shows them."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from jackfield.products.operation import Shape
from jackfield.products.rds.nodes import nodes
from jackfield.products.rds.resources import DBInstance


class ClusterNode(Shape):
    """A node of an instance of the cluster edition."""

    node_id: str
    node_role: str
    node_region_id: str
    node_zone_id: str
    class_code: str
    status: str


class ClusterNodes(Shape):
    db_cluster_node: tuple[ClusterNode, ...]


def cluster_nodes(instance: DBInstance) -> ClusterNodes | UnsetType:
    """Of the cluster edition; other editions do not show them."""
    if instance.category != "cluster":
        return UNSET
    return ClusterNodes(
        db_cluster_node=tuple(
            ClusterNode(
                node_id=node.number,
                node_role="primary" if node.primary else "secondary",
                node_region_id=instance.region,
                node_zone_id=node.zone_id,
                class_code=instance.instance_class,
                status=instance.status,
            )
            for node in nodes(instance)
        )
    )
