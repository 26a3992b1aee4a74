"""What Prometheus is told: every metric declared once, counted in each worker, and added up when it is asked for."""

from api.metrics.declared import BY_NAME, METRICS, Kind, Metric

__all__ = ["BY_NAME", "METRICS", "Kind", "Metric"]
