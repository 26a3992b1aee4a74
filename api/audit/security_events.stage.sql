create temp table if not exists staged_security_events (
    id uuid,
    at bigint,  -- microseconds since 1970
    kind text,
    account_id uuid,
    key_id text,
    client inet,
    request_id text,
    detail jsonb
) on commit delete rows
