insert into security_events
select
    id,
    to_timestamp(at / 1e6),
    kind,
    account_id,
    key_id,
    client,
    request_id,
    detail
from staged_security_events
on conflict do nothing
