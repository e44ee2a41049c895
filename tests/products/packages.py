"""The official SDK package of each product that has one."""

from __future__ import annotations

PACKAGES = {
    "R-kvstore": "alibabacloud_r_kvstore20150101",
    "Rds": "alibabacloud_rds20140815",
    "Privatelink": "alibabacloud_privatelink20200415",
    "Vpc": "alibabacloud_vpc20160428",
    "Ecs": "alibabacloud_ecs20140526",
    "Nlb": "alibabacloud_nlb20220430",
    "Slb": "alibabacloud_slb20140515",
    "Ram": "alibabacloud_ram20150501",
    "Sts": "alibabacloud_sts20150401",
}
