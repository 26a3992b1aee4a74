"""`kalpi doctor`: looks at an installation, changes nothing, and says in sentences what is broken and what mends it."""

from kalpi.doctor.examination import examine
from kalpi.doctor.findings import Finding, Patient

__all__ = ["Finding", "Patient", "examine"]
