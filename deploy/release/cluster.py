"""What a release asks of a cluster, through kubectl."""

import contextlib
import json
import socket
import subprocess
from collections.abc import Generator

from deploy.release.checks import NotFit

SERVICE = "api"
CONTAINER = "api"


class Cluster:
    """A namespace that Kalpi runs in."""

    def __init__(self, namespace: str, *, kubectl: str = "kubectl") -> None:
        self._kubectl = (kubectl, "--namespace", namespace)

    def run(self, *words: str, given: str | None = None) -> str:
        """Run kubectl; NotFit with its words if it fails."""
        done = subprocess.run(  # noqa: S603 - the operator's kubectl
            (*self._kubectl, *words), input=given, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise NotFit(f"kubectl {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout

    def read(self, name: str) -> dict:
        """Return an object, such as `deployment/api`."""
        return json.loads(self.run("get", name, "--output=json"))

    def apply(self, told: dict) -> None:
        """Make an object, or make it so."""
        self.run("apply", "--filename=-", given=json.dumps(told))

    def wait(self, deployment: str, *, seconds: int = 600) -> None:
        """Return once all pods of a deployment are the newest and ready; NotFit if they do not become so."""
        self.run("rollout", "status", f"deployment/{deployment}", f"--timeout={seconds}s")

    def set_image(self, deployment: str, image: str) -> None:
        """Give a deployment's containers, that which migrates included, another image."""
        self.run("set", "image", f"deployment/{deployment}", f"{CONTAINER}={image}", f"migrate={image}")

    def remove(self, deployment: str) -> None:
        """End a deployment; none of the name is fine."""
        self.run("delete", f"deployment/{deployment}", "--ignore-not-found", "--wait")

    @contextlib.contextmanager
    def forwarded(self, name: str) -> Generator[str]:
        """Give a URL that leads to a pod of a deployment or a service for as long as it is needed."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        target = "80" if name.startswith("service/") else "8000"
        process = subprocess.Popen(  # noqa: S603
            (*self._kubectl, "port-forward", name, f"{port}:{target}"), stdout=subprocess.DEVNULL
        )
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


def beside(deployment: dict, name: str, labels: dict[str, str], image: str, replicas: int) -> dict:
    """Return a deployment like one that runs, of another name, image and size, that selects pods of its own."""
    spec = deployment["spec"]
    template = json.loads(json.dumps(spec["template"]))
    template["metadata"]["labels"] |= labels
    for container in (*template["spec"]["containers"], *template["spec"].get("initContainers", ())):
        container["image"] = image
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "labels": {**deployment["metadata"].get("labels", {}), **labels}},
        "spec": {
            **{key: spec[key] for key in ("strategy", "progressDeadlineSeconds") if key in spec},
            "replicas": replicas,
            "selector": {"matchLabels": {**spec["selector"]["matchLabels"], **labels}},
            "template": template,
        },
    }
