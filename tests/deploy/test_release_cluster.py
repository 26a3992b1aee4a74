"""A release into a cluster does what it says, in its order, and leaves nothing of a version that is not fit."""

import json
import math
import sys
from pathlib import Path

import kubernetes_validate
import pytest

from deploy.release import blue_green, canary, rolling
from deploy.release.canary import FEWEST, Seen, judged
from deploy.release.checks import NotFit
from deploy.release.cluster import Cluster, beside
from deploy.release.command import Release
from tests.deploy.files import VERSION, rendered
from tests.deploy.test_kubernetes import KUBERNETES, matches

pytestmark = pytest.mark.check(41)


@pytest.fixture
def manifests():
    return {f"{one['kind'].lower()}/{one['metadata']['name']}": one for one in rendered("production")}


class Stand:
    """A cluster that is played."""

    def __init__(self, folder, manifests):
        self._state = folder / "cluster.json"
        objects = {name: manifests[name] for name in ("deployment/api", "service/api")}
        objects["deployment/api"]["status"] = {"readyReplicas": 3}
        self._state.write_text(json.dumps({"objects": objects, "said": []}))
        script = folder / "kubectl"
        script.write_text(f"#!{sys.executable}\n{(Path(__file__).parent / 'kubectl.py').read_text()}")
        script.chmod(0o755)
        self.cluster = Cluster("kalpi", kubectl=str(script))

    def __getitem__(self, name):
        return json.loads(self._state.read_text())["objects"][name]

    def __contains__(self, name):
        return name in json.loads(self._state.read_text())["objects"]

    @property
    def said(self):
        return json.loads(self._state.read_text())["said"]

    def image(self, name):
        return self[f"deployment/{name}"]["spec"]["template"]["spec"]["containers"][0]["image"]


@pytest.fixture
def stand(tmp_path, manifests, monkeypatch):
    monkeypatch.setenv("CLUSTER", str(tmp_path / "cluster.json"))
    for module in (rolling, blue_green):
        monkeypatch.setattr(module, "wait_until_ready", shortly(module.wait_until_ready))
    return Stand(tmp_path, manifests)


def shortly(wait):
    return lambda get, seconds: wait(get, seconds=min(seconds, 2))


def test_rolling_replaces_all(stand):
    rolling.release(stand.cluster, Release("kalpi:2"))
    assert stand.image("api") == "kalpi:2"
    assert "set image deployment/api api=kalpi:2 migrate=kalpi:2" in stand.said


@pytest.mark.parametrize("image", ["kalpi:bad", "kalpi:late"])
def test_rolling_goes_back(stand, image):
    with pytest.raises(NotFit):
        rolling.release(stand.cluster, Release(image))
    assert stand.image("api") == f"kalpi:{VERSION}"
    assert stand.said[-2:] == ["rollout undo deployment/api", "rollout status deployment/api --timeout=600s"]


def test_everybody_is_sent_to_the_other_colour_and_back(stand):
    blue_green.release(stand.cluster, Release("kalpi:2"))
    assert stand["service/api"]["spec"]["selector"]["color"] == "green"
    assert (stand.image("api"), stand.image("api-green")) == (f"kalpi:{VERSION}", "kalpi:2")
    blue_green.back(stand.cluster)
    assert stand["service/api"]["spec"]["selector"]["color"] == "blue"


@pytest.mark.parametrize("image", ["kalpi:bad", "kalpi:late"])
def test_nobody_is_sent_to_a_colour_that_is_not_fit(stand, image):
    with pytest.raises(NotFit):
        blue_green.release(stand.cluster, Release(image))
    assert stand["service/api"]["spec"]["selector"]["color"] == "blue"
    assert "deployment/api-green" not in stand
    assert not any(words.startswith("patch") for words in stand.said)


FINE = Seen(requests=10_000, errors=5, p99=0.1)


@pytest.mark.parametrize(
    ("seen", "image", "why"),
    [
        (FINE, "kalpi:2", None),
        (Seen(10_000, 400, 0.1), f"kalpi:{VERSION}", "4.00% of its answers are errors"),
        (Seen(10_000, 5, 0.4), f"kalpi:{VERSION}", "its p99 is 400 ms"),
    ],
)
def test_a_canary_becomes_all_or_none(stand, monkeypatch, seen, image, why):
    monkeypatch.setattr(canary, "WINDOW_SECONDS", 0)
    monkeypatch.setattr(canary, "seen", lambda _, track: {"canary": seen, "stable": FINE}[track])
    if why:
        with pytest.raises(NotFit, match=why):
            canary.release(stand.cluster, Release("kalpi:2"))
    else:
        canary.release(stand.cluster, Release("kalpi:2"))
    assert "deployment/api-canary" not in stand
    assert stand.image("api") == image


NOTHING = Seen(math.nan, 0, math.nan)


@pytest.mark.parametrize(
    ("seen", "others", "fit"),
    [
        (FINE, FINE, True),
        (Seen(FEWEST, 0, 0.1), FINE, True),
        (Seen(FEWEST - 1, 0, 0.1), FINE, False),  # too few to tell
        (NOTHING, FINE, False),
        (Seen(1000, 2, 0.1), Seen(10_000, 0, 0.1), True),  # a share that chance explains
        (Seen(1000, 3, 0.1), Seen(10_000, 0, 0.1), False),
        (Seen(1000, 50, 0.1), Seen(10_000, 500, 0.1), True),  # all of them fail: not the canary's doing
        (Seen(10_000, 0, 0.15), FINE, True),
        (Seen(10_000, 0, 0.151), FINE, False),
        (Seen(10_000, 0, math.nan), FINE, False),
        (Seen(10_000, 0, 0.1), Seen(10_000, 0, math.nan), True),
    ],
)
def test_the_rule_of_the_canary(seen, others, fit):
    assert (judged(seen, others) is None) == fit


@pytest.mark.parametrize("labels", [{"color": "green"}, {"track": "canary"}])
def test_what_is_put_beside_is_valid_and_apart(manifests, labels):
    api, service = manifests["deployment/api"], manifests["service/api"]
    made = beside(api, "api-other", labels, "kalpi:2", 1)
    kubernetes_validate.validate(made, KUBERNETES, strict=True)
    pods = made["spec"]["template"]["metadata"]["labels"]
    assert matches(made["spec"]["selector"]["matchLabels"], pods)
    assert not matches(api["spec"]["selector"]["matchLabels"], pods)  # or each would end the other's
    assert matches(service["spec"]["selector"], pods) == ("track" in labels)  # a canary is asked, a colour is not yet
    images = [
        one["image"] for kind in ("containers", "initContainers") for one in made["spec"]["template"]["spec"][kind]
    ]
    assert images == ["kalpi:2"] * 2
