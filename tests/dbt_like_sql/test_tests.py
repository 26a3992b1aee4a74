"""Data tests come from schema.yml and the project's own macros, and a wrong declaration is refused."""

import pytest

from dbt_like_sql import project
from dbt_like_sql.errors import ProjectError
from dbt_like_sql.rendering import Names
from dbt_like_sql.tests import Kinds

KINDS = Kinds(project.ROOT / "data_tests" / "generic")
NAMES = Names(models={"parent": "mart.parent"}, sources={("daily", "bars"): "daily.bars"}, variables={})


def rendered(declared, column="a"):
    return KINDS.test(declared, "mart.child", column, NAMES)


def test_a_bare_name_is_a_test():
    test = rendered("not_null")
    assert test.sql == 'select *\nfrom "mart"."child"\nwhere a is null\n'
    assert (test.name, test.kind, test.column) == ("not_null mart.child.a", "not_null", "a")
    assert test.depends_on == ("mart.child",)


def test_only_the_bounds_that_are_given_are_checked():
    assert "a < 0" in (lowest := rendered({"accepted_range": {"arguments": {"min_value": 0}}}).sql)
    assert ">" not in lowest
    assert "a > 1" in (highest := rendered({"accepted_range": {"arguments": {"max_value": 1}}}).sql)
    assert "<" not in highest


def test_an_argument_that_calls_ref_or_source_is_a_relation():
    declared = {"relationships": {"arguments": {"to": "ref('parent')", "field": "b"}}}
    assert '"mart"."parent" as parent where parent.b = child.a' in rendered(declared).sql
    assert rendered(declared).depends_on == ("mart.child", "mart.parent")
    declared["relationships"]["arguments"]["to"] = "source('daily', 'bars')"
    assert rendered(declared).depends_on == ("mart.child", "daily.bars")


def test_a_test_may_be_about_the_whole_model():
    test = rendered({"unique_key": {"arguments": {"columns": ["a", "b"]}}}, column=None)
    assert "a, b," in test.sql
    assert test.column is None


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ("not_nul", "no data test 'not_nul'; known: accepted_range, accepted_values, equal_rowcount"),
        ({"accepted_range": {"min_value": 0}}, "allowed: a name, or a name with 'arguments'"),
        ({"not_null": {}, "unique": {}}, "allowed: a name"),
        ({"accepted_range": {"arguments": {"minimum": 0}}}, "data test accepted_range: .*minimum"),
        ({"unique_key": {}}, "data test unique_key"),
        ({"relationships": {"arguments": {"to": "ref('nobody')", "field": "b"}}}, "no model 'nobody'; known: parent"),
        ({"relationships": {"arguments": {"to": "ref('parent'", "field": "b"}}}, "data test relationships"),
    ],
)
def test_a_wrong_declaration_is_refused(declared, message):
    with pytest.raises(ProjectError, match=message):
        rendered(declared, column="a")
