"""HTTP Digest at the REST door: who gets in, and what becomes of everybody else."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from jackfield.gateway import digest
from jackfield.gateway.digest_nonces import MOST_COUNTS, Freshness, NonceBook
from jackfield.identity.resources import AccessKey
from jackfield.products.oceanbase.resources import Instance
from tests.gateway.digesting import BODY, TARGET, Caller, header, rest_served
from tests.gateway.support import World


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("digest"))
    yield world
    world.store.close()


@pytest.fixture(scope="module")
def caller(folder: World) -> Iterator[Caller]:
    with rest_served(folder) as (port, _):
        yield Caller(port, folder.signer.key_id, folder.signer.secret)


def marks(world: World) -> tuple[int, int]:
    """What changes when anything is written: instances, and entries of the change feed."""
    with world.store.read() as view:
        return len(list(view.each(Instance))), len(view.changes(limit=10_000))


Fields = dict[str, str]
Wrong = Callable[[Caller, Fields], "str | list[str]"]


def changed(**values: str) -> Wrong:
    """Right parameters, some of them changed after the response was computed."""
    return lambda caller, fields: header(fields | values)


def resigned(**values: str) -> Wrong:
    """Other parameters, with a response that fits them."""

    def make(caller: Caller, fields: Fields) -> str:
        told = fields | values
        return header(told | {"response": caller.response(told)})

    return make


def without(name: str) -> Wrong:
    return lambda caller, fields: header({key: value for key, value in fields.items() if key != name})


def twice(name: str) -> Wrong:
    return lambda caller, fields: f'{header(fields)}, {name}="{fields[name]}"'


def as_other(user: str = "", secret: str = "") -> Wrong:
    def make(caller: Caller, fields: Fields) -> str:
        other = Caller(caller.port, user or caller.user, secret or caller.secret)
        return header(other.fields({"realm": fields["realm"], "nonce": fields["nonce"], "opaque": fields["opaque"]}))

    return make


def downgraded(caller: Caller, fields: Fields) -> str:
    other = Caller(caller.port, caller.user, caller.secret, "SHA-256")
    return header(other.fields({"realm": fields["realm"], "nonce": fields["nonce"], "opaque": fields["opaque"]}))


HOSTILE: dict[str, Wrong] = {
    "nothing": lambda caller, fields: [],
    "empty": lambda caller, fields: "",
    "scheme alone": lambda caller, fields: "Digest",
    "basic": lambda caller, fields: "Basic dXNlcjpwYXNz",
    "bearer": lambda caller, fields: "Bearer token",
    "rpc signature": lambda caller, fields: f"ACS3-HMAC-SHA256 Credential={caller.user},Signature=00",
    "another scheme's name": lambda caller, fields: header(fields).replace("Digest ", "Digestive "),
    "truncated": lambda caller, fields: header(fields)[: len(header(fields)) // 2],
    "last quote missing": lambda caller, fields: header(fields)[:-1],
    "quote inside": changed(cnonce='a"b'),
    "no commas": lambda caller, fields: header(fields).replace(",", " "),
    "semicolons": lambda caller, fields: header(fields).replace(",", ";"),
    "garbage behind": lambda caller, fields: header(fields) + ", =",
    "two headers": lambda caller, fields: [header(fields), header(fields)],
    "two in one": lambda caller, fields: f"{header(fields)}, {header(fields)}",
    "too long": changed(padding="x" * 4096),
    **{f"no {name}": without(name) for name in ("username", "realm", "nonce", "uri", "response", "qop", "nc")},
    "no cnonce": without("cnonce"),
    **{f"{name} twice": twice(name) for name in ("username", "nonce", "uri", "response", "nc", "qop", "algorithm")},
    **{f"empty {name}": changed(**{name: ""}) for name in ("username", "nonce", "uri", "response", "cnonce")},
    "other realm": resigned(realm="elsewhere"),
    "other opaque": resigned(opaque="elsewhere"),
    "downgraded to what was not offered": downgraded,
    "algorithm MD5-sess": resigned(algorithm="MD5-sess"),
    "algorithm SHA-512-256": resigned(algorithm="SHA-512-256"),
    "qop auth-int": resigned(qop="auth-int"),
    "qop list": lambda caller, fields: header(
        (told := fields | {"qop": "auth,auth-int"}) | {"response": caller.response(told)}, bare=("nc", "algorithm")
    ),
    "nc zero": resigned(nc="00000000"),
    "nc short": resigned(nc="1"),
    "nc long": resigned(nc="000000001"),
    "nc no number": resigned(nc="0000000g"),
    "nc negative": resigned(nc="-0000001"),
    "nc changed": changed(nc="00000002"),
    "cnonce changed": changed(cnonce="ffffffff"),
    "other path": resigned(uri="/api/v2/instances/ob1?requestId=r-1"),
    "other query": resigned(uri="/api/v2/instances?requestId=r-2"),
    "no query": resigned(uri="/api/v2/instances"),
    "more query": resigned(uri=TARGET + "&dryRun=true"),
    "absolute uri": resigned(uri="http://127.0.0.1" + TARGET),
    "uri encoded otherwise": resigned(uri=TARGET.replace("-", "%2D")),
    "any uri": resigned(uri="*"),
    "uri with a fragment": resigned(uri=TARGET + "#"),
    "signed for GET": lambda caller, fields: header(fields | {"response": caller.response(fields, "GET")}),
    "unknown user": as_other(user="LTAI5tNobodyHasThisKey00"),
    "unknown user of another form": as_other(user="admin"),
    "user in other case": lambda caller, fields: as_other(user=caller.user.lower())(caller, fields),
    "user with a blank": lambda caller, fields: as_other(user=caller.user + " ")(caller, fields),
    "user beyond ASCII": as_other(user="ü" * 12),
    "wrong secret": as_other(secret="x" * 30),
    "secret too long": lambda caller, fields: as_other(secret=caller.secret + "x")(caller, fields),
    "response in capitals": lambda caller, fields: header(fields | {"response": fields["response"].upper()}),
    "response cut": lambda caller, fields: header(fields | {"response": fields["response"][:-1]}),
    "response of zeros": changed(response="0" * 32),
    "nonce made up": resigned(nonce="bm90IGEgbm9uY2U"),
    "nonce no base64": resigned(nonce="!!!!"),
    "nonce altered": lambda caller, fields: resigned(nonce="B" + fields["nonce"][1:])(caller, fields),
    "nonce extended": lambda caller, fields: resigned(nonce=fields["nonce"] + "AAAA")(caller, fields),
    "userhash": resigned(userhash="true"),
    "username*": resigned(**{"username*": "UTF-8''x"}),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile(folder: World, caller: Caller, name: str) -> None:
    """401 with a fresh challenge that is not called stale, and nothing is written."""
    before = marks(folder)
    challenge = caller.challenge()
    made = HOSTILE[name](caller, caller.fields(challenge))
    answer = caller.send("POST", TARGET, BODY, *([made] if isinstance(made, str) else made))
    assert answer.status == 401, answer.body
    again = answer.challenge
    assert again["nonce"] != challenge["nonce"]
    assert "stale" not in again
    assert answer.json["success"] is False
    assert answer.json["errorCode"] == "E401J001"
    assert caller.user not in answer.body.decode()
    assert marks(folder) == before


def test_there_are_enough_hostile_cases() -> None:
    assert len(HOSTILE) >= 60


def test_the_right_answer_gets_in(folder: World, caller: Caller) -> None:
    """So that the refusals above are about what each of them changed."""
    before = marks(folder)
    assert caller.call("POST", TARGET, BODY).json["success"] is True
    assert marks(folder) != before


def test_challenge(caller: Caller) -> None:
    answer = caller.send("POST", TARGET)
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    challenge = answer.challenge
    assert list(challenge) == ["realm", "qop", "nonce", "opaque", "algorithm"]
    assert (challenge["qop"], challenge["algorithm"]) == ("auth", "MD5")
    assert caller.challenge()["nonce"] != challenge["nonce"]


@pytest.mark.parametrize("bare", [(), ("qop", "nc", "algorithm"), ("qop", "nc", "algorithm", "username", "cnonce")])
def test_quoted_and_bare_parameters(caller: Caller, bare: tuple[str, ...]) -> None:
    fields = caller.fields(caller.challenge(), "GET")
    assert caller.send("GET", TARGET, b"", header(fields, bare=bare)).status == 200


def test_what_clients_differ_in(caller: Caller) -> None:
    """No algorithm means MD5; opaque need not come back; names have no case; more parameters do no harm."""

    def sent(change: Callable[[Fields], str]) -> int:
        return caller.send("GET", TARGET, b"", change(caller.fields(caller.challenge(), "GET"))).status

    assert sent(lambda fields: header({k: v for k, v in fields.items() if k != "algorithm"})) == 200
    assert sent(lambda fields: header({k: v for k, v in fields.items() if k != "opaque"})) == 200
    assert sent(lambda fields: header({k.upper(): v for k, v in fields.items()}).replace("Digest", "DIGEST")) == 200
    assert sent(lambda fields: header(fields | {"charset": "UTF-8", "userhash": "false"})) == 200
    assert sent(lambda fields: header(fields).replace(", ", " ,\t")) == 200
    assert sent(lambda fields: header(fields) + ",") == 200
    assert sent(lambda fields: header(fields).replace("0a4f113b", r"0\a4f113b")) == 200


def test_sha_256_where_it_is_configured(folder: World) -> None:
    with rest_served(folder, algorithm="SHA-256") as (port, _):
        right = Caller(port, folder.signer.key_id, folder.signer.secret, "SHA-256")
        assert right.challenge()["algorithm"] == "SHA-256"
        assert right.call("GET", TARGET).status == 200
        md5 = Caller(port, folder.signer.key_id, folder.signer.secret)
        assert md5.call("GET", TARGET).status == 401
        fields = md5.fields(md5.challenge(), "GET")
        del fields["algorithm"]  # means MD5: the downgrade that is easiest to overlook
        assert md5.send("GET", TARGET, b"", header(fields)).status == 401


def test_a_nonce_is_good_for_many_requests_in_any_order(caller: Caller) -> None:
    challenge = caller.challenge()
    for number in (9, 11, 12, 13, 10, 1, 2, 4096):
        made = header(caller.fields(challenge, "GET", nc=f"{number:08x}"))
        assert caller.send("GET", TARGET, b"", made).status == 200
    assert caller.send("GET", TARGET, b"", header(caller.fields(challenge, "GET", nc="0000000A"))).status == 401


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_replay(folder: World, caller: Caller, method: str) -> None:
    """The same request again, or another one under a count that was used: refused, and not called stale."""
    challenge = caller.challenge()
    made = header(caller.fields(challenge, method))
    assert caller.send(method, TARGET, BODY if method == "POST" else b"", made).status == 200
    before = marks(folder)
    for again in (made, header(caller.fields(challenge, method, TARGET + "&x=1")), made):
        answer = caller.send(method, TARGET + "&x=1" * ("x=1" in again), BODY, again)
        assert answer.status == 401
        assert "stale" not in answer.challenge
    assert marks(folder) == before


def test_a_wrong_answer_uses_nothing_up(caller: Caller) -> None:
    challenge = caller.challenge()
    stranger = Caller(caller.port, caller.user, "guessed")
    assert caller.send("GET", TARGET, b"", header(stranger.fields(challenge, "GET"))).status == 401
    assert caller.send("GET", TARGET, b"", header(caller.fields(challenge, "GET"))).status == 200


def test_nonces_of_an_earlier_process_are_stale(folder: World) -> None:
    """To whoever has the secret; to others they are as wrong as everything else."""
    with rest_served(folder) as (port, _):
        caller = Caller(port, folder.signer.key_id, folder.signer.secret)
        challenge = caller.challenge()
    with rest_served(folder) as (port, _):
        caller.port = port
        answer = caller.send("POST", TARGET, BODY, header(caller.fields(challenge)))
        assert (answer.status, answer.challenge.get("stale")) == (401, "true")
        stranger = Caller(port, caller.user, "guessed")
        assert "stale" not in stranger.send("POST", TARGET, BODY, header(stranger.fields(challenge))).challenge
        assert caller.send("POST", TARGET, BODY, header(caller.fields(answer.challenge))).status == 200


def test_old_nonces_are_stale(folder: World) -> None:
    now = [0.0]
    book = NonceBook(b"k" * 32, lifetime=300, clock=lambda: now[0])
    with rest_served(folder, nonces=book) as (port, _):
        caller = Caller(port, folder.signer.key_id, folder.signer.secret)
        challenge = caller.challenge()
        now[0] = 299.0
        assert caller.send("GET", TARGET, b"", header(caller.fields(challenge, "GET"))).status == 200
        now[0] = 300.1
        answer = caller.send("GET", TARGET, b"", header(caller.fields(challenge, "GET", nc="00000002")))
        assert (answer.status, answer.challenge.get("stale")) == (401, "true")


def test_switched_off_key(tmp_path: Path) -> None:
    """As an unknown one, at once, and good again when it is switched on."""
    world = World(tmp_path)
    with rest_served(world) as (port, _):
        caller = Caller(port, world.signer.key_id, world.signer.secret)
        for status, expected in (("Active", 200), ("Inactive", 401), ("Active", 200)):
            with world.store.write() as tx:
                key = tx.get(AccessKey, caller.user)
                assert key is not None
                tx.put(msgspec.structs.replace(key, status=status))
            assert caller.call("GET", TARGET).status == expected
    world.store.close()


def test_the_same_work_for_an_unknown_user_as_for_a_wrong_secret(
    folder: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many look-ups, hashes over as many bytes, and comparisons of equal length."""
    work: list[tuple[str, int]] = []
    plain, compare = digest._HASHES["MD5"], hmac.compare_digest

    def hashed(data: bytes) -> str:
        work.append(("hash", len(data)))
        return plain(data)

    def compared(one: bytes, other: bytes) -> bool:
        work.append(("compare", min(len(one), len(other))))
        return compare(one, other)

    monkeypatch.setitem(digest._HASHES, "MD5", hashed)
    monkeypatch.setattr(hmac, "compare_digest", compared)
    with rest_served(folder) as (port, auth):
        look_up = auth._look_up

        def looked(key_id: str) -> object:
            work.append(("look up", len(key_id)))
            return look_up(key_id)

        monkeypatch.setattr(auth, "_look_up", looked)
        right = Caller(port, folder.signer.key_id, folder.signer.secret)
        done = []
        for caller in (Caller(port, right.user, "x" * 30), Caller(port, "LTAI5tNobodyHasThisKey00", "x" * 30)):
            challenge = caller.challenge()
            work.clear()
            assert caller.send("POST", TARGET, BODY, header(caller.fields(challenge))).status == 401
            done.append(list(work))
    assert done[0] == done[1]
    assert [what for what, _ in done[0]] == ["look up", "hash", "hash", "hash", "compare"]


class TestNonceBook:
    def test_counts(self) -> None:
        book = NonceBook(b"k" * 32)
        nonce = book.make()
        assert book.spend(nonce, 3) is Freshness.FRESH
        assert book.spend(nonce, 3) is Freshness.REPLAYED
        assert book.spend(nonce, 1) is Freshness.FRESH
        assert book.spend(nonce, MOST_COUNTS) is Freshness.FRESH
        assert book.spend(nonce, MOST_COUNTS + 1) is Freshness.STALE
        assert book.spend(nonce, 2**32 - 1) is Freshness.STALE
        assert len(book) == 1

    def test_another_key_made_it(self) -> None:
        assert NonceBook(b"k" * 32).spend(NonceBook(b"l" * 32).make(), 1) is Freshness.FORGED

    def test_every_bit_counts(self) -> None:
        """No other spelling of a nonce is taken: it would have counts of its own."""
        book = NonceBook(b"k" * 32)
        nonce = book.make()
        assert book.spend(nonce, 1) is Freshness.FRESH
        for at in range(len(nonce)):
            for letter in "AZaz09-_":
                other = nonce[:at] + letter + nonce[at + 1 :]
                if other != nonce:
                    assert book.spend(other, 1) is not Freshness.FRESH

    def test_memory_is_bounded_and_what_is_forgotten_is_stale(self) -> None:
        """Also when more nonces are used within their lifetime than are kept: none becomes good a second time."""
        now = [0.0]

        def clock() -> float:
            now[0] += 0.001
            return now[0]

        book = NonceBook(b"k" * 32, limit=50, clock=clock)
        nonces = [book.make() for _ in range(500)]
        assert {book.spend(nonce, 1) for nonce in nonces} == {Freshness.FRESH}
        assert len(book) <= 50
        again = [book.spend(nonce, 1) for nonce in nonces]
        assert Freshness.FRESH not in again
        assert again[0] is Freshness.STALE
        assert again[-1] is Freshness.REPLAYED
