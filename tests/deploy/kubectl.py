"""Stands where kubectl would: keeps objects in a file, and serves what their images would.

An image whose tag begins with `bad` is never ready; one that begins with `late` is, and answers 503.
"""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

STATE = Path(os.environ["CLUSTER"])
ANSWERS = {"/readyz": {"snapshot": "s"}, "/openapi.json": {"paths": {}}}


def main(words):
    state = json.loads(STATE.read_text())
    state["said"].append(" ".join(words))
    objects = state["objects"]
    match words:
        case ["get", name, "--output=json"]:
            print(json.dumps(objects[name]))  # noqa: T201
        case ["apply", "--filename=-"]:
            told = json.load(sys.stdin)
            objects[f"deployment/{told['metadata']['name']}"] = {**told, "status": {"readyReplicas": 1}}
        case ["set", "image", name, *images]:
            state["before"] = image_of(objects[name])
            objects[name]["spec"]["template"]["spec"]["containers"][0]["image"] = images[0].partition("=")[2]
        case ["rollout", "undo", name]:
            objects[name]["spec"]["template"]["spec"]["containers"][0]["image"] = state["before"]
        case ["rollout", "status", name, _] if ":bad" in image_of(objects[name]):
            sys.exit("error: deployment exceeded its progress deadline")
        case ["patch", name, "--patch", told]:
            objects[name]["spec"]["selector"].update(json.loads(told)["spec"]["selector"])
        case ["delete", name, *_]:
            objects.pop(name, None)
        case ["port-forward", name, ports]:
            serve(":late" in image_of(behind(objects, name)), int(ports.partition(":")[0]))
    STATE.write_text(json.dumps(state))


def image_of(deployment):
    return deployment["spec"]["template"]["spec"]["containers"][0]["image"]


def behind(objects, name):
    """Return the deployment that is meant, or that a service sends to."""
    if name.startswith("deployment/"):
        return objects[name]
    wanted = objects[name]["spec"]["selector"].items()
    (found,) = [
        one
        for kind, one in objects.items()
        if kind.startswith("deployment/") and wanted <= one["spec"]["template"]["metadata"]["labels"].items()
    ]
    return found


def serve(refuses, port):
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            body = json.dumps(ANSWERS.get(self.path, {})).encode()
            self.send_response(503 if refuses else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    HTTPServer(("127.0.0.1", port), Answer).serve_forever()


if __name__ == "__main__":
    main(sys.argv[3:])
