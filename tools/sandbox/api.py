"""The platform's HTTP interface over `store`: paths, bodies and errors as link-api.md has them.

It knows nothing of TLS or faults; `front` stands before it.
"""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from tools.sandbox.store import Refused, Store

Text = Annotated[str, Field(min_length=1, max_length=256)]
Token = Annotated[str, Path(min_length=1, max_length=256)]


class _Body(BaseModel):
    model_config = ConfigDict(strict=True)


class LinkId(_Body):
    """The serial that both sides share."""

    linkId: Annotated[str, Field(min_length=1, max_length=64)]


class ThingToken(_Body):
    """The secret of a thing, given to its owner on a card."""

    thingToken: Text


class ActivationCode(_Body):
    """What the factory got for one thing."""

    activationCode: Text


class Login(_Body):
    """A user's credentials."""

    email: Text
    password: Text


class Value(_Body):
    """One reading."""

    key: Text
    value: str | int | float | bool


class Values(_Body):
    """Readings to keep."""

    values: Annotated[list[Value], Field(min_length=1, max_length=100)]


class Error(BaseModel):
    """The platform's error body."""

    status: str = "error"
    code: int
    message: str


class Answer(BaseModel):
    """The answer of a link call; `thingId` once linked."""

    status: str = "success"
    message: str
    thingId: str | None = None


_ERRORS: dict[int | str, dict[str, Any]] = {code: {"model": Error} for code in (400, 401, 404, 409)}


def _error(code: int, message: str) -> JSONResponse:
    return JSONResponse({"status": "error", "code": code, "message": message}, code)


def _answer(thing: str | None, waiting_for: str) -> dict[str, str]:
    if thing is None:
        return {"status": "success", "message": f"waiting for {waiting_for}"}
    return {"status": "success", "message": "linked", "thingId": thing}


def make(store: Store) -> FastAPI:
    """The application. Its description is at /v2/openapi.json, for people at /v2/docs."""
    app = FastAPI(
        title="Link sandbox",
        docs_url="/v2/docs",
        redoc_url=None,
        openapi_url="/v2/openapi.json",
        redirect_slashes=False,  # the platform's own errors, not a redirect
        responses=_ERRORS,
    )
    app.state.store = store
    _add_errors(app)
    _add_app_calls(app, store)
    _add_thing_calls(app, store)
    return app


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(Refused)
    def refused(request: Request, error: Refused) -> JSONResponse:
        return _error(error.code, error.message)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        places = sorted({".".join(str(part) for part in problem["loc"]) for problem in error.errors()})
        return _error(400, "Invalid request: " + ", ".join(places))

    @app.exception_handler(HTTPException)
    def unknown(request: Request, error: HTTPException) -> JSONResponse:
        response = _error(error.status_code, str(error.detail))
        response.headers.update(error.headers or {})
        return response


def _user(request: Request, authorization: Annotated[str | None, Header()] = None) -> int:
    if not authorization:
        raise Refused(401, "Session token missing")
    store: Store = request.app.state.store
    return store.user(authorization)


User = Annotated[int, Depends(_user)]


def _add_app_calls(app: FastAPI, store: Store) -> None:
    @app.post("/v2/login")
    def log_in(body: Login) -> dict[str, str]:
        return {"status": "success", "token": store.log_in(body.email, body.password)}

    @app.post("/v2/me/things", response_model=Answer, response_model_exclude_none=True)
    def link_by_token(body: ThingToken, user: User) -> dict[str, str]:
        return _answer(store.link_by_token(user, body.thingToken), "thing")

    @app.post("/v2/me/things/link-id", response_model=Answer, response_model_exclude_none=True)
    def link_by_app(body: LinkId, user: User) -> dict[str, str]:
        return _answer(store.link_by_app(user, body.linkId), "thing")

    @app.delete("/v2/me/things/{thing_id}", response_model=Answer)
    def unlink(thing_id: Token, user: User) -> dict[str, str]:
        store.unlink(user, thing_id)
        return {"status": "success", "message": "unlinked", "thingId": thing_id}

    @app.get("/v2/me/things")
    @app.get("/v2/me/resources", include_in_schema=False)
    def things(user: User) -> dict[str, Any]:
        return {"status": "success", "things": [{"thingId": thing} for thing in store.things(user)]}


def _add_thing_calls(app: FastAPI, store: Store) -> None:
    @app.post("/v2/things", status_code=201)
    def activate(body: ActivationCode) -> dict[str, str]:
        token, thing = store.activate(body.activationCode)
        return {"status": "created", "thingToken": token, "thingId": thing}

    @app.post("/v2/things/{thing_token}/link-id", response_model=Answer, response_model_exclude_none=True)
    def link_by_device(thing_token: Token, body: LinkId) -> dict[str, str]:
        return _answer(store.link_by_device(thing_token, body.linkId), "app")

    @app.post("/v2/things/{thing_token}", status_code=201)
    def write(thing_token: Token, body: Values) -> dict[str, str]:
        store.write(thing_token, [(one.key, json.dumps(one.value)) for one in body.values])
        return {"status": "success", "message": "created"}

    @app.get("/v2/things/{thing_token}/resources/{key}")
    def read(thing_token: Token, key: Token, limit: Annotated[int, Query(ge=1, le=1000)] = 1) -> list[dict[str, Any]]:
        return [
            {"key": key, "value": json.loads(value), "datetime": at_s}
            for value, at_s in store.read(thing_token, key, limit)
        ]
