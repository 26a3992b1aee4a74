create temp table if not exists staged_requests (
    id uuid,
    at bigint,  -- microseconds since 1970
    request_id text,
    trace_id text,
    method text,
    route text,
    status smallint,
    ms real,
    units integer,
    account_id uuid,
    key_id text,
    tier text,
    client inet,
    limiter text,
    cache text,
    snapshot text,
    problem text,
    bytes bigint,
    charged_day bigint  -- the start of the day that paid, seconds since 1970
) on commit delete rows
