"""Errors of read/write splitting, database proxies and custom endpoints: the vendor's codes, statuses and texts."""

from __future__ import annotations

from jackfield.products.errors import ApiError


class SplittingExists(ApiError):
    """The instance has its splitting endpoint."""

    code = "NetTypeExists"
    status = 400
    message = "Specified net type already existed."


class SplittingNameDuplicate(ApiError):
    """Somebody has the connection string."""

    code = "InvalidConnectionString.Duplicate"
    status = 400
    message = "Specified connection string already exists in the RDS."


class NoReadInstance(ApiError):
    """There is nothing to split reads to."""

    code = "ReadDBInstance.NotFound"
    status = 403
    message = "The current database instance does not contain any read only instance."


class SplittingNotFound(ApiError):
    """The instance has no splitting endpoint."""

    code = "ReadUniformNetTypeNotExists"
    status = 400
    message = "The specified uniform read only network type does not exist."


class RequiredParamNotFound(ApiError):
    """DistributionType is Custom, and there is no Weight."""

    code = "RequiredParam.NotFound"
    status = 400
    message = "Required input param is not found."


class WeightFormat(ApiError):
    """Weights are no object of instances and multiples of 100."""

    code = "InvalidWeight.Format"
    status = 404
    message = "The Specified Weight format is not valid."


class WeightInvalid(ApiError):
    """As :class:`WeightFormat`, of a proxy's endpoint."""

    code = "InvalidParam"
    status = 404
    message = "The specified Weight is invalid."


class SplitInstanceType(ApiError):
    """The instance is a read-only one."""

    code = "IncorrectDBInstanceType"
    status = 403
    message = "Current DB instance type does not support this operation."


class ProxyInstanceType(ApiError):
    """As :class:`SplitInstanceType`."""

    code = "IncorrectDBInstanceType"
    status = 403
    message = "The database instance type does not support the operation."


class ProxyExists(ApiError):
    """The proxy is switched on that is on."""

    code = "MaxscaleAlreadyExist"
    status = 400
    message = "The Maxscale is already existed."


class ProxyNotFound(ApiError):
    """The instance has no proxy."""

    code = "Maxscale.NotFound"
    status = 404
    message = "The relative maxscale instance is not found."


class RelatedProxyNotFound(ApiError):
    """As :class:`ProxyNotFound`, in other words."""

    code = "Maxscale.NotFound"
    status = 404
    message = "The related maxscale instance is not found."


class ProxyParameters(ApiError):
    """A figure of the proxy is out of its range."""

    code = "InvalidParameters.Format"
    status = 400
    message = "Specified parameter is not valid"


class ProxyEndpointNotFound(ApiError):
    """The proxy has no such endpoint."""

    code = "Endpoint.NotFound"
    status = 404
    message = "Specified endpoint is not found."


class ProxyDefaultAddress(ApiError):
    """The last address of an endpoint stays."""

    code = "AtLeastOneNetTypeExists"
    status = 400
    message = "The current database instance network type does not support the operation"


class ProxyAddressExists(ApiError):
    """The endpoint has an address of the net type."""

    code = "NetTypeExists"
    status = 400
    message = "Specified net type already existed."


class ProxyAddressNotFound(ApiError):
    """The endpoint has no address of the net type."""

    code = "InvalidDBInstanceNetType.NotFound"
    status = 404
    message = "Specified DB instance net type is not found."


class ProxyStringNotFound(ApiError):
    """As :class:`ProxyAddressNotFound`, of a change."""

    code = "InvalidConnectionString.NotFound"
    status = 404
    message = "Specified connection string or net type is not found."


class ProxyNothingToChange(ApiError):
    """Neither a name nor a port is given."""

    code = "ParameterLeastAssociate"
    status = 400
    message = "Must input at least one optional parameter"


class ProxySameAddress(ApiError):
    """Name and port are those of now."""

    code = "InvalidConnectionStringOrPort.Duplicate"
    status = 400
    message = "Specified connection string or port want to be modified is the same with current net type."


class ProxyEndpointOperation(ApiError):
    """The proxy's first endpoint is deleted with the proxy."""

    code = "EndpointTypeOperation.NotSupport"
    status = 400
    message = "The endpoint type does not support the operation."


class ProxyVSwitch(ApiError):
    """No such vSwitch, or not in that VPC."""

    code = "InvalidVSwitchId.NotFound"
    status = 400
    message = "Specified vSwitch is not found in specified VPC."


class ProxyVSwitchNotFound(ApiError):
    """As :class:`ProxyVSwitch`, of a start."""

    code = "InvalidVSwitchId.NotFound"
    status = 404
    message = "The specified VSwitch is invalid."


class NotHaveProxy(ApiError):
    """The instance has no proxy."""

    code = "NotHaveProxy"
    status = 403
    message = "The current instance does not have a proxy."


class ProxySslString(ApiError):
    """The connection string is none of the endpoint's."""

    code = "InvalidDbProxyConnectionString.NotFound"
    status = 404
    message = "The specified database proxy connection string is not found."


class ProxySslEndpoint(ApiError):
    """The proxy has no such endpoint."""

    code = "Endpoint.NotFound"
    status = 404
    message = "The specified endpoint is not found."


class NodesJson(ApiError):
    """NodeItems is no JSON list of objects."""

    code = "InvalidNodeItems.JsonFormat"
    status = 400
    message = "NodeItems is not a json string."


class NodesBlank(ApiError):
    """There are no nodes."""

    code = "InvalidNodeItems.BlackNodeItems"
    status = 400
    message = "NodeItems is blank."


class NodesTwice(ApiError):
    """A node stands twice."""

    code = "InvalidNodeItems.DuplicateNodeId"
    status = 400
    message = "Duplicate nodeId, please ensure all nodeIds are different."


class NodesPrimary(ApiError):
    """The primary is among the nodes."""

    code = "InvalidNodeItems.RONodeIdPrimary"
    status = 400
    message = "ReadOnly endpoint can not contain primary node."


class NodesInstance(ApiError):
    """A node is of another instance."""

    code = "InvalidNodeItems.DBInstanceId"
    status = 400
    message = "Specified dbInstanceId is invalid"


class NodesUnknown(ApiError):
    """There is no such node."""

    code = "InvalidNodeItems.NodeId"
    status = 400
    message = "Specified Node id is invalid"


class NodesEmpty(ApiError):
    """An endpoint is left without nodes."""

    code = "EmptyEndpointNodeConfig"
    status = 400
    message = "Specified endpoint has no nodes, add node to endpoint first."


class NodesVpc(ApiError):
    """The VPC is not the instance's."""

    code = "InvalidConnVPCId"
    status = 403
    message = "Specified conn vpc id is not valid."


class NodesAddressExists(ApiError):
    """The endpoint has a public address."""

    code = "NetTypeExists"
    status = 403
    message = "Specified net type already existed."


class NodesName(ApiError):
    """The prefix is none."""

    code = "InvalidConnectionString.Format"
    status = 400
    message = "Specified connection string is not valid."


class NodesPrivateStays(ApiError):
    """Only a public address is deleted alone."""

    code = "InvalidNetType.Format"
    status = 400
    message = "Specified NetType is not valid."


class NodesInstanceUnknown(ApiError):
    """No such instance."""

    code = "InvalidDBInstanceName.NotFound"
    status = 400
    message = "The specified DB instance name does not exist."


class NodesStringNotFound(ApiError):
    """The endpoint has no such address."""

    code = "InvalidConnectionString.NotFound"
    status = 404
    message = "Specified connection string or net type is not found."


class NodesEndpointType(ApiError):
    """The only type that is made is Readonly."""

    code = "EndpointType.NotSupport"
    status = 400
    message = "Current db type is not support specified endpoint type."


class ProxyInstanceNotFound(ApiError):
    """No such instance."""

    code = "InvalidDBInstance.NotFound"
    status = 404
    message = "The specified instance does not exist or is not supported."


class ProxyVpc(ApiError):
    """The VPC is not the instance's."""

    code = "InvalidConnVPCId"
    status = 403
    message = "Specified conn vpc id is not valid."


class ProxyVpcInstance(ApiError):
    """The VPC, or the vSwitch, is none of the instance's."""

    code = "InvalidVpcInstanceId"
    status = 400
    message = "The specified VPC instance ID is invalid."


class ProxyNoTls(ApiError):
    """TLS is off, so it can neither end nor be renewed."""

    code = "InvalidDbProxyStatus"
    status = 400
    message = "The proxy status of the database is abnormal."
