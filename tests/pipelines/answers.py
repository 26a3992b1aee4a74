"""A source on loopback that gives recorded answers, one after another, and remembers what it was asked."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# The forms are those of the vendors' documentation; the figures are Apple's of August 2020 as traded, shortened.
TIINGO = (
    "date,close,high,low,open,volume,adjClose,adjHigh,adjLow,adjOpen,adjVolume,divCash,splitFactor\n"
    "2020-08-27,500.04,509.94,495.33,508.57,38888096,122.8,125.2,121.6,124.9,155552384,0.0,1.0\n"
    "2020-08-28,499.23,505.77,498.31,504.05,46907479,122.6,124.2,122.4,123.8,187629916,0.0,1.0\n"
    "2020-08-31,129.04,131.0,126.0,127.58,223505733,126.8,128.7,123.8,125.3,223505733,0.0,4.0\n"
)
ALPHA_VANTAGE = (
    "timestamp,open,high,low,close,volume\r\n"
    "2020-08-28,504.0500,505.7700,498.3100,499.2300,46907479\r\n"
    "2020-08-27,508.5700,509.9400,495.3300,500.0400,38888096\r\n"
)
PAGE = "<html><head><title>One more step</title></head></html>"
SPARINGLY = (
    '{"Information": "Thank you for using Alpha Vantage! Please consider spreading out your free API requests '
    'more sparingly (1 request per second)."}'
)
NOTE = '{"Note": "Thank you for using Alpha Vantage! Our standard API call frequency is 5 calls per minute."}'
SPENT = (
    '{"Information": "We have detected your API key as hush and our standard API rate limit is 25 requests per day."}'
)
NO_SYMBOL = '{"Error Message": "Invalid API call. Please retry or visit the documentation for TIME_SERIES_DAILY."}'


class Answer:
    """What is sent: a status, a body, headers, and how many of the body's bytes before the line goes dead."""

    def __init__(self, body="", status=200, cut=None, **headers):
        self.body, self.status, self.cut = body.encode(), status, cut
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class Recorded(ThreadingHTTPServer):
    """Answers in order; the last one again and again."""

    daemon_threads = True

    def __init__(self, answers):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = list(answers)
        self.asked = []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        server = self.server
        server.asked.append((self.path, dict(self.headers)))
        answer = server.answers.pop(0) if len(server.answers) > 1 else server.answers[0]
        self.send_response(answer.status)
        for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body[: answer.cut])
        self.close_connection = True

    def log_message(self, *_):
        pass


class Bucket(ThreadingHTTPServer):
    """As much of S3 as reading an object takes: its size by HEAD, its bytes by ranges, and keys that are denied."""

    daemon_threads = True

    def __init__(self, objects, key="key"):
        super().__init__(("127.0.0.1", 0), _Objects)
        self.objects, self.key = objects, key

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Objects(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_HEAD(self):
        self._answer(whole=True)

    def do_GET(self):
        self.wfile.write(self._answer(whole=False))

    def _answer(self, *, whole):
        signed = f"Credential={self.server.key}/" in self.headers.get("Authorization", "")
        content = self.server.objects.get(self.path.lstrip("/"))
        status = 403 if not signed else 404 if content is None else 200 if whole else 206
        content = content or b""
        self.send_response(status)
        if status == 206:
            first, last = map(int, self.headers["Range"].removeprefix("bytes=").split("-"))
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(content)}")
            content = content[first : last + 1]
        self.send_header("Content-Length", str(len(content) if status < 300 else 0))
        self.send_header("Last-Modified", "Tue, 14 Mar 2023 15:00:00 GMT")
        self.end_headers()
        return content

    def log_message(self, *_):
        pass


@contextmanager
def recorded(*answers):
    """Serve recorded answers while the body runs."""
    with serving(Recorded(answers)) as server:
        yield server


@contextmanager
def serving(made):
    """Run a server while the body runs."""
    with made as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
