"""All that is looked at, in this order."""

from collections.abc import Iterator

from kalpi.doctor import data, places, servers
from kalpi.doctor.findings import Finding, Patient, problem

LOOKS = (
    places.home,
    places.disk,
    places.ports,
    places.settings,
    places.secrets,
    servers.postgres,
    servers.valkey,
    data.snapshot,
    data.writer,
    data.last_run,
)


def examine(patient: Patient) -> Iterator[Finding]:
    """Look at everything; what can't be looked at is a finding, and no reason to look at nothing else."""
    for look in LOOKS:
        try:
            yield from look(patient)
        except Exception as ex:  # noqa: BLE001 - whatever is broken here is what was asked for
            first = str(ex).strip().partition("\n")[0]
            what = f"{type(ex).__name__}: {first}" if first else type(ex).__name__
            yield problem(
                look.__name__, f"This could not be looked at: {what}.", "Look at the file or server it names."
            )
