"""The workflow does what .ci/run does, may do little, and takes nobody's moving tag."""

import re

import pytest
import yaml

from tests.deploy.files import ROOT, run

PATH = ROOT / ".github" / "workflows" / "ci.yaml"
TEXT = PATH.read_text()
JOBS = yaml.safe_load(TEXT)["jobs"]
SUPPLY = ROOT / ".venv-supply" / "bin" / "cyclonedx-py"


def commands(job):
    return "\n".join(step.get("run", "") for step in JOBS[job]["steps"])


@pytest.mark.parametrize("schema", ["vendor.github-workflows", "custom.github-workflows-require-timeout"])
def test_it_is_a_workflow(schema, tmp_path):
    run("check-jsonschema", "--builtin-schema", schema, str(PATH))
    (tmp_path / "ci.yaml").write_text(TEXT.replace("timeout-minutes", "timeout-minuts"))
    with pytest.raises(AssertionError, match="timeout-minut"):
        run("check-jsonschema", "--builtin-schema", schema, str(tmp_path / "ci.yaml"))


def test_the_gate_is_the_gate():
    assert commands("gate").strip() == ".ci/run"
    assert "make test-all" in commands("everything")


def test_nothing_is_taken_by_a_tag_that_may_move():
    used = re.findall(r"uses: (\S+)(?: # (\S+))?", TEXT)
    assert used
    assert all(re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", action) and version for action, version in used)
    assert not re.search(r":latest\b", TEXT)


def test_it_may_read_and_nothing_else():
    assert yaml.safe_load(TEXT)["permissions"] == {"contents": "read"}
    assert not any("permissions" in job for job in JOBS.values())
    assert TEXT.count("persist-credentials: false") == TEXT.count("actions/checkout@")


def test_what_others_write_is_no_part_of_a_command():
    assert not any("${{" in step.get("run", "") for job in JOBS.values() for step in job["steps"])


def test_production_comes_after_all_else():
    assert JOBS["production"]["environment"] == "production"
    needed, waiting = set(), ["production"]
    while waiting:
        told = JOBS[waiting.pop()].get("needs", [])
        waiting += [told] if isinstance(told, str) else told
        needed.update(waiting)
    assert needed == JOBS.keys() - {"production"}
    assert "deploy.release.rolling" in commands("production") == commands("staging")


def test_the_commands_are_there():
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"make ([\w-]+)", "".join(commands(job) for job in JOBS)):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target
    for script in ("deploy/try.sh", ".ci/run"):
        assert (ROOT / script).stat().st_mode & 0o100
    assert "deploy/try.sh" in commands("image")
    run("python", "-m", "deploy.release.rolling", "--help", cwd=ROOT)


@pytest.mark.slow
@pytest.mark.skipif(not SUPPLY.exists(), reason="make sbom makes the environment of cyclonedx-py")
def test_the_list_of_what_a_release_is_made_of_has_every_package(tmp_path):
    words = ("requirements", "requirements-production.lock", "--pyproject", "pyproject.toml", "--of", "JSON")
    run(SUPPLY, *words, "--output-file", str(tmp_path / "kalpi.json"), cwd=ROOT)
    listed = set(re.findall(r'"purl": "pkg:pypi/([\w.-]+)@', (tmp_path / "kalpi.json").read_text()))
    locked = set(re.findall(r"^([\w.-]+)", (ROOT / "requirements-production.lock").read_text(), flags=re.MULTILINE))
    assert locked <= listed
