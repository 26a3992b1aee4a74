-- What stands above its long average, strongest first?
select
    symbol,
    close,
    sma_200,
    close / sma_200 - 1 as above,
    rsi_14
from mart.latest_values
where close > sma_200
order by above desc;
