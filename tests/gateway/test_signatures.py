"""Captured and published signatures verify, and nothing else does."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from jackfield.gateway import signatures
from jackfield.gateway.authentication import Authenticator, seconds
from jackfield.gateway.context import Context
from jackfield.gateway.message import HttpRequest, parse_pairs
from jackfield.gateway.nonces import NonceLog
from jackfield.gateway.pipeline import choose_format, parse
from jackfield.identity.keys import KeyCache
from jackfield.identity.resources import AccessKey
from jackfield.products.errors import ApiError
from jackfield.store.secrets import KeyRing
from jackfield.store.sqlite import SqliteStore, open_store

DATA = json.loads((Path(__file__).parent / "data" / "signature-vectors.json").read_text())


class Vector(NamedTuple):
    name: str
    request: HttpRequest
    key_id: str
    secret: str
    expected: dict[str, str]


def _request(raw: dict[str, Any]) -> HttpRequest:
    path, _, query = raw["path"].partition("?")
    headers = [(name.lower().encode(), value.encode()) for name, value in raw["headers"]]
    return HttpRequest(raw["method"], path, query.encode(), headers, raw["body"].encode())


def _captured() -> Iterator[Vector]:
    for vector in DATA["vectors"]:
        for raw in vector["requests"]:
            key_id, secret = DATA["access_key_id"], DATA["access_key_secret"]
            yield Vector(vector["name"], _request(raw), key_id, secret, raw["expected"])


PUBLISHED = (
    Vector(
        "published v1",
        HttpRequest(
            "GET",
            "/",
            b"Timestamp=2016-02-23T12%3A46%3A24Z&Format=XML&AccessKeyId=testid&Action=DescribeRegions"
            b"&SignatureMethod=HMAC-SHA1&SignatureNonce=3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf&Version=2014-05-26"
            b"&SignatureVersion=1.0&Signature=OLeaidS1JvxuMvnyHOwuJ%2BuX5qY%3D",
            [(b"host", b"ecs.aliyuncs.com")],
            b"",
        ),
        "testid",
        "testsecret",
        {"signature": "OLeaidS1JvxuMvnyHOwuJ+uX5qY="},
    ),
    Vector(
        "published acs3",
        HttpRequest(
            "POST",
            "/",
            b"ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai",
            [
                (b"host", b"ecs.cn-shanghai.aliyuncs.com"),
                (b"x-acs-action", b"RunInstances"),
                (b"x-acs-content-sha256", signatures.EMPTY_HASH),
                (b"x-acs-date", b"2023-10-26T10:22:32Z"),
                (b"x-acs-signature-nonce", b"3156853299f313e23d1673dc12e1703d"),
                (b"x-acs-version", b"2014-05-26"),
                (
                    b"authorization",
                    b"ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;"
                    b"x-acs-date;x-acs-signature-nonce;x-acs-version,Signature="
                    b"06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0",
                ),
            ],
            b"",
        ),
        "YourAccessKeyId",
        "YourAccessKeySecret",
        {"signature": "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"},
    ),
)
VECTORS = [*_captured(), *PUBLISHED]
IDS = [vector.name for vector in VECTORS]
ACS3 = [vector for vector in VECTORS if any(name == b"authorization" for name, _ in vector.request.headers)]
V1 = [vector for vector in VECTORS if vector not in ACS3]


class Judge:
    """Authenticates against a store that holds the vectors' keys, and for each a key of another secret."""

    def __init__(self, folder: Path) -> None:
        self.keyring = KeyRing.open(folder)
        self.store: SqliteStore = open_store(folder / "store.db")
        with self.store.write() as tx:
            for key_id, secret in {(vector.key_id, vector.secret) for vector in VECTORS}:
                sealed = self.keyring.seal(secret, context=key_id)
                tx.put(AccessKey(id=key_id, account="1" * 16, parent="1" * 16, status="Active", secret=sealed))
        self.keys = with_tokens(KeyCache(self.store, self.keyring))

    def accepts(self, request: HttpRequest, at: float, keys: KeyCache | None = None) -> bool:
        context = Context(request, at)
        try:
            parse(context)
            choose_format(context)
            Authenticator(keys or self.keys, NonceLog())(context)
        except ApiError:
            return False
        return context.found is context.key


def with_tokens(keys: KeyCache) -> KeyCache:
    """The cache with the vectors' security tokens, which are the vendor's own: no key ring of ours opens them."""
    for vector in VECTORS:
        token = dict(vector.request.headers).get(b"x-acs-security-token", b"").decode()
        token = token or dict(parse_pairs(vector.request.query + b"&" + vector.request.body)).get("SecurityToken", "")
        found = keys.find(vector.key_id)
        if token and found is not None:
            keys._keep(keys._sessions, token, msgspec.structs.replace(found, sealed=token, expires=math.inf))
    return keys


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    made = Judge(tmp_path_factory.mktemp("judge"))
    yield made
    made.store.close()


def _signed_at(vector: Vector) -> float:
    for name, value in vector.request.headers:
        if name == b"x-acs-date":
            return seconds(value.decode())
    return seconds(dict(parse_pairs(vector.request.query + b"&" + vector.request.body))["Timestamp"])


def _changes(data: bytes) -> Iterator[bytes]:
    """Every way of changing one byte by one bit, the lowest."""
    for at in range(len(data)):
        yield data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def _with_header(request: HttpRequest, at: int, name: bytes, value: bytes) -> HttpRequest:
    headers = list(request.headers)
    headers[at] = (name, value)
    return request._replace(headers=headers)


def test_there_are_23_captured_vectors_of_both_kinds() -> None:
    assert len(VECTORS) - len(PUBLISHED) == 23
    assert len(ACS3) > 5
    assert len(V1) > 5


@pytest.mark.parametrize("vector", VECTORS, ids=IDS)
def test_vector_verifies(judge: Judge, vector: Vector) -> None:
    assert judge.accepts(vector.request, _signed_at(vector))


@pytest.mark.parametrize("vector", ACS3, ids=[vector.name for vector in ACS3])
def test_acs3_strings_are_the_vendors(vector: Vector) -> None:
    headers = dict(vector.request.headers)
    parts = signatures.read_authorization(headers[b"authorization"])
    assert parts is not None
    digest = signatures.body_hash(vector.request.body)
    pairs = parse_pairs(vector.request.query)
    canonical = signatures.acs3_canonical(vector.request, pairs, headers, parts.signed, digest)
    string = signatures.acs3_string(canonical)
    assert canonical.decode() == vector.expected.get("canonical_request", canonical.decode())
    assert string == vector.expected.get("string_to_sign", string)
    assert signatures.acs3_signature(vector.secret.encode(), string).decode() == vector.expected["signature"]


@pytest.mark.parametrize("vector", V1, ids=[vector.name for vector in V1])
def test_v1_strings_are_the_vendors(vector: Vector) -> None:
    pairs = parse_pairs(vector.request.query) + parse_pairs(vector.request.body)
    string = signatures.v1_string(vector.request.method, vector.request.path, pairs)
    assert string == vector.expected.get("string_to_sign", string)
    assert signatures.v1_signature(vector.secret.encode(), string).decode() == vector.expected["signature"]


@pytest.mark.parametrize("vector", VECTORS, ids=IDS)
@pytest.mark.parametrize("part", ["method", "path", "query", "headers", "body", "secret"])
def test_one_byte_changed_anywhere_is_refused(judge: Judge, vector: Vector, part: str) -> None:
    request, at = vector.request, _signed_at(vector)
    changed: list[HttpRequest] = []
    if part == "method":
        others = {"GET", "POST", "PUT", "QOST"} - {request.method}
        changed = [request._replace(method=method) for method in sorted(others)]
    elif part == "path":
        changed = [request._replace(path=path) for path in ("//", "/.", ".", "")]
    elif part == "query":
        changed = [request._replace(query=query) for query in _changes(request.query)]
    elif part == "body":
        changed = [request._replace(body=body) for body in (*_changes(request.body), request.body + b"&", b"a=b")]
        if vector in V1:  # an ampersand more is the same parameters, and v1 signs parameters
            changed = [each for each in changed if each.body != request.body + b"&"]
    elif part == "headers":
        signed = _signed_headers(vector)
        for index, (name, value) in enumerate(request.headers):
            if name in signed or (name == b"authorization"):
                changed += [_with_header(request, index, name, other) for other in _changes(value)]
                changed += [_with_header(request, index, other, value) for other in _changes(name)]
                changed.append(request._replace(headers=[*request.headers, (name, value)]))
    else:
        assert not any(judge.accepts(request, at, keys) for keys in _other_secrets(judge, vector))
        return
    accepted = [each for each in changed if judge.accepts(each, at)]
    assert accepted == []


def _signed_headers(vector: Vector) -> list[bytes]:
    parts = signatures.read_authorization(dict(vector.request.headers).get(b"authorization", b""))
    return parts.signed if parts else []


def _other_secrets(judge: Judge, vector: Vector) -> Iterator[KeyCache]:
    for secret in (*_changes(vector.secret.encode()), vector.secret.encode() + b"&", vector.secret.encode()[:-1]):
        with judge.store.write() as tx:
            stored = tx.get(AccessKey, vector.key_id)
            assert stored is not None
            other = judge.keyring.seal(secret.decode(), context=vector.key_id)
            tx.put(AccessKey(id=stored.id, account=stored.account, parent=stored.parent, status="Active", secret=other))
        keys = with_tokens(KeyCache(judge.store, judge.keyring))
        assert keys.find(vector.key_id) is not None
        with judge.store.write() as tx:
            tx.put(stored)
        yield keys


@pytest.mark.parametrize(
    ("wire", "canonical"),
    [
        (b"a=1+2", "a=1%202"),
        (b"a=1%202", "a=1%202"),
        (b"a=*~", "a=%2A~"),
        (b"a=%2A%7E", "a=%2A~"),
        (b"a=%2f%C3%BC", "a=%2F%C3%BC"),
        (b"b=2&a=1&b=1", "a=1&b=2&b=1"),
        (b"a=&b", "a=&b="),
        (b"&&a==&", "a=%3D"),
        (b"a=%ff", "a=%FF"),
        (b"a=%zz", "a=%25zz"),
        (b"Tag.10.Key=j&Tag.1.Key=i&tag=k", "Tag.1.Key=i&Tag.10.Key=j&tag=k"),
        (b"", ""),
    ],
)
def test_canonical_query(wire: bytes, canonical: str) -> None:
    assert signatures.canonical_query(parse_pairs(wire)) == canonical


@pytest.mark.parametrize(
    "value",
    [
        b"", b"ACS3-HMAC-SHA256", b"ACS3-HMAC-SHA256 ", b"acs3-hmac-sha256 Credential=a,SignedHeaders=b,Signature=c",
        b"ACS3-HMAC-SHA256 Credential=a,Credential=b,SignedHeaders=c,Signature=d", b"ACS3-HMAC-SHA256 Extra=a",
        b"ACS3-HMAC-SHA256 Credential=a;SignedHeaders=b", b"ACS3-HMAC-SHA256 Credential=a,SignedHeaders",
    ],
)  # fmt: skip
def test_authorization_of_another_form(value: bytes) -> None:
    parts = signatures.read_authorization(value)
    assert parts is None or not all(parts)
