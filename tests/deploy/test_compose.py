"""The compose file: valid, with nothing open that need not be, and nothing secret in it."""

import re
import shlex
import warnings

import pytest

from tests.deploy.files import DEPLOY, DIGITS, ROOT, VERSION, compose, run

with warnings.catch_warnings(action="ignore"):  # typer 0.25 imports names that click 8.4 deprecates
    from typer.testing import CliRunner

    from kalpi.cli import app

pytestmark = pytest.mark.check(41)
TEXT = (DEPLOY / "compose.yaml").read_text()
SERVICES = compose()["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("${KALPI_IMAGE")}
ONCE = {"migrate", "operator"}
each = pytest.mark.parametrize("name", SERVICES)
ours = pytest.mark.parametrize("name", OURS)


def test_it_follows_the_specification(tmp_path):
    run("check-jsonschema", "--builtin-schema", "vendor.compose-spec", str(DEPLOY / "compose.yaml"))
    (tmp_path / "compose.yaml").write_text(TEXT.replace("    read_only: true", "    readonly: true"))
    with pytest.raises(AssertionError, match="readonly"):
        run("check-jsonschema", "--builtin-schema", "vendor.compose-spec", str(tmp_path / "compose.yaml"))


def test_all_of_it_is_there():
    dagster = {"dagster-code", "dagster-daemon", "dagster-webserver"}
    assert {"gateway", "api-a", "api-b", "migrate", "postgres", "valkey", *dagster} <= SERVICES.keys()
    assert SERVICES["api-a"] == SERVICES["api-b"]


@each
def test_every_image_is_of_a_named_version(name):
    image = SERVICES[name]["image"]
    assert image == f"${{KALPI_IMAGE:-kalpi:{VERSION}}}" or DIGITS.search(image)


@each
def test_every_service_is_bounded_and_can_gain_nothing(name):
    service = SERVICES[name]
    assert service["mem_limit"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["logging"]["options"]["max-size"]
    assert service["restart"] == ("no" if name in ONCE else "unless-stopped")


@each
def test_every_service_that_stays_tells_its_health(name):
    from_the_image = name.startswith("api-")
    assert name in ONCE or from_the_image or SERVICES[name]["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}


@ours
def test_our_containers_write_to_volumes_alone(name):
    assert OURS[name]["read_only"] is True
    assert OURS[name]["cap_drop"] == ["ALL"]
    assert not OURS[name].get("privileged")


def test_only_the_gateway_is_open_to_the_outside():
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    outside = {name for name, told in ports.items() if not all(port.startswith("127.0.0.1:") for port in told)}
    assert outside == {"gateway"}
    assert compose()["networks"]["data"] == {"internal": True}
    assert SERVICES["postgres"]["networks"] == SERVICES["valkey"]["networks"] == ["data"]
    assert "data" not in SERVICES["gateway"]["networks"]


def test_who_decodes_files_of_strangers_has_no_secret():
    for name in ("dagster-code", "dagster-daemon", "dagster-webserver"):
        assert not {"KALPI_SECRET", "DATABASE_URL", "REDIS_URL"} & SERVICES[name]["environment"].keys()
        assert not any("secrets:" in volume for volume in SERVICES[name]["volumes"])


def test_the_api_cannot_write_to_what_it_serves():
    assert "home:/var/lib/kalpi:ro" in SERVICES["api-a"]["volumes"]


def test_a_server_ends_before_it_is_killed():
    from api import gunicorn  # noqa: PLC0415 - it reads the environment

    assert int(SERVICES["api-a"]["stop_grace_period"].rstrip("s")) > gunicorn.graceful_timeout


def test_no_secret_is_in_it_and_every_needed_one_is_asked_for():
    told = [pair for service in SERVICES.values() for pair in service.get("environment", {}).items()]
    secret = re.compile("PASSWORD|SECRET|_URL")
    assert all("${" in value for name, value in told if secret.search(name))
    assert not re.search(r"://\w*:[^$@]+@", TEXT)
    needed = set(re.findall(r"\$\{(\w+):\?", TEXT))
    assert {"POSTGRES_PASSWORD", "POSTGRES_ADMIN_PASSWORD", "VALKEY_PASSWORD", "KALPI_SECRET", "KALPI_TLS"} <= needed


def test_every_setting_is_one_of_the_codes():
    told = {name for service in OURS.values() for name in service.get("environment", {}) if name.startswith("KALPI_")}
    code = "".join(
        path.read_text() for room in ("api", "pipelines", "warehouse") for path in (ROOT / room).rglob("*.py")
    )
    assert told
    assert [name for name in told if f'"{name}"' not in code] == []


@ours
def test_every_command_is_one_of_ours(name):
    words = OURS[name].get("command")
    if words is None:
        return  # the image's
    assert words[0] == "kalpi"
    done = CliRunner().invoke(app, [*[word for word in words[1:3] if word.isalpha()], "--help"])
    assert done.exit_code == 0, shlex.join(words)
    assert all(word in done.stdout for word in words if word.startswith("--"))
