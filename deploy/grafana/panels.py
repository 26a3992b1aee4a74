"""A panel, a dashboard, and how Grafana writes them down."""

import msgspec

COLUMNS = 24
HEIGHT = 8
SOURCE = {"type": "prometheus", "uid": "kalpi"}


class Panel(msgspec.Struct, frozen=True):
    """What is shown under a title: expressions by their legends, in a unit of Grafana's."""

    title: str
    unit: str
    shown: dict[str, str]
    kind: str = "timeseries"
    width: int = 8
    text: str = ""


class Dashboard(msgspec.Struct, frozen=True):
    """Panels, in their order from left to right and from top to bottom."""

    uid: str
    title: str
    panels: tuple[Panel, ...]

    def written(self) -> dict:
        """Return it as Grafana reads it."""
        return {
            "uid": self.uid,
            "title": self.title,
            "tags": ["kalpi"],
            "schemaVersion": 39,
            "editable": False,
            "refresh": "30s",
            "time": {"from": "now-6h", "to": "now"},
            "timezone": "utc",
            "templating": {"list": []},
            "annotations": {"list": []},
            "panels": _placed(self.panels),
        }


def _placed(panels: tuple[Panel, ...]) -> list[dict]:
    placed, x, y = [], 0, 0
    for number, panel in enumerate(panels, start=1):
        if x + panel.width > COLUMNS:
            x, y = 0, y + HEIGHT
        placed.append(_written(panel, number, {"h": HEIGHT, "w": panel.width, "x": x, "y": y}))
        x += panel.width
    return placed


def _written(panel: Panel, number: int, place: dict[str, int]) -> dict:
    stat = panel.kind == "stat"
    targets = [
        {"refId": chr(ord("A") + index), "datasource": SOURCE, "expr": expr, "legendFormat": legend, "instant": stat}
        for index, (legend, expr) in enumerate(panel.shown.items())
    ]
    return {
        "id": number,
        "title": panel.title,
        "description": panel.text,
        "type": panel.kind,
        "gridPos": place,
        "datasource": SOURCE,
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "options": {"reduceOptions": {"calcs": ["lastNotNull"]}} if stat else {"legend": {"placement": "bottom"}},
        "targets": targets,
    }
