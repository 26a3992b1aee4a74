"""The gateway, run: TLS outside, bounds for each address, and a server that is gone is not felt."""

import os
import re
import shlex
import socket
import ssl
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2
import pytest

from api.problems import PROBLEMS
from tests.deploy.files import DEPLOY, debian
from tests.services import free_port, wait_for

CONFIGURATION = (DEPLOY / "gateway" / "nginx.conf").read_text()
CERTIFICATE = shlex.split(
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=127.0.0.1"
    " -addext subjectAltName=IP:127.0.0.1 -keyout"
)


class Echo(BaseHTTPRequestHandler):
    """Stands where an API server would, and tells what it was asked."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = "\n".join(f"{name.lower()}: {value}" for name, value in self.headers.items()).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextmanager
def echo():
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def here(folder, servers, plain, tls):
    """Return the configuration with this machine's addresses: Debian's nginx has no `resolve` yet."""
    text = re.sub(r" *resolver .*\n", "", CONFIGURATION).replace(" resolve ", " ")
    for name, port in servers.items():
        text = text.replace(f"{name}:8000", f"127.0.0.1:{port}")
    text = text.replace("listen 8080", f"listen 127.0.0.1:{plain}").replace("listen 8443", f"listen 127.0.0.1:{tls}")
    return re.sub(r"/tmp/|/etc/nginx/tls/", f"{folder}/", text).replace("auto;", "1;")  # noqa: S108


@contextmanager
def gateway(folder, servers):
    nginx, plain, tls = debian("nginx"), free_port(), free_port()
    certificate = folder / "tls.crt"
    subprocess.run(["openssl", *CERTIFICATE, folder / "tls.key", "-out", certificate], check=True, capture_output=True)
    (folder / "nginx.conf").write_text(here(folder, servers, plain, tls))
    command = [nginx, "-c", folder / "nginx.conf", "-g", "daemon off;"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env={"PATH": os.environ["PATH"]})
        try:
            wait_for(lambda: listens(tls) or process.poll() is not None)
            assert process.poll() is None, (folder / "log").read_text()
            yield (
                f"http://127.0.0.1:{plain}",
                f"https://127.0.0.1:{tls}",
                ssl.create_default_context(cafile=certificate),
            )
        finally:
            process.terminate()
            process.wait(timeout=20)


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def doors(tmp_path):
    with echo() as one, echo() as other, gateway(tmp_path, {"api-a": one, "api-b": other}) as doors:
        yield doors


def test_only_what_the_gateway_saw_is_passed_on(doors):
    plain, tls, context = doors
    forged = {"X-Forwarded-For": "203.0.113.9", "X-API-Key": "abc", "X-Request-Id": "asked-for-1"}
    with httpx2.Client(verify=context) as client:
        answer = client.get(f"{tls}/v1/me", headers=forged)
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert client.get(f"{tls}/metrics").status_code == 404
        moved = client.get(f"{plain}/v1/me?limit=5")
        assert (moved.status_code, moved.headers["Location"]) == (308, "https://127.0.0.1/v1/me?limit=5")
        assert client.get(f"{plain}/gateway").text == "ok\n"
    told = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert told["x-forwarded-for"] == "127.0.0.1"
    assert told["x-forwarded-proto"] == "https"
    assert (told["x-api-key"], told["x-request-id"]) == ("abc", "asked-for-1")


def test_an_address_that_tries_passwords_is_held_up_and_told_so(doors, tmp_path):
    _, tls, context = doors
    with httpx2.Client(verify=context) as client:
        answers = [client.get(f"{tls}/v1/auth/login?password=hush") for _ in range(60)]
        refused = [answer for answer in answers if answer.status_code == 429]
        assert client.get(f"{tls}/v1/me").status_code == 200  # what else it asks is counted apart
    assert 20 <= len(answers) - len(refused) < 60
    told = refused[0].json()
    assert refused[0].headers["Content-Type"] == "application/problem+json"
    assert refused[0].headers["Retry-After"] == "1"
    assert (told["type"], told["status"]) in {(problem.type, problem.status) for problem in PROBLEMS}
    log = (tmp_path / "log").read_text()
    assert "hush" not in "".join(line for line in log.splitlines() if line.startswith("{"))


def test_a_server_that_is_gone_is_not_felt_and_none_is_a_problem(tmp_path):
    with (
        echo() as one,
        gateway(tmp_path, {"api-a": one, "api-b": free_port()}) as (_, tls, context),
        httpx2.Client(verify=context) as client,
    ):
        assert {client.get(f"{tls}/v1/me").status_code for _ in range(20)} == {200}
    folder = tmp_path / "none"
    folder.mkdir()
    with gateway(folder, {"api-a": free_port(), "api-b": free_port()}) as (_, tls, context):
        answer = httpx2.get(f"{tls}/v1/me", verify=context)
    assert answer.status_code == 503
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.json()["type"], 503) in {(problem.type, problem.status) for problem in PROBLEMS}
