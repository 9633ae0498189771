"""The app's own OpenAPI description, held against what it answers to generated requests.

Asks the application in memory; TLS and the rules of linking are tested elsewhere.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tools.sandbox import ManualClock, api
from tools.sandbox.store import Store

_FOLDER = tempfile.TemporaryDirectory()
_STORE = Store(Path(_FOLDER.name) / "platform.sqlite", ManualClock())
_STORE.add_user("owner@example.com", "correct horse")
_SESSION = _STORE.log_in("owner@example.com", "correct horse")
_TOKEN = _STORE.activate(_STORE.new_code())[0]
_CHECKS = (not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance)

SCHEMA = schemathesis.openapi.from_asgi("/v2/openapi.json", api.make(_STORE))
OPERATIONS: list[Any] = [found.ok() for found in SCHEMA.get_all_operations()]


@pytest.mark.parametrize("operation", OPERATIONS, ids=[operation.label for operation in OPERATIONS])
def test_every_answer_is_as_described(operation: Any) -> None:
    @given(case=operation.as_strategy())
    @settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def is_as_described(case: schemathesis.Case) -> None:
        if "thing_token" in (case.path_parameters or {}) and len(case.path_parameters["thing_token"]) % 2:
            case.path_parameters["thing_token"] = _TOKEN  # half of the requests get past the credential
        case.call_and_validate(headers={"Authorization": _SESSION}, checks=_CHECKS)

    is_as_described()
