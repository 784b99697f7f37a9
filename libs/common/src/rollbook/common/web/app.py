"""The Flask application of one service, or of all in the embedded mode."""

from collections.abc import Sequence
from typing import Any

from flask import Flask, Response, json, jsonify, request
from flask_smorest import Api
from prometheus_client import CONTENT_TYPE_LATEST

from rollbook.common.health import Health
from rollbook.common.service import Service
from rollbook.common.settings import Settings
from rollbook.common.tracing import span
from rollbook.common.web.description import problem_answer
from rollbook.common.web.identity import TokenVerifier
from rollbook.common.web.json_body import is_storable
from rollbook.common.web.language import answer_in_their_language
from rollbook.common.web.problems import Problem, answer_with_problems, not_found

API = "/api/v1"


def create_app(services: Sequence[Service], settings: Settings, health: Health | None = None) -> Flask:
    """The web application of these services, with health, metrics and the OpenAPI document beside the API.

    `health` is that of the services, unless the caller knows more.
    """
    app = Flask(__name__, static_folder=None)
    app.config.update(
        API_TITLE="Rollbook",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/",
        OPENAPI_JSON_PATH="openapi.json",
        MAX_FORM_MEMORY_SIZE=1 << 20,
    )
    # Else `/api/v1//uploads` is sent on to an absolute address, and nobody here knows if it is http or https.
    app.url_map.merge_slashes = False
    app.extensions["token_verifier"] = TokenVerifier(settings.jwks_url, settings.issuer, settings.audience)
    api = Api(app, spec_kwargs={"security": [{"bearer": []}]})
    api.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    for service in services:
        for blueprint in service.blueprints:
            api.register_blueprint(blueprint, url_prefix=f"{API}{blueprint.url_prefix or ''}")
        for pages in service.pages:
            app.register_blueprint(pages)
    app.add_url_rule(f"{API}/openapi.json", "openapi", app.view_functions["api-docs.openapi_json"])
    # What a view does not foresee is a problem as well.
    api.spec.components.responses["DEFAULT_ERROR"] = problem_answer("Anything else that went wrong.")
    app.before_request(_refuse_nul_characters)
    _serve_parts_of_the_description(app, api)
    answer_with_problems(app)
    answer_in_their_language(app, API)
    _add_health(app, health or Health(services))
    _trace(app)
    return app


def _trace(app: Flask) -> None:
    """Have each request be a span, in the trace of who asks or in a new one."""
    serve = app.wsgi_app

    def traced(environ: Any, start_response: Any) -> Any:
        with span(environ.get("HTTP_TRACEPARENT", "")):
            return serve(environ, start_response)

    app.wsgi_app = traced  # type: ignore[method-assign]  # as Flask has it done


def _serve_parts_of_the_description(app: Flask, api: Api) -> None:
    """What the gateway makes one openapi.json of: the first service's without its end, and others' paths."""

    @app.get("/openapi/<part>.part")
    def _part(part: str) -> Response:
        document = api.spec.to_dict()
        paths = document.pop("paths")
        document.pop("tags", None)  # each service's own
        parts = {"opening": {**document, "paths": paths}, "paths": paths}
        if part not in parts:
            raise not_found("part of the description")
        inner = json.dumps(parts[part], sort_keys=False)
        return Response(inner[:-2] if part == "opening" else inner[1:-1], mimetype="application/json")


def _refuse_nul_characters() -> None:
    """No database takes them in a text, so nothing has such a name, and nothing can be looked for by one."""
    if not is_storable(request.path):
        raise not_found("page")
    for name, values in request.args.lists():
        if not all(map(is_storable, (name, *values))):
            shown = name if name.isascii() and name.isidentifier() else "parameter"
            raise Problem(422, f"bad_{shown}", f"{shown} must not hold NUL characters.", parameter=shown)


def _add_health(app: Flask, health: Health) -> None:
    @app.get("/healthz")
    def _alive() -> Any:
        return jsonify(status="ok")

    @app.get("/readyz")
    def _ready() -> Any:
        unready = health.unready()
        if unready:
            raise Problem(503, "not_ready", " ".join(unready))
        return jsonify(status="ok")

    @app.get("/metrics")
    def _metrics() -> Response:
        return Response(health.metrics(), content_type=CONTENT_TYPE_LATEST)

    @app.after_request
    def _harden(answer: Response) -> Response:
        answer.headers.setdefault("X-Content-Type-Options", "nosniff")
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer
