-- Rows that came before, in a transaction whose end nobody heard of, are neither stored nor counted again.
-- The order keeps two workers from waiting for each other.
with stored as (
    insert into requests
    select
        id,
        to_timestamp(at / 1e6),
        request_id,
        trace_id,
        method,
        route,
        status,
        ms,
        units,
        account_id,
        key_id,
        tier,
        client,
        limiter,
        cache,
        snapshot,
        problem,
        bytes
    from staged_requests
    on conflict do nothing
    returning id
)
insert into daily_usage as known
select
    account_id,
    cast(to_timestamp(coalesce(charged_day, at / 1e6)) at time zone 'UTC' as date) as day,
    coalesce(key_id, '') as key_id,  -- none in a session
    route,
    count(*) as requests,
    sum(units) as units,
    count(*) filter (where status >= 400) as errors,
    sum(bytes) as bytes
from staged_requests join stored using (id)
where account_id is not null and route is not null
group by account_id, day, coalesce(key_id, ''), route
order by account_id, day, key_id, route
on conflict (account_id, day, key_id, route) do update set
    requests = known.requests + excluded.requests,
    units = known.units + excluded.units,
    errors = known.errors + excluded.errors,
    bytes = known.bytes + excluded.bytes
