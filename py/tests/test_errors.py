"""Exceptions: what they are, what they carry, and that they travel."""

from __future__ import annotations

import copy
import pickle

import pytest

import logto_management as lm
from conftest import Simulator
from logto_management import errors


@pytest.mark.parametrize("name", sorted(errors._CLASSES))
def test_they_pickle_and_copy(name: str) -> None:
    error = errors.error_class(name)(
        "it failed", name=name, status=418, code="a.code", data={"a": [1]}, retry_after=1.5, hint="do this"
    )
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(twin) is type(error)
        assert vars(twin) == vars(error)
        assert str(twin) == str(error) == "418 a.code: it failed. do this"


def test_what_is_python_s_own() -> None:
    assert issubclass(lm.APITimeoutError, TimeoutError)
    assert issubclass(lm.DeadlineExceededError, TimeoutError)
    assert issubclass(lm.APIConnectionError, ConnectionError)
    assert issubclass(lm.ConfigError, ValueError)
    assert issubclass(lm.UnauthorizedError, lm.AuthenticationError)


def test_not_found(simulator: Simulator) -> None:
    with lm.ManagementApi(**simulator.credentials()) as api, pytest.raises(lm.NotFoundError) as raised:
        api.get("/api/users/{userId}", path={"userId": "nobody"})
    error = raised.value
    assert (error.name, error.status, error.method, error.route) == ("api.not_found", 404, "GET", "/api/users/{userId}")
    assert (error.code, error.attempts) == ("entity.not_found", 1)
    assert error.request_id is not None
    assert len(error.request_id) == 16
    assert str(error).endswith(f"(request id {error.request_id})")
    assert error.__cause__ is None
    assert error.__suppress_context__


def test_a_wrong_secret(simulator: Simulator) -> None:
    with lm.ManagementApi(**simulator.credentials(client_secret="wrong-one")) as api:
        with pytest.raises(lm.InvalidClientError) as raised:
            api.get("/api/users")
    assert (raised.value.status, raised.value.code) == (401, "oidc.invalid_client")
    assert "wrong-one" not in str(raised.value)


def test_an_unknown_client(simulator: Simulator) -> None:
    with lm.ManagementApi(**simulator.credentials(client_id="nobody")) as api:
        with pytest.raises(lm.InvalidClientError) as raised:
            api.get("/api/users")
    assert raised.value.status == 400


def test_a_wrong_indicator(simulator: Simulator) -> None:
    api = lm.ManagementApi(**simulator.credentials(api_indicator=f"{simulator.base_url}/api"))
    with api, pytest.raises(lm.InvalidTargetError) as raised:
        api.get("/api/users")
    assert "https://default.logto.app/api" in (raised.value.hint or "")


def test_a_missing_role_warns_and_explains(simulator: Simulator, caplog: pytest.LogCaptureFixture) -> None:
    with lm.ManagementApi(**simulator.credentials(client_id="m2m-no-role")) as api:
        for _ in range(2):
            with pytest.raises(lm.PermissionDeniedError) as raised:
                api.get("/api/users")
    assert "Logto Management API access" in (raised.value.hint or "")
    warnings = [(record.name, record.levelname, record.logto_code) for record in caplog.records]  # type: ignore[attr-defined]
    assert warnings == [("logto_management", "WARNING", "scope")]


def test_retry_after_is_in_seconds(simulator: Simulator) -> None:
    simulator.faults({"match": {"path": "/api/users"}, "action": {"do": "tooManyRequests", "retryAfter": 90}})
    with lm.ManagementApi(**simulator.credentials()) as api, pytest.raises(lm.RateLimitError) as raised:
        api.get("/api/users")
    assert raised.value.retry_after == 90


def test_refused_connections_are_connection_errors() -> None:
    api = lm.ManagementApi("default", client_id="a", client_secret="b", base_url="http://127.0.0.1:9", retries=0)
    with api, pytest.raises(ConnectionError) as raised:
        api.get("/api/users")
    assert isinstance(raised.value, lm.ConnectError)


def test_timeouts_are_timeout_errors(wire: object) -> None:
    with lm.ManagementApi(**wire.credentials(), retries=0) as api:  # type: ignore[attr-defined]
        with pytest.raises(TimeoutError) as slow:
            api.get("/api/users", timeout=0.05)
        with pytest.raises(TimeoutError) as late:
            api.get("/api/users", deadline=0.05)
    assert isinstance(slow.value, lm.APITimeoutError)
    assert isinstance(late.value, lm.DeadlineExceededError)


@pytest.mark.parametrize(
    ("keywords", "says"),
    [
        ({"base_url": "ftp://x"}, "http:// or https://"),
        ({"client_secret": "pasted\n"}, "line break"),
        ({"timeout": "5"}, "timeout must be a number of seconds"),
        ({"timeout": -1}, "timeout must be a number of seconds"),
        ({"timeout": True}, "timeout must be a number of seconds"),
        ({"retries": -1}, "retries must be a whole number"),
        ({"rate_limit": 5}, "rate_limit must be a RateLimit or False"),
        ({"client_auth": "jwt"}, "basic"),
        ({"retris": 1}, "there is no option retris"),
    ],
)
def test_a_wrong_set_up_says_what_would_be_right(keywords: dict[str, object], says: str) -> None:
    given: dict[str, object] = {"client_id": "id", "client_secret": "secret", **keywords}
    with pytest.raises(lm.ConfigError, match=says) as raised:
        lm.ManagementApi("default", **given)  # type: ignore[arg-type]
    assert raised.value.name == "config.invalid"


def test_missing_variables_are_named() -> None:
    with pytest.raises(lm.ConfigError, match="LOGTO_CLIENT_ID, LOGTO_CLIENT_SECRET"):
        lm.ManagementApi.from_env({"LOGTO_TENANT_ID": "t"})
