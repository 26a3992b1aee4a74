"""A pod at a time: the way of every ordinary release (`python -m deploy.release.rolling --help`)."""

from deploy.release.checks import NotFit, asking, try_out, wait_until_ready
from deploy.release.cluster import SERVICE, Cluster
from deploy.release.command import Release, run


def release(cluster: Cluster, told: Release) -> str:
    """Replace the API's pods, try the service out, and go back to the version before if anything is not as it must be.

    Raises:
        NotFit: the version before serves again.
    """
    try:
        cluster.set_image("api", told.image)
        cluster.wait("api", seconds=told.seconds)
        with cluster.forwarded(f"service/{SERVICE}") as url:
            wait_until_ready(asking(url), seconds=60)
            try_out(asking(url, told.key), with_key=told.key is not None)
    except NotFit:
        cluster.run("rollout", "undo", "deployment/api")
        cluster.wait("api", seconds=told.seconds)
        raise
    return f"every pod is of {told.image}; back: kubectl rollout undo deployment/api"


if __name__ == "__main__":
    run(release, __doc__)
