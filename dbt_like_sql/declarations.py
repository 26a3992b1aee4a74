"""What the project's YAML files say: settings by folder, variables, sources, and each model's words and tests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from dbt_like_sql.errors import ProjectError

Test = str | Mapping[str, object]


@dataclass(frozen=True)
class Described:
    """A model's entry in a schema.yml; each test with the column that it is about, or None."""

    description: str
    columns: Mapping[str, str]  # name to description
    tests: tuple[tuple[Test, str | None], ...]


@dataclass(frozen=True)
class Declarations:
    """All of it; a source's key is (source, table), and its value its relation and its description."""

    variables: Mapping[str, object]
    folders: Mapping[str, object]  # of dbt_project.yml, by name, nested
    models: dict[str, Described] = field(default_factory=dict)
    sources: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)

    def placement(self, path: Path) -> dict[str, str]:
        """Return what dbt_project.yml says of the folders of a model's path: `schema` and `materialized`."""
        level = self.folders
        found = {"materialized": "view"}
        for folder in path.parts[1:-1]:
            inner = level.get(folder)
            level = inner if isinstance(inner, dict) else {}
            found |= {key.removeprefix("+"): str(value) for key, value in level.items() if key.startswith("+")}
        if "schema" not in found:
            raise ProjectError(f"{path}: dbt_project.yml gives its folder no +schema")
        return found


def read_declarations(root: Path) -> Declarations:
    """Read dbt_project.yml and every YAML file below models/."""
    settings = _content(root / "dbt_project.yml")
    found = Declarations(settings.get("vars", {}), settings["models"][settings["name"]])
    for path in sorted((root / "models").rglob("*.yml")):
        content = _content(path)
        found.models.update({model["name"]: _described(model) for model in content.get("models", ())})
        for source in content.get("sources", ()):
            schema = source.get("schema", source["name"])
            for table in source["tables"]:
                relation = f"{schema}.{table['name']}"
                found.sources[source["name"], table["name"]] = relation, table.get("description", "")
    return found


def _content(path: Path) -> dict:
    try:
        content = yaml.safe_load(path.read_text())
    except yaml.YAMLError as ex:
        raise ProjectError(f"{path.name}: not valid YAML: {ex}") from ex
    if not isinstance(content, dict):
        raise ProjectError(f"{path.name}: holds no mapping at its top")
    return content


def _described(model: dict) -> Described:
    columns = model.get("columns", ())
    tests = [(test, None) for test in model.get("data_tests", ())]
    tests += [(test, column["name"]) for column in columns for test in column.get("data_tests", ())]
    words = {column["name"]: column.get("description", "") for column in columns}
    return Described(model.get("description", ""), words, tuple(tests))
