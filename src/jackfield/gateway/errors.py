"""The refusals that are the gateway's own, whatever the product.

Codes, statuses and texts are those of the vendor's table of common errors and of answers seen from it. Classes whose
name begins with ``Jackfield`` or whose docstring says so have no known counterpart there.
"""

from __future__ import annotations

from jackfield.products.errors import (
    AccessDenied,
    ApiError,
    InternalError,
    InvalidParameterValue,
    MissingParameterValue,
)

__all__ = ["AccessDenied", "InternalError", "InvalidParameterValue", "MissingParameterValue"]


class ActionNotFound(ApiError):
    """The product has no such operation."""

    code = "InvalidAction.NotFound"
    status = 404
    message = "Specified api is not found, please check your url and method."


class ApiNotFound(ApiError):
    """Nothing answers under this path."""

    code = "InvalidApi.NotFound"
    status = 404
    message = "Specified api is not found, please check your url and method."


class OperationNotBuilt(ApiError):
    """The vendor's product has the operation, Jackfield does not. A code of our own.

    Terraform takes a code for known when the server's is a prefix of it or when it stands anywhere in the error, and
    reads ``NotFound``, ``Throttling`` and 404 as gone or try again. So: no vendor's code, in whole or in part, and 400.
    """

    code = "JackfieldOperationNotBuilt"
    status = 400
    message = "Jackfield does not build the operation {operation} of {product} {version} yet."


class InvalidVersion(ApiError):
    """No product has this API version."""

    code = "InvalidVersion"
    status = 400
    message = "Specified parameter Version is not valid."


class InvalidFormat(ApiError):
    """``Format`` is neither JSON nor XML."""

    code = "InvalidParameter.Format"
    status = 400
    message = "Specified parameter format is not valid."


class InvalidContentType(ApiError):
    """A body that is no form. Code and status from the STS table of errors; the text names what is understood here."""

    code = "InvalidParameter.ContentType"
    status = 400
    message = 'The ContentType request header must be "application/x-www-form-urlencoded".'


class UnsupportedHttpMethod(ApiError):
    """Neither GET nor POST."""

    code = "UnsupportedHTTPMethod"
    status = 400
    message = "http method not supported"


class RequestTooLarge(ApiError):
    """The body is longer than is read. A code of our own, the vendor's is unknown."""

    code = "JackfieldRequestTooLarge"
    status = 413
    message = "The request body is longer than {most} bytes."


class RequestHasTooManyParameters(ApiError):
    """More parameters than are read. A code of our own, the vendor's is unknown."""

    code = "JackfieldTooManyParameters"
    status = 413
    message = "The request has more than {most} parameters."


class AccessKeyNotFound(ApiError):
    """Nobody has this access key."""

    code = "InvalidAccessKeyId.NotFound"
    status = 404
    message = "Specified access key is not found."


class AccessKeyInactive(ApiError):
    """The access key is switched off."""

    code = "InvalidAccessKeyId.Inactive"
    status = 400
    message = "Specified access key is disabled."


class InvalidSignatureMethod(ApiError):
    """Neither HMAC-SHA1 nor ACS3-HMAC-SHA256."""

    code = "InvalidSignatureMethod"
    status = 400
    message = "Specified signature method is not valid."


class SignatureDoesNotMatch(ApiError):
    """Another key, or another request than the one that was signed.

    The SDK cores split the text at its colon and compare what follows with their own string, to tell a wrong secret
    from a wrong string; the text is exact for that reason, and discloses the request's parameters as the vendor does.
    """

    code = "SignatureDoesNotMatch"
    status = 400
    message = "Specified signature is not matched with our calculation. server string to sign is:{string}"


class IncompleteSignature(ApiError):
    """The Authorization header is malformed, or does not sign what must be signed."""

    code = "IncompleteSignature"
    status = 400
    message = "The request signature does not conform to Aliyun standards. server string to sign is:{string}"


class SignatureNonceUsed(ApiError):
    """The same signed request came before."""

    code = "SignatureNonceUsed"
    status = 400
    message = "Specified signature nonce was used already."


class TimestampMalformed(ApiError):
    """Not ``yyyy-MM-ddTHH:mm:ssZ``."""

    code = "InvalidTimeStamp.Format"
    status = 400
    message = "Specified time stamp or date value is not well formatted."


class TimestampExpired(ApiError):
    """More than 15 minutes away from this machine's clock, either way."""

    code = "InvalidTimeStamp.Expired"
    status = 400
    message = "Specified time stamp or date value is expired."


class IdempotentParameterMismatch(ApiError):
    """The ClientToken came before, with other parameters."""

    code = "IdempotentParameterMismatch"
    status = 400
    message = "Request uses a client token in a previous request but is not identical to that request."


class DryRunOperation(ApiError):
    """``DryRun`` was asked for and every check passed; nothing was done. An error at the vendor, too."""

    code = "DryRunOperation"
    status = 400
    message = "Request validation has been passed with DryRun flag set."


class Throttling(ApiError):
    """Too many requests; 400, not 429."""

    code = "Throttling"
    status = 400
    message = "Request was denied due to request throttling."


class ThrottlingUser(ApiError):
    """Too many requests of this account."""

    code = "Throttling.User"
    status = 400
    message = "Request was denied due to user flow control."


class ThrottlingApi(ApiError):
    """Too many requests of this operation. The vendor's table paraphrases the text."""

    code = "Throttling.Api"
    status = 400
    message = "Request was denied due to api flow control."


class ForbiddenRam(AccessDenied):
    """As most products say it."""

    code = "Forbidden.RAM"
    status = 403
    message = "User not authorized to operate on the specified resource, or this API doesn't support RAM."


class NoPermission(AccessDenied):
    """As RAM, STS and newer products say it."""

    code = "NoPermission"
    status = 403
    message = "You are not authorized to do this action. You should be authorized by RAM."


class ServiceUnavailable(ApiError):
    """For the moment nothing can be done; clients try again."""

    code = "ServiceUnavailable"
    status = 503
    message = "The request has failed due to a temporary failure of the server."


class SecurityTokenExpired(ApiError):
    """The token of temporary credentials is over. Status and text are not verified against the vendor."""

    code = "InvalidSecurityToken.Expired"
    status = 400
    message = "Specified SecurityToken is expired."


class SecurityTokenMalformed(ApiError):
    """The token of temporary credentials is none of ours. Status and text are not verified against the vendor."""

    code = "InvalidSecurityToken.Malformed"
    status = 400
    message = "Specified SecurityToken is malformed."


class SecurityTokenMismatch(ApiError):
    """The token is another key's. Code from the vendor's clients; status and text are not verified."""

    code = "InvalidSecurityToken.MismatchWithAccessKey"
    status = 400
    message = "Specified SecurityToken mismatch with the AccessKey."


class MissingSecurityToken(ApiError):
    """A temporary key without its token. Status and text are not verified against the vendor."""

    code = "MissingSecurityToken"
    status = 400
    message = "SecurityToken is mandatory for this action."
