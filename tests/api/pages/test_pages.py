"""/docs, /explore and the guides over HTTP: whole, uncounted, and with headers that let a browser load nothing else."""

import gzip
import json
import re
import shutil
import tomllib
import zipfile
from pathlib import Path

import pytest
from falcon import testing
from hatchling.builders.wheel import WheelBuilder

from api.app import create_app
from api.gate.rules import OPEN
from api.pages import resource
from api.pages.guides import Guides
from api.pages.layout import PAGES
from api.pages.resource import HEADERS
from api.pages.site import FETCHED, WEB, Site
from tests.api.test_addresses import HERE, used_up  # noqa: F401 - a fixture
from tests.api.test_problems import checked

ROOT = WEB.parent
PATHS = ("/docs", "/explore", "/docs/api-clients", "/docs/indicators", "/docs/indicators/rsi")
SITE = Site()
OWN = {name: file.path for name, file in SITE.files.items() if not name.startswith("vendor/")}
MOST_OF_OUR_SCRIPT = 60_000


@pytest.mark.parametrize("path", PATHS)
def test_a_page_needs_no_key_and_lets_nothing_else_in(anyone, path):
    answer = anyone(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert not [name for name in answer.headers if name.lower().startswith("ratelimit")]


@pytest.mark.parametrize("path", [*PATHS, "/docs/indicators/rsi.svg", "asset"])
def test_a_repeat_is_a_304_and_head_has_no_body(anyone, path):
    path = assets("dom.js") if path == "asset" else path
    first = anyone(path)
    again = anyone(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = anyone(path, method="HEAD")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == first.headers["Content-Length"]


def test_the_host_alone_leads_to_the_explorer(anyone):
    answer = anyone("/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/explore")


def test_pages_are_not_counted(anyone, used_up):  # noqa: F811
    used_up(HERE, OPEN)
    assert anyone("/openapi.json", remote_addr=HERE).status_code == 429
    for path in (*PATHS, assets("dom.js")):
        assert anyone(path, remote_addr=HERE).status_code == 200


def assets(name, digest=None):
    return f"/web/{digest or SITE.digest}/{name}"


@pytest.mark.parametrize("name", SITE.files)
def test_a_file_lasts_for_ever_under_its_digest(anyone, name):
    answer = anyone(assets(name))
    assert answer.status_code == 200
    assert answer.content == SITE.files[name].path.read_bytes()
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    packed = anyone(assets(name), headers={"Accept-Encoding": "br, gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["ETag"] != answer.headers["ETag"]
    assert gzip.decompress(packed.content) == answer.content


def test_under_another_digest_it_is_ours_for_this_once(anyone):
    answer = anyone(assets("dom.js", "0" * 18))
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.content == anyone(assets("dom.js")).content


@pytest.mark.parametrize(
    "path",
    [
        *(
            assets(name)
            for name in ("none.js", "../pages/docs.html", "..%2Fpackage.json", "/etc/passwd", "", "explore")
        ),
        *(
            f"/docs/{name}"
            for name in ("none", "../pyproject.toml", "%2e%2e/README", "indicators/rsi.md", "queries", "")
        ),
    ],
)
@pytest.mark.check(33)
def test_no_name_leads_elsewhere(anyone, path):
    answer = anyone(path)
    checked(answer, "not-found")
    assert answer.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("path", PATHS)
def test_what_a_page_names_is_there(anyone, path):
    html = anyone(path).text
    assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=", html)
    assert not re.search(r"\$(assets|title|header|notice|preload|guides|content|docs|explore|guide)\b", html)
    named = set(re.findall(r'(?:src|href)="(/[^"#]*)', html))
    assert len(named) > 10
    for target in named:
        assert anyone(target).status_code == 200, target


def test_what_a_module_imports_is_there():
    for name, path in OWN.items():
        for target in re.findall(r'(?:from|import\()\s*"([^"]+)"', path.read_text()):
            assert (Path("/site") / name / ".." / target).resolve().relative_to("/site").as_posix() in {
                *SITE.files,
                *(one.name for one in FETCHED),
            }, (name, target)


def test_our_script_is_small_and_names_no_other_host():
    scripts = [path for name, path in OWN.items() if name.endswith(".js")]
    assert sum(path.stat().st_size for path in scripts) <= MOST_OF_OUR_SCRIPT
    for path in (*OWN.values(), *(WEB / "pages").iterdir()):
        hosts = set(re.findall(r"https?://([\w.-]+)", path.read_text()))
        assert hosts <= {"www.tradingview.com", "www.w3.org"}, path  # the maker's name, and SVG's


def test_without_what_npm_fetches_the_pages_say_so(told, tmp_path):
    for folder in ("site", "pages"):
        shutil.copytree(WEB / folder, tmp_path / folder)
    bare = Site(tmp_path)
    assert bare.missing == tuple(one.name for one in FETCHED)
    app = create_app(told, endpoints=(), files=bare)
    for page in PAGES:
        html = testing.simulate_get(app, page.path).text
        assert page.without in html
        assert "make web" in html
    assert testing.simulate_get(app, f"/web/{bare.digest}/{FETCHED[0].name}").status_code == 404


def test_the_guides_are_those_of_docs(anyone):
    pages = {path.stem for path in (ROOT / "docs").glob("*.md")}
    assert set(Guides().titles) == pages
    for name in Guides().files:
        answer = anyone(f"/docs/{name}")
        assert answer.status_code == 200
        if name.endswith(".svg"):
            assert answer.headers["Content-Type"] == "image/svg+xml"
            assert "script-src" not in answer.headers["Content-Security-Policy"]
            assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_links_of_guides_lead_to_guides(anyone):
    html = anyone("/docs/indicators/rsi").text
    assert 'href="/docs/indicators#symbols"' in html
    assert 'src="/docs/indicators/rsi.svg"' in html
    assert 'id="symbols"' in anyone("/docs/indicators").text
    assert ".md" not in " ".join(re.findall(r'href="([^"]*)"', anyone("/docs/data-engineers").text))


def test_the_lock_has_hashes_and_no_host():
    lock = json.loads((WEB / "package-lock.json").read_text())
    packages = [one for name, one in lock["packages"].items() if name]
    assert all(one["integrity"].startswith("sha512-") and "resolved" not in one for one in packages)
    assert "://" not in (WEB / "package-lock.json").read_text()
    told = json.loads((WEB / "package.json").read_text())
    for name, version in (told["dependencies"] | told["devDependencies"]).items():
        assert lock["packages"][f"node_modules/{name}"]["version"] == version


def test_the_wheel_has_all_of_it(tmp_path):
    artifacts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert {f"web/node_modules/{one.source}" for one in FETCHED} <= set(artifacts["artifacts"])
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {path.relative_to(ROOT).as_posix() for path in (file.path for file in SITE.files.values())} <= names
    assert {"web/pages/explore.html", "web/docs/indicators/rsi.md", "api/examples/operations.json"} <= names
    assert not [name for name in names if "axe-core" in name or name.endswith(".map")]


def test_only_the_digest_tells_versions_apart():
    assert "{digest}" in resource.ASSETS
    assert re.fullmatch("[0-9a-f]{18}", SITE.digest)
