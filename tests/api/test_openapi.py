import json
from urllib.parse import urlencode

import msgspec
import pytest
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate

from api import examples
from api.endpoint import PUBLIC
from api.problems import BY_SLUG, PROBLEMS
from api.routes import ENDPOINTS
from api.tokens.claims import PATH as TOKEN_PATH
from api.tokens.claims import REVOKE_PATH


@pytest.fixture
def document(anyone):
    return anyone.json("/openapi.json")


def operations(document):
    return [
        (method.upper(), path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_it_is_valid(document):
    validate(document)


@pytest.mark.check(28)
def test_it_has_every_route_and_no_other(document):
    told = {(method, path) for method, path, _ in operations(document)}
    assert told == {(one.method, one.path) for one in ENDPOINTS} | {("POST", TOKEN_PATH), ("POST", REVOKE_PATH)}


def test_every_route_is_routed(app):
    for endpoint in ENDPOINTS:
        path = endpoint.path.replace("{", "").replace("}", "")
        resource, methods, *_ = app._router.find(path)
        assert resource is not None, path
        assert endpoint.method in methods


WAYS_IN = {TOKEN_PATH, REVOKE_PATH, "/v1/users"}
WAYS_IN |= {f"/v1/auth/{name}" for name in ("login", "verify", "resend", "forgot", "reset")}
KEYED = ("/v1/", "/compat/")
OWNERS = {"/v1/auth/password", "/v1/me/disable", "/v1/me/delete"}


@pytest.mark.check(28)
def test_everything_but_the_ways_in_needs_a_credential_and_nothing_public_does(document, anyone):
    for method, path, operation in operations(document):
        keyed = path.startswith(KEYED) and path not in WAYS_IN
        accepted = [{"token": []}] if path in OWNERS else [{"key": []}, {"token": []}]
        assert operation["security"] == (accepted if keyed else []), path
        answer = anyone(path.replace("{slug}", "no-bar").replace("{", "").replace("}", ""), method=method)
        assert (answer.status_code == 401) == keyed, path


def test_every_parameter_is_described(document):
    for _, _, operation in operations(document):
        for parameter in operation["parameters"]:
            assert parameter["description"], parameter
            assert parameter["schema"], parameter


def test_bounds_and_defaults_are_told(document):
    series = document["paths"]["/v1/symbols/{symbol}/indicators/{id}"]["get"]
    limit = next(one for one in series["parameters"] if one["name"] == "limit")
    assert limit["schema"] == {"type": "integer", "minimum": 1, "maximum": 10_000, "default": 1_000}
    assert next(one for one in series["parameters"] if one["name"] == "id")["required"]


def test_problems_of_a_route_are_told_by_status(document):
    point = document["paths"]["/v1/symbols/{symbol}/at/{date}"]["get"]["responses"]
    assert {"no-bar", "unknown-symbol"} <= point["404"]["content"]["application/problem+json"]["examples"].keys()
    assert {"401", "403", "404", "422", "429", "500", "503"} <= point.keys()


DATA = ("/v1/symbols", "/v1/at", "/v1/batch", "/v1/expressions", "/v1/screen", "/compat/")
FREE = {"/compat/twelvedata/technical_indicators"}


def test_prices(document):
    for _, path, operation in operations(document):
        price = operation["x-price"]
        assert price["day"] == (10 if path == "/v1/sql" else 1 if path.startswith(DATA) and path not in FREE else 0)
        assert price["minute"] == (1 if path.startswith(KEYED) and path not in WAYS_IN - {TOKEN_PATH} else 0)


def test_a_body_is_described(document):
    operation = document["paths"]["/v1/batch"]["post"]
    (content,) = operation["requestBody"]["content"].values()
    schema = document["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
    assert schema["required"] == ["symbols", "indicators"]
    assert schema["properties"]["symbols"]["maxItems"] == 500
    assert all("description" in one or "anyOf" in one for one in schema["properties"].values())
    assert "304" not in operation["responses"]
    assert {"400", "413", "422"} <= operation["responses"].keys()


@pytest.mark.parametrize("endpoint", [one for one in ENDPOINTS if not one.acts], ids=lambda endpoint: endpoint.path)
@pytest.mark.check(31)
def test_answers_are_what_is_declared(endpoint, premium, document):
    """Every member is declared, and every declared member is there."""
    told = document["paths"][endpoint.path][endpoint.method.lower()]
    path = {one["name"]: one["example"] for one in told["parameters"] if one["in"] == "path"}
    body = json.dumps(told["requestBody"]["content"]["application/json"]["example"]) if endpoint.has_body else None
    needed = {one["name"]: one["example"] for one in told["parameters"] if one["in"] == "query" and one["required"]}
    weekly = {"interval": "1w"} if any(one["name"] == "interval" for one in told["parameters"]) else {}
    is_theirs = endpoint.path.startswith("/compat/")
    query = urlencode(examples.operations()[endpoint.name].query if is_theirs else needed | weekly)
    answer = premium.json(endpoint.path.format_map(path), method=endpoint.method, body=body, query_string=query)
    msgspec.convert(answer, endpoint.answer)
    tables = {name for name in answer if name.startswith("Technical Analysis: ")}  # Alpha Vantage names what it answers
    assert answer.keys() - tables == {field.encode_name for field in msgspec.structs.fields(endpoint.answer)}
    assert (endpoint.price is PUBLIC) == (not endpoint.path.startswith(KEYED))


def test_an_example_is_what_its_schema_says(document):
    """Also that of a problem; what is asked and answered under them is checked where they are made."""
    schemas = {"components": {"schemas": document["components"]["schemas"]}}
    shown = [(told["schema"], told["example"]) for told in contents(document) if "example" in told]
    shown += [
        ({"$ref": "#/components/schemas/ProblemBody"}, one["value"])
        for one in document["components"]["examples"].values()
    ]
    assert len(shown) > len(ENDPOINTS) + len(PROBLEMS)
    for schema, example in shown:
        Draft202012Validator(schema | schemas, format_checker=FormatChecker()).validate(example)


def contents(document):
    for _, _, operation in operations(document):
        for part in (operation.get("requestBody", {}), *operation["responses"].values()):
            yield from part.get("content", {}).values()


def test_every_problem_of_a_route_is_shown(document):
    named = {problem.slug for endpoint in ENDPOINTS for problem in endpoint.problems}
    shown = {reference.rpartition("/")[2] for told in contents(document) for reference in references(told)}
    assert shown == named
    assert document["components"]["examples"].keys() == BY_SLUG.keys()


def references(told):
    return [one["$ref"] for one in told.get("examples", {}).values()]


def test_every_group_is_told(document):
    groups = {group for _, _, operation in operations(document) for group in operation["tags"]}
    assert {tag["name"] for tag in document["tags"] if tag["description"]} == groups


def test_the_token_route_is_described(document, anyone):
    assert document["components"]["securitySchemes"].keys() == {"key", "token"}
    told = document["paths"][TOKEN_PATH]["post"]
    assert told["requestBody"]["content"].keys() == {"application/x-www-form-urlencoded"}
    assert told["responses"].keys() == {"200", "400", "401", "413", "429", "500", "503"}
    assert document["paths"][REVOKE_PATH]["post"]["responses"].keys() == told["responses"].keys()
    for path in (TOKEN_PATH, REVOKE_PATH):
        assert anyone(path, method="POST").status_code == 400


def test_what_stands_in_the_path_is_no_member_of_the_body(document):
    told = document["paths"]["/v1/keys/{id}"]["patch"]
    assert [one["name"] for one in told["parameters"]] == ["id"]
    assert told["requestBody"]["content"]["application/json"]["schema"]["properties"].keys() == {"label"}
