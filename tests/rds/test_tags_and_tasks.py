"""Tags of RDS instances, tasks under way, and reads of settings, by the official SDK; without servers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from alibabacloud_rds20140815 import models as rds

from tests.rds.conftest import Rds
from tests.running import Running, refused, until

WHERE = {"region_id": "cn-hangzhou", "resource_type": "INSTANCE"}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rds]:
    with Running(tmp_path_factory.mktemp("none"), "--engines", "none") as running:
        yield Rds(running)


@pytest.fixture
def instance(found: Rds) -> Iterator[str]:
    made = found.create("MySQL", "8.0")
    yield made
    found.delete(made)


def tag(found: Rds, ids: list[str], tags: list[tuple[str, str]], **more: str) -> None:
    found.api.tag_resources(
        rds.TagResourcesRequest(
            **{**WHERE, **more},
            resource_id=ids,
            tag=[rds.TagResourcesRequestTag(key=key, value=value) for key, value in tags],
        )
    )


def tags(found: Rds, **more: Any) -> dict[str, dict[str, str]]:
    body = found.api.list_tag_resources(rds.ListTagResourcesRequest(**{**WHERE, **more})).body
    shown: dict[str, dict[str, str]] = {}
    for one in body.tag_resources.tag_resource:
        assert one.resource_type == "ALIYUN::RDS::INSTANCE"
        shown.setdefault(one.resource_id, {})[one.tag_key] = one.tag_value
    return shown


def untag(found: Rds, ids: list[str], **more: Any) -> None:
    found.api.untag_resources(rds.UntagResourcesRequest(**{**WHERE, **more}, resource_id=ids))


def add(found: Rds, ids: str, **more: Any) -> None:
    found.api.add_tags_to_resource(rds.AddTagsToResourceRequest(region_id="cn-hangzhou", dbinstance_id=ids, **more))


def remove(found: Rds, ids: str, **more: Any) -> None:
    found.api.remove_tags_from_resource(
        rds.RemoveTagsFromResourceRequest(region_id="cn-hangzhou", dbinstance_id=ids, **more)
    )


def described(found: Rds, **more: Any) -> dict[tuple[str, str], list[str]]:
    body = found.api.describe_tags(rds.DescribeTagsRequest(region_id="cn-hangzhou", **more)).body
    return {(one.tag_key, one.tag_value): one.dbinstance_ids.dbinstance_ids for one in body.items.tag_infos}


def test_tags(found: Rds, instance: str) -> None:
    other = found.create("MySQL", "8.0")
    tag(found, [instance, other], [("team", "red"), ("stage", "")])
    tag(found, [instance], [("team", "blue")])
    assert tags(found, resource_id=[instance]) == {instance: {"team": "blue", "stage": ""}}
    wanted = [rds.ListTagResourcesRequestTag(key="team", value="red")]
    assert tags(found, tag=wanted) == {other: {"team": "red", "stage": ""}}
    assert described(found) == {
        ("team", "blue"): [instance], ("stage", ""): [instance, other], ("team", "red"): [other],
    }  # fmt: skip
    listed = found.api.describe_dbinstances(
        rds.DescribeDBInstancesRequest(region_id="cn-hangzhou", tags='{"team":"red"}')
    ).body.items.dbinstance
    assert [one.dbinstance_id for one in listed] == [other]
    untag(found, [instance, other], tag_key=["team", "missing"])
    assert tags(found, resource_id=[instance, other]) == {instance: {"stage": ""}, other: {"stage": ""}}
    untag(found, [instance, other], all=True)
    assert described(found) == {}
    found.delete(other)


def test_the_older_tag_operations(found: Rds, instance: str) -> None:
    add(found, instance, tags='{"a":"1","b":"2"}')
    add(found, instance, tag=[rds.AddTagsToResourceRequestTag(key="c", value="3")])
    assert described(found, dbinstance_id=instance, tags='{"a":""}') == {("a", "1"): [instance]}
    remove(found, instance, tags='{"a":"other","b":"2"}')
    remove(found, instance, tag=[rds.RemoveTagsFromResourceRequestTag(key="c", value="")])
    assert described(found, dbinstance_id=instance) == {("a", "1"): [instance]}


def _given(usual: dict[str, Any], values: Any) -> dict[str, Any]:
    return {**usual, **values}


def test_refused_tags(found: Rds, instance: str) -> None:
    many = [(f"k{number}", "") for number in range(21)]
    for code, values in (
        ("NumberExceed.Tags", {"tags": many}),
        ("NumberExceed.ResourceIds", {"ids": ["x"] * 51}),
        ("Duplicate.TagKey", {"tags": [("a", "1"), ("a", "2")]}),
        ("InvalidTagKey.Malformed", {"tags": [("aliyun-own", "")]}),
        ("InvalidTagValue.Malformed", {"tags": [("a", "x" * 129)]}),
        ("InvalidResourceId.NotFound", {"ids": [instance, "rm-unknown"]}),
        ("InvalidResourceId.NotFound", {"region_id": "cn-beijing"}),
        ("InvalidParameter.ResourceType", {"resource_type": "CUSTOM"}),
    ):
        with refused(code, 400):
            tag(found, **_given({"ids": [instance], "tags": [("a", "")]}, values))
    tag(found, [instance], many[:20])
    with refused("OperationDenied.QuotaExceed", 400):
        tag(found, [instance], [("one-more", "")])
    for code, given in (
        ("NumberExceed.Tags", {"tag_key": [key for key, _ in many]}),
        ("NumberExceed.ResourceIds", {"ids": ["x"] * 51}),
        ("InvalidResourceId.NotFound", {"ids": ["rm-unknown"]}),
        ("InvalidParameter.ResourceType", {"resource_type": "CUSTOM"}),
    ):
        with refused(code, 400):
            untag(found, **_given({"ids": [instance]}, given))
    for code, asked in (
        ("BothEmpty.TagsAndResources", {}),
        ("NumberExceed.Tags", {"tag": [rds.ListTagResourcesRequestTag(key=key) for key, _ in many]}),
        ("NumberExceed.ResourceIds", {"resource_id": ["x"] * 51}),
        ("InvalidResourceId.NotFound", {"resource_id": ["rm-unknown"]}),
        ("InvalidParameter.ResourceType", {"resource_id": [instance], "resource_type": "CUSTOM"}),
        ("InvalidNextToken", {"resource_id": [instance], "next_token": "wrong"}),
    ):
        with refused(code, 400):
            tags(found, **_given({}, asked))


def test_refused_older_tags(found: Rds, instance: str) -> None:
    key = rds.AddTagsToResourceRequestTag
    for code, status, values in (
        ("InvalidTagKey.Malformed", 401, {"tags": '{"acs:x":""}'}),
        ("Tag.TagValueTooLong", 400, {"tag": [key(key="a", value="x" * 129)]}),
        ("Tag.TagKeyDuplex", 400, {"tag": [key(key="a", value="1"), key(key="a", value="2")]}),
        ("Tag.Allow5TagInfos", 400, {"tag": [key(key=f"k{number}", value="") for number in range(6)]}),
        ("Tag.SetTagInfoAtTwoParameter", 400, {"tags": '{"a":""}', "tag": [key(key="b", value="")]}),
        ("Tag.InvalidTagsParameter", 400, {"tags": "words"}),
        ("Tag.NoTagInfoExist", 400, {}),
        ("Tag.TooManyDBInstanceIds", 400, {"ids": ",".join(f"rm-{n}" for n in range(31)), "tags": '{"a":""}'}),
        ("InvalidDBInstanceId.NotFound", 404, {"ids": "rm-unknown", "tags": '{"a":""}'}),
    ):
        with refused(code, status):
            add(found, **_given({"ids": instance}, values))
    with refused("Tag.NoTagInfoExist", 400):
        remove(found, instance)
    with refused("InvalidDBInstanceId.NotFound", 404):
        described(found, dbinstance_id="rm-unknown")


def test_a_transition_is_a_task(found: Rds, instance: str) -> None:
    def tasks(**more: Any) -> list[Any]:
        reply = found.api.describe_tasks(rds.DescribeTasksRequest(dbinstance_id=instance, **more))
        assert reply.body.total_record_count >= reply.body.page_record_count
        return list(reply.body.items.task_progress_info)

    assert tasks() == []
    found.api.stop_dbinstance(rds.StopDBInstanceRequest(dbinstance_id=instance, region_id="cn-hangzhou"))
    (task,) = tasks()
    assert (task.task_action, task.status) == ("StopDBInstance", "Processing")
    assert tasks(task_action="DeleteDBInstance") == []
    until("Stopped", lambda: found.status(instance) == "Stopped")
    assert tasks() == []
    started = found.api.start_dbinstance(rds.StartDBInstanceRequest(dbinstance_id=instance)).body
    (task,) = tasks()
    assert (task.task_id, task.task_action) == (str(started.task_id), "StartDBInstance")
    found.wait_running(instance)
    with refused("InvalidDBInstanceId.NotFound", 400):
        found.api.describe_tasks(rds.DescribeTasksRequest(dbinstance_id="rm-unknown"))


READS: dict[str, Callable[[Any, str], Any]] = {
    "monitor": lambda api, id: api.describe_dbinstance_monitor(rds.DescribeDBInstanceMonitorRequest(dbinstance_id=id)),
    "collector": lambda api, id: api.describe_sqlcollector_policy(
        rds.DescribeSQLCollectorPolicyRequest(dbinstance_id=id)
    ),
    "retention": lambda api, id: api.describe_sqlcollector_retention(
        rds.DescribeSQLCollectorRetentionRequest(dbinstance_id=id)
    ),
    "key": lambda api, id: api.describe_dbinstance_encryption_key(
        rds.DescribeDBInstanceEncryptionKeyRequest(dbinstance_id=id)
    ),
    "tde": lambda api, id: api.describe_dbinstance_tde(rds.DescribeDBInstanceTDERequest(dbinstance_id=id)),
    "parameters": lambda api, id: api.describe_parameters(rds.DescribeParametersRequest(dbinstance_id=id)),
    "hba": lambda api, id: api.describe_pghba_config(rds.DescribePGHbaConfigRequest(dbinstance_id=id)),
    "renewal": lambda api, id: api.describe_instance_auto_renewal_attribute(
        rds.DescribeInstanceAutoRenewalAttributeRequest(dbinstance_id=id, region_id="cn-hangzhou")
    ),
    "groups": lambda api, id: api.describe_security_group_configuration(
        rds.DescribeSecurityGroupConfigurationRequest(dbinstance_id=id)
    ),
    "ha": lambda api, id: api.describe_haswitch_config(
        rds.DescribeHASwitchConfigRequest(dbinstance_id=id, region_id="cn-hangzhou")
    ),
    "diagnose": lambda api, id: api.describe_hadiagnose_config(
        rds.DescribeHADiagnoseConfigRequest(dbinstance_id=id, region_id="cn-hangzhou")
    ),
    "templates": lambda api, id: api.describe_instance_linked_whitelist_template(
        rds.DescribeInstanceLinkedWhitelistTemplateRequest(ins_name=id)
    ),
}


@pytest.mark.parametrize("name", sorted(READS.keys() - {"groups"}))
def test_an_unknown_instance_has_no_settings(found: Rds, name: str) -> None:
    with refused("InvalidDBInstanceId.NotFound", 400):
        READS[name](found.api, "rm-unknown")


def test_settings(found: Rds, instance: str) -> None:
    postgres = found.create("PostgreSQL", "15.0")
    bodies = {name: READS[name](found.api, postgres).body for name in READS}
    assert bodies["monitor"].period == "300"
    assert (bodies["collector"].sqlcollector_status, bodies["retention"].config_value) == ("Disabled", "30")
    assert (bodies["key"].encryption_key, bodies["tde"].tdestatus) == ("", "Disabled")
    assert (bodies["parameters"].engine, bodies["parameters"].engine_version) == ("PostgreSQL", "15.0")
    assert [one.method for one in bodies["hba"].running_hba_items.hba_item] == ["scram-sha-256"]
    assert (bodies["ha"].haconfig, bodies["diagnose"].tcp_connection_type) == ("Auto", "SHORT")
    assert (bodies["groups"].dbinstance_name, bodies["templates"].data.ins_name) == (postgres, postgres)
    assert bodies["renewal"].items.item == []
    with refused("IncorrectDBInstanceEngine", 403):
        READS["hba"](found.api, instance)
    prepaid = found.create("MySQL", "8.0", pay_type="Prepaid", period="Month", used_time="1")
    (renewal,) = READS["renewal"](found.api, prepaid).body.items.item
    assert (renewal.dbinstance_id, renewal.auto_renew) == (prepaid, "False")
    whole = found.api.describe_instance_auto_renewal_attribute(
        rds.DescribeInstanceAutoRenewalAttributeRequest(region_id="cn-hangzhou")
    ).body
    assert [one.dbinstance_id for one in whole.items.item] == [prepaid]
    for made in (postgres, prepaid):
        found.delete(made)
