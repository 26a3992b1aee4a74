"""The graph is read from the SQL, and what does not fit is refused with the file's name and what is known."""

import shutil

import pytest

from dbt_like_sql import project
from dbt_like_sql.errors import ProjectError
from dbt_like_sql.model import ModelColumn

PROJECT_YML = """
name: small
vars: {days: 5}
models: {small: {marts: {+schema: mart, +materialized: table}}}
"""
SOURCES_YML = """
sources:
  - name: daily
    tables: [{name: bars, description: The bars.}]
"""
SCHEMA_YML = """
models:
  - name: first
    description: The first.
    columns: [{name: a, description: An a., data_tests: [not_null]}]
  - name: second
    description: The second.
    columns: [{name: b, description: A b.}]
"""
FIRST = "select cast(close as double) as a from {{ source('daily', 'bars') }}"
SECOND = "select cast(a + {{ var('days') }} as bigint) as b -- days\nfrom {{ ref('first') }}\norder by b"


@pytest.fixture
def root(tmp_path):
    """A project of two models, whose names sort against their order."""
    marts = tmp_path / "models" / "marts"
    marts.mkdir(parents=True)
    shutil.copytree(project.ROOT / "data_tests", tmp_path / "data_tests")
    (tmp_path / "dbt_project.yml").write_text(PROJECT_YML)
    (tmp_path / "models" / "sources.yml").write_text(SOURCES_YML)
    (marts / "schema.yml").write_text(SCHEMA_YML)
    (marts / "first.sql").write_text(FIRST)
    (marts / "second.sql").write_text(SECOND)
    return tmp_path


def test_the_projects_own_models_come_after_what_they_read():
    loaded = project.load()
    models = [model.relation for model in loaded.models]
    known = set(loaded.sources)
    for model in loaded.models:
        assert set(model.depends_on) <= known, model.relation
        known.add(model.relation)
    assert {"mart.returns", "mart.latest_values", "mart.symbol_summary", "mart.market_breadth"} <= set(models)
    assert models == [model.relation for model in project.load().models]
    assert all(loaded.sources.values())
    assert all(model.description for model in loaded.models)


def test_a_model_tells_what_it_is(root):
    first, second = project.load(root).models
    assert (first.relation, first.materialized, first.depends_on) == ("mart.first", "table", ("daily.bars",))
    assert first.sql == 'select cast(close as double) as a from "daily"."bars"\n'
    assert first.columns == (ModelColumn("a", "double", "", "An a.", nullable=False),)
    assert str(first.path) == "models/marts/first.sql"
    assert second.sql == 'select cast(a + 5 as bigint) as b -- days\nfrom "mart"."first"\norder by b\n'
    assert second.depends_on == ("mart.first",)
    assert second.columns == (ModelColumn("b", "bigint", "days", "A b.", nullable=True),)
    assert (first.order, second.order) == ((), ("b",))


def test_a_model_renders_the_rest_of_the_small_jinja(root):
    (root / "models" / "marts" / "first.sql").write_text(
        "{{ config(materialized='view') }}\n"
        "with bars as (select close from {{ source('daily', 'bars') }})\n"
        "select cast(close as double) as a -- {{ this }}\n"
        "from bars {% if is_incremental() %} where false {% endif %}"
    )
    first = project.load(root).models[0]
    assert first.materialized == "view"
    assert first.sql.startswith("with bars")
    assert '-- "mart"."first"' in first.sql
    assert "where" not in first.sql


INCREMENTAL = "{{{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key={}) }}}} "
BROKEN = [
    ("selekt close as a", "not valid SQL|exactly one select"),
    ("select close as a from {{ source('daily', 'bars') }}; select 1 as a", "2 statements"),
    ("drop table daily.bars", "exactly one select"),
    ("select * from {{ source('daily', 'bars') }}", "must name every column"),
    ("select close + 1 from {{ source('daily', 'bars') }}", r"must name every column.*close \+ 1"),
    ("select close as a from {{ source('daily', 'bars') }}", "must cast a to one of varchar, date, double"),
    ("select cast(close as float) as a from {{ source('daily', 'bars') }}", "must cast a to one of varchar, date"),
    ("select cast(close as double) as z from {{ source('daily', 'bars') }}", "gives z; schema.yml declares a"),
    ("select cast(close as double) as a from daily.bars", "reads daily.bars without ref or source"),
    ("select cast(close as double) as a from bars", "reads bars without ref or source"),
    ("select cast(1 as bigint) as a from read_csv('/etc/passwd')", "without ref or source"),
    ("select a from {{ ref('frist') }}", "no model 'frist'; known: first, second"),
    ("select a from {{ source('daily', 'bras') }}", "no source 'daily.bras'; known: daily.bars"),
    ("select {{ var('weeks') }} as a", "no variable 'weeks'; known: days"),
    ("select cast(b as bigint) as a from {{ ref('second') }}", "in a circle: mart"),
    ("select {{ run_query('x') }} as a", "'run_query' is undefined"),
    ("select {% if %} as a", "Jinja"),
    ("{{ config(schema='x') }} " + FIRST, "config sets schema; allowed in a model's file: materialized"),
    ("{{ config(materialized='ephemeral') }} " + FIRST, "'ephemeral'; allowed: view, table, incremental"),
    ("{{ config(materialized='incremental') }} " + FIRST, "incremental_strategy is None; allowed: delete.insert"),
    (INCREMENTAL.format("[]") + FIRST, "sets unique_key"),
    (INCREMENTAL.format("'a'") + FIRST, "an incremental model is ordered"),
    (INCREMENTAL.format("['a', 'z']") + FIRST + " order by a", "unique_key names z, no column of it"),
    (
        INCREMENTAL.format("'a'") + FIRST + "{% if is_incremental() %}, {{ ref('second') }}{% endif %} order by 1",
        "reads mart.second only where it is incremental",
    ),
]


@pytest.mark.parametrize(("sql", "message"), BROKEN)
def test_a_broken_model_is_refused(root, sql, message):
    (root / "models" / "marts" / "first.sql").write_text(sql)
    with pytest.raises(ProjectError, match=message) as caught:
        project.load(root)
    assert "circle" in message or str(caught.value).startswith("models/marts/first.sql: ")


def test_an_incremental_model_is_written_twice(root):
    (root / "macros").mkdir()
    (root / "macros" / "newest.sql").write_text("{% macro newest() %}(select max(a) from {{ this }}){% endmacro %}")
    (root / "models" / "marts" / "first.sql").write_text(
        INCREMENTAL.format("'a'")
        + FIRST
        + "{% if is_incremental() %} where close > {{ newest() }} {% endif %} order by a"
    )
    first, _ = project.load(root).models
    assert first.materialized == "incremental"
    assert "where" not in first.sql
    assert first.incremental.unique_key == ("a",)
    assert 'where close > (select max(a) from "mart"."first")' in first.incremental.sql
    assert first.depends_on == ("daily.bars",)


def test_a_broken_macro_is_refused(root):
    (root / "macros").mkdir()
    (root / "macros" / "newest.sql").write_text("{% macro newest( %}")
    with pytest.raises(ProjectError, match=r"macros/newest.sql: Jinja"):
        project.load(root)


def test_a_data_test_that_looks_ahead_is_refused(root):
    ahead = "not_null, {relationships: {arguments: {to: ref('second'), field: b}}}"
    replaced(root / "models" / "marts" / "schema.yml", "not_null", ahead)
    with pytest.raises(ProjectError, match=r"first.sql: data test relationships .* reads mart.second"):
        project.load(root)


def replaced(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_model_without_words_and_words_without_a_model_are_refused(root):
    replaced(root / "models" / "marts" / "schema.yml", "name: first", "name: furst")
    with pytest.raises(ProjectError, match=r"describes furst; there are .sql files for first, second"):
        project.load(root)
    (root / "models" / "marts" / "furst.sql").write_text(FIRST)
    with pytest.raises(ProjectError, match=r"first.sql: no schema.yml describes this model"):
        project.load(root)


def test_a_column_without_words_is_refused(root):
    replaced(root / "models" / "marts" / "schema.yml", "description: An a.", "description: ''")
    with pytest.raises(ProjectError, match=r"first.sql: schema.yml does not describe a"):
        project.load(root)


def test_a_name_used_twice_is_refused(root):
    (root / "models" / "other").mkdir()
    (root / "models" / "other" / "first.sql").write_text(FIRST)
    with pytest.raises(ProjectError, match=r"models/other/first.sql: models/marts/first.sql has that name already"):
        project.load(root)


def test_a_folder_without_a_schema_is_refused(root):
    replaced(root / "dbt_project.yml", "+schema: mart, ", "")
    with pytest.raises(ProjectError, match=r"models/marts/first.sql: dbt_project.yml gives its folder no \+schema"):
        project.load(root)


@pytest.mark.parametrize(
    ("text", "message"), [("a: [", "schema.yml: not valid YAML"), ("", "schema.yml: holds no map")]
)
def test_broken_yaml_is_refused(root, text, message):
    (root / "models" / "marts" / "schema.yml").write_text(text)
    with pytest.raises(ProjectError, match=message):
        project.load(root)
