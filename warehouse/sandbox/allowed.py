"""What the SQL of strangers may be made of: names, as DuckDB's parser has them. What is not here is refused.

None of the functions takes the size of its result as an argument, makes lists, tells of the installation, reads what is
no table, or is random; none waits.
"""

_FUNCTIONS = """
    abs add ceil ceiling floor round round_even trunc sign sqrt cbrt exp ln log log10 log2 pow power mod fmod fdiv
    greatest least gcd lcm isnan isinf isfinite degrees radians pi
    sin cos tan cot asin acos atan atan2 sinh cosh tanh asinh acosh atanh
    + - * / // % ** ^ & | << >> xor !__postfix factorial

    lower upper lcase ucase length len strlen char_length trim ltrim rtrim left right substr substring
    contains starts_with prefix ends_with suffix strpos instr position replace translate reverse split_part
    concat concat_ws || ascii ord chr unicode md5 sha256 strip_accents
    ~~ !~~ ~~* !~~* ~~~ ^@ like_escape not_like_escape ilike_escape not_ilike_escape
    regexp_matches regexp_full_match regexp_extract regexp_replace

    date_trunc datetrunc date_part datepart date_diff datediff date_sub datesub date_add age
    year month day quarter week weekofyear dayofweek dayofmonth dayofyear isodow isoyear weekday yearweek
    hour minute second epoch epoch_ms monthname dayname last_day days_in_month make_date make_timestamp time_bucket
    strftime strptime try_strptime current_date today
    to_days to_weeks to_months to_quarters to_years to_hours to_minutes to_seconds

    nullif typeof

    count count_star count_if countif sum fsum avg favg mean min max median mode product
    any_value arbitrary first last arg_max arg_min argmax argmin max_by min_by
    stddev stddev_samp stddev_pop variance var_samp var_pop sem skewness kurtosis mad entropy geomean
    quantile_cont quantile_disc approx_quantile approx_count_distinct
    corr covar_pop covar_samp
    regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy
    bool_and bool_or bit_and bit_or bit_xor string_agg

    row_number rank dense_rank rank_dense percent_rank cume_dist ntile lag lead first_value last_value nth_value fill
"""
FUNCTIONS = frozenset(_FUNCTIONS.split())
BUILT_IN = ("", "main", "pg_catalog", "system")
"""The schemas and catalogues that a function may be named with; the parser itself writes `pg_catalog.date_part`."""

DESCRIPTIONS = ("information_schema.tables", "information_schema.columns")
"""Where a query may look what there is, besides the snapshot's own tables and views."""

SERIES = ("generate_series", "range")
"""The functions that may stand where a table does."""
MOST_OF_A_SERIES = 1_000_000

_SHAPES = """
    SELECT_NODE SET_OPERATION_NODE RECURSIVE_CTE_NODE
    EMPTY BASE_TABLE SUBQUERY JOIN EXPRESSION_LIST TABLE_FUNCTION
    DISTINCT_MODIFIER LIMIT_MODIFIER LIMIT_PERCENT_MODIFIER ORDER_MODIFIER ORDER_DEFAULT ASCENDING DESCENDING
    COLUMN_REF POSITIONAL_REFERENCE STAR VALUE_CONSTANT FUNCTION CASE_EXPR COLLATE GROUPING_FUNCTION
    COMPARE_EQUAL COMPARE_NOTEQUAL COMPARE_LESSTHAN COMPARE_GREATERTHAN COMPARE_LESSTHANOREQUALTO
    COMPARE_GREATERTHANOREQUALTO COMPARE_IN COMPARE_NOT_IN COMPARE_DISTINCT_FROM COMPARE_NOT_DISTINCT_FROM
    COMPARE_BETWEEN COMPARE_NOT_BETWEEN CONJUNCTION_AND CONJUNCTION_OR
    OPERATOR_CAST OPERATOR_COALESCE OPERATOR_IS_NULL OPERATOR_IS_NOT_NULL OPERATOR_NOT OPERATOR_NULLIF OPERATOR_TRY
    WINDOW_AGGREGATE WINDOW_ROW_NUMBER WINDOW_RANK WINDOW_RANK_DENSE WINDOW_PERCENT_RANK WINDOW_CUME_DIST WINDOW_NTILE
    WINDOW_LAG WINDOW_LEAD WINDOW_FIRST_VALUE WINDOW_LAST_VALUE WINDOW_NTH_VALUE WINDOW_FILL
    DECIMAL_TYPE_INFO
"""
SHAPES = frozenset(_SHAPES.split())
"""The kinds of nodes in the tree of a query."""

_TYPES = """
    NULL BOOLEAN TINYINT SMALLINT INTEGER BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT FLOAT DOUBLE DECIMAL
    VARCHAR DATE TIME TIMESTAMP INTERVAL
"""
TYPES = frozenset(_TYPES.split())
"""The types that constants and casts may have."""
