"""Dashboards for Grafana, declared as panels."""
