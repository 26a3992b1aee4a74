"""The manifests: valid, and every pod without rights, within bounds, watched, and reached by those only who must."""

import re

import kubernetes_validate
import pytest

from tests.deploy.files import DEPLOY, DIGITS, VERSION, rendered

pytestmark = pytest.mark.check(41)
KUBERNETES = "1.33"
"""The oldest that is asked for: `sleep` in preStop is on by default since 1.30."""
OVERLAYS = ("staging", "production")
WORKLOADS = ("Deployment", "StatefulSet", "CronJob")


@pytest.fixture(scope="module", params=OVERLAYS)
def manifests(request):
    return rendered(request.param)


def of_kind(manifests, *kinds):
    return {f"{one['kind']}/{one['metadata']['name']}": one for one in manifests if one["kind"] in kinds}


def pods(manifests):
    """Give the pods' templates by the name of what makes them."""
    found = of_kind(manifests, *WORKLOADS)
    return {
        name: (one["spec"]["jobTemplate"]["spec"] if one["kind"] == "CronJob" else one["spec"])["template"]
        for name, one in found.items()
    }


def containers(manifests):
    return [
        (name, container)
        for name, pod in pods(manifests).items()
        for container in (*pod["spec"]["containers"], *pod["spec"].get("initContainers", ()))
    ]


def matches(selector, labels):
    """Tell whether a pod's labels are those that a selector asks for."""
    return all(labels.get(name) == value for name, value in selector.items())


def test_they_are_valid(manifests):
    for one in manifests:
        kubernetes_validate.validate(one, KUBERNETES, strict=True)


def test_a_mistake_is_found(manifests):
    (api,) = [one for one in manifests if (one["kind"], one["metadata"]["name"]) == ("Deployment", "api")]
    wrong = {**api, "spec": {**api["spec"], "replica": 2}}
    with pytest.raises(kubernetes_validate.ValidationError, match="replica"):
        kubernetes_validate.validate(wrong, KUBERNETES, strict=True)


def test_no_pod_has_rights(manifests):
    for name, pod in pods(manifests).items():
        told, spec = pod["spec"]["securityContext"], pod["spec"]
        assert told["runAsNonRoot"] is True, name
        assert told["runAsUser"] > 0, name
        assert told["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert spec["automountServiceAccountToken"] is False, name
        assert not any(spec.get(which) for which in ("hostNetwork", "hostPID", "hostIPC")), name
        assert not any("hostPath" in volume for volume in spec.get("volumes", ())), name
    for name, container in containers(manifests):
        told = container["securityContext"]
        assert told == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }, name


def test_every_container_is_bounded_and_of_a_named_version(manifests):
    for name, container in containers(manifests):
        assert {"cpu", "memory"} <= container["resources"]["requests"].keys(), name
        assert container["resources"]["limits"]["memory"], name
        assert DIGITS.search(container["image"]), name
        if container["image"].startswith("kalpi"):
            assert container["image"] == f"kalpi:{VERSION}"


def test_every_server_is_probed(manifests):
    for name, pod in pods(manifests).items():
        for container in pod["spec"]["containers"] if not name.startswith("CronJob") else ():
            assert {"livenessProbe", "readinessProbe"} <= container.keys(), name


def test_the_api_ends_and_begins_without_a_gap(manifests):
    api = of_kind(manifests, "Deployment")["Deployment/api"]["spec"]
    (server,) = api["template"]["spec"]["containers"]
    pause = server["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert pause >= 5
    assert api["template"]["spec"]["terminationGracePeriodSeconds"] >= pause + 30 + 5  # gunicorn's graceful_timeout
    assert api["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    assert server["livenessProbe"]["httpGet"]["path"] == "/healthz"  # asks nobody else
    assert server["readinessProbe"]["httpGet"]["path"] == "/readyz"
    (migrate,) = api["template"]["spec"]["initContainers"]
    assert migrate["command"] == ["kalpi", "migrate"]


def test_the_last_pods_of_the_api_are_kept(manifests):
    (budget,) = of_kind(manifests, "PodDisruptionBudget").values()
    (scaler,) = of_kind(manifests, "HorizontalPodAutoscaler").values()
    assert 1 <= budget["spec"]["minAvailable"] < scaler["spec"]["minReplicas"] <= scaler["spec"]["maxReplicas"]
    assert of_kind(manifests, "Deployment")["Deployment/api"]["spec"]["replicas"] >= scaler["spec"]["minReplicas"]


def test_one_pod_alone_writes_to_the_warehouse(manifests):
    writing = [
        name
        for name, pod in pods(manifests).items()
        for mount in pod["spec"]["containers"][0]["volumeMounts"]
        if mount["name"] == "home" and not mount.get("readOnly")
    ]
    assert writing == ["Deployment/dagster-code"]
    code = of_kind(manifests, "Deployment")["Deployment/dagster-code"]["spec"]
    assert (code["replicas"], code["strategy"]) == (1, {"type": "Recreate"})


def test_the_pipeline_has_none_of_the_apis_secrets(manifests):
    for name, container in containers(manifests):
        secrets = {one["secretRef"]["name"] for one in container.get("envFrom", ()) if "secretRef" in one}
        assert secrets <= ({"kalpi-pipeline"} if "dagster" in name else {"kalpi"}), name


def test_no_secret_is_among_them(manifests):
    assert not of_kind(manifests, "Secret")
    assert not re.search(r"password=\w|postgresql://\w+:\w", str(manifests))


def test_selectors_and_claims_lead_somewhere(manifests):
    labels = {name: pod["metadata"]["labels"] for name, pod in pods(manifests).items()}
    claims = {one["metadata"]["name"] for one in of_kind(manifests, "PersistentVolumeClaim").values()}
    for name, service in of_kind(manifests, "Service").items():
        assert any(matches(service["spec"]["selector"], told) for told in labels.values()), name
    for name, pod in pods(manifests).items():
        for volume in pod["spec"].get("volumes", ()):
            claim = volume.get("persistentVolumeClaim")
            assert claim is None or claim["claimName"] in claims, name
    for name, workload in of_kind(manifests, "Deployment", "StatefulSet").items():
        assert matches(workload["spec"]["selector"]["matchLabels"], labels[name]), name
    for name, policy in of_kind(manifests, "NetworkPolicy").items():
        selector = policy["spec"]["podSelector"].get("matchLabels", {})
        assert any(matches(selector, told) for told in labels.values()), name


def test_what_is_not_allowed_is_refused(manifests):
    policies = of_kind(manifests, "NetworkPolicy")
    nothing = policies["NetworkPolicy/nothing"]["spec"]
    assert nothing == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    let = {
        (rule["from"][0]["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"], rule["ports"][0]["port"])
        for rule in policies["NetworkPolicy/api"]["spec"]["ingress"]
    }
    assert let == {("ingress-nginx", 8000), ("monitoring", 9400)}


def test_the_clusters_postgres_begins_as_composes_does():
    component = DEPLOY / "kubernetes" / "components" / "datastores" / "init.sh"
    assert component.read_bytes() == (DEPLOY / "postgres" / "init.sh").read_bytes()  # kustomize reads no folder above
