"""All at once, and back at once: a second set of pods is tried out, then the service is pointed at it.

The set before stays until it is removed by hand, or by the next release. `python -m deploy.release.blue_green --help`
"""

import json

from deploy.release.checks import NotFit, asking, try_out, wait_until_ready
from deploy.release.cluster import SERVICE, Cluster, beside
from deploy.release.command import Release, run

OTHER = {"blue": "green", "green": "blue"}
NAME = {"blue": "api", "green": "api-green"}


def release(cluster: Cluster, told: Release) -> str:
    """Bring up the other colour, try it out while nobody is sent to it, then send everybody.

    Raises:
        NotFit: everybody is sent where they were before; a colour that was brought up for it is gone again.
    """
    before = cluster.read(f"service/{SERVICE}")["spec"]["selector"]["color"]
    after = OTHER[before]
    served = cluster.read(f"deployment/{NAME[before]}")
    labels = {"color": after}
    try:
        cluster.apply(beside(served, NAME[after], labels, told.image, served["spec"]["replicas"]))
        cluster.wait(NAME[after], seconds=told.seconds)
        _try_out(cluster, f"deployment/{NAME[after]}", told)
    except NotFit:
        cluster.remove(NAME[after])
        raise
    try:
        _point(cluster, after)
        _try_out(cluster, f"service/{SERVICE}", told)
    except NotFit:
        _point(cluster, before)
        raise
    return f"everybody is sent to {after}; back: python -m deploy.release.blue_green --back"


def back(cluster: Cluster) -> str:
    """Send everybody to the other colour, which must still be there.

    Raises:
        NotFit: it is not, or has no pod that is ready.
    """
    now = cluster.read(f"service/{SERVICE}")["spec"]["selector"]["color"]
    before = OTHER[now]
    if not cluster.read(f"deployment/{NAME[before]}").get("status", {}).get("readyReplicas"):
        raise NotFit(f"{NAME[before]} has no pod that is ready")
    _point(cluster, before)
    return f"everybody is sent to {before} again"


def _point(cluster: Cluster, color: str) -> None:
    cluster.run("patch", f"service/{SERVICE}", "--patch", json.dumps({"spec": {"selector": {"color": color}}}))


def _try_out(cluster: Cluster, name: str, told: Release) -> None:
    with cluster.forwarded(name) as url:
        wait_until_ready(asking(url), seconds=60)
        try_out(asking(url, told.key), with_key=told.key is not None)


if __name__ == "__main__":
    run(release, __doc__, back=back)
