{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='date',
    )
}}

{%- set measures = {
    'return_1m': 'ratio',
    'return_3m': 'ratio',
    'momentum_12_1': 'ratio',
    'rsi_14': 'index',
    'natr_14': 'percent',
} -%}

with scores as (
    select
        returns.symbol,
        returns.date,
        returns.return_1m,
        returns.return_3m,
        (1 + returns.return_1y) / (1 + returns.return_1m) - 1 as momentum_12_1,
        momentum.rsi_14,
        volatility.natr_14
    from {{ ref('returns') }} as returns
    left join {{ source('daily', 'momentum') }} as momentum using (symbol, date)
    left join {{ source('daily', 'volatility') }} as volatility using (symbol, date)
),

{%- if is_incremental() %}

-- the sessions whose scores are not those that the table was made of
changed as (
    select present.date
    from (
        select
            date,
            {{ fingerprint(['symbol'] + measures | list) }} as fingerprint
        from scores
        group by date
    ) as present
    left join (
        select
            date,
            {{ fingerprint(['symbol'] + measures | list) }} as fingerprint
        from {{ this }}
        group by date
    ) as known using (date)
    where known.fingerprint is distinct from present.fingerprint
),
{%- endif %}

placed as (
    select
        symbol,
        date,
        {%- for measure in measures %}
        {{ measure }},
        count({{ measure }}) over (partition by date) as {{ measure }}_count,
        rank() over (partition by date order by {{ measure }} nulls last) as {{ measure }}_place{{ ',' if not loop.last }}
        {%- endfor %}
    from scores
    {%- if is_incremental() %}
    where date in (select date from changed)
    {%- endif %}
)

select
    cast(symbol as varchar) as symbol,
    cast(date as date) as date,
    {%- for measure, unit in measures.items() %}
    cast({{ measure }} as double) as {{ measure }}, -- {{ unit }}
    cast(
        case when {{ measure }} is not null then ({{ measure }}_place - 1) / nullif({{ measure }}_count - 1, 0) end as double
    ) as {{ measure }}_rank{{ ',' if not loop.last }} -- share
    {%- endfor %}
from placed
order by
    date,
    symbol
