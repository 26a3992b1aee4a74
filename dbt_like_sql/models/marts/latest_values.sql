{%- set families = {
    'trend': {
        'sma_20': 'price',
        'sma_50': 'price',
        'sma_200': 'price',
        'ema_20': 'price',
        'ema_50': 'price',
        'ema_200': 'price',
        'bbands_20_2_upper': 'price',
        'bbands_20_2_lower': 'price',
        'percentb_20_2': 'ratio',
        'supertrend_10_3': 'price',
        'supertrend_10_3_trend': 'direction',
    },
    'momentum': {
        'rsi_14': 'index',
        'macd_12_26_9': 'price',
        'macd_12_26_9_signal': 'price',
        'macd_12_26_9_hist': 'price',
        'stoch_14_3_3_k': 'index',
        'stoch_14_3_3_d': 'index',
        'adx_14': 'index',
        'cci_20': 'index',
        'willr_14': 'index',
        'mfi_14': 'index',
    },
    'volatility': {
        'atr_14': 'price',
        'natr_14': 'percent',
        'bbw_20_2': 'percent',
        'hv_20_252': 'percent a year',
    },
    'volume': {
        'obv': 'shares',
        'cmf_20': 'ratio',
        'rvol_20': 'ratio',
    },
} -%}

with latest as (
    select
        symbol,
        date,
        close,
        volume
    from {{ ref('stg_bars') }}
    qualify row_number() over (partition by symbol order by date desc) = 1
),

returned as (
    select
        symbol,
        date,
        return_1d,
        return_1m,
        return_3m,
        return_1y,
        drawdown
    from {{ ref('returns') }}
    qualify row_number() over (partition by symbol order by date desc) = 1
),

ranged as (
    select
        symbol,
        date,
        high_1y,
        low_1y,
        position_1y
    from {{ ref('year_ranges') }}
    qualify row_number() over (partition by symbol order by date desc) = 1
)
{%- for family, columns in families.items() %},

{{ family }} as (
    select
        symbol,
        date
        {%- for column in columns %},
        {{ column }}
        {%- endfor %}
    from {{ source('daily', family) }}
    qualify row_number() over (partition by symbol order by date desc) = 1
)
{%- endfor %}

select
    cast(latest.symbol as varchar) as symbol,
    cast(latest.date as date) as date,
    cast(latest.date = max(latest.date) over () as boolean) as is_current,
    cast(latest.close as double) as close, -- price
    cast(latest.volume as double) as volume, -- shares
    cast(returned.return_1d as double) as return_1d, -- ratio
    cast(returned.return_1m as double) as return_1m, -- ratio
    cast(returned.return_3m as double) as return_3m, -- ratio
    cast(returned.return_1y as double) as return_1y, -- ratio
    cast(returned.drawdown as double) as drawdown, -- ratio
    cast(ranged.high_1y as double) as high_1y, -- price
    cast(ranged.low_1y as double) as low_1y, -- price
    cast(ranged.position_1y as double) as position_1y, -- ratio
    {%- for family, columns in families.items() %}
    {%- set last_family = loop.last %}
    {%- for column, unit in columns.items() %}
    cast({{ family }}.{{ column }} as double) as {{ column }}{{ ',' if not (last_family and loop.last) }} -- {{ unit }}
    {%- endfor %}
    {%- endfor %}
from latest
inner join returned using (symbol, date)
inner join ranged using (symbol, date)
{%- for family in families %}
left join {{ family }} using (symbol, date)
{%- endfor %}
order by latest.symbol
