"""What the tests have to show of reliability and security: a number and a sentence each.

A test that shows a part of one says so with `@pytest.mark.check(number)`.
"""

CHECKS = {
    # data and pipeline
    1: "However a pipeline is killed, no answer mixes two snapshots, and the next run ends as an undisturbed one does.",
    2: "Publishing again and again disturbs no reader, and every worker serves a new snapshot within two seconds.",
    3: "A served file is whole, read-only and checked against its manifest before it is served.",
    4: "Of two pipelines one writes; who has lost the lock can't publish.",
    5: "The same input gives the same content; a rollback is served within two seconds.",
    6: "Every kind of poisoned file gets its own reason, and none of its rows gets into a snapshot.",
    7: "Files that are larger than they look are refused by their metadata.",
    8: "Great Expectations and Polars agree on every frame; no NaN or infinity is ever sent.",
    9: "A full or broken disk fails the run by name and leaves what is served.",
    10: "A killed step is tried again; no run stays started for ever.",
    11: "Every file takes effect once whatever happens to the sensor; sessions are the exchange's.",
    # quotas and Redis
    12: "Clients on all workers together get exactly the day's quota, each unit once.",
    13: "With two quotas a refusal burns nothing of either.",
    14: "No window gives more than its quota, whatever becomes of its key or of a worker's clock.",
    15: "RateLimit fields are structured fields as the draft has them.",
    16: "What counts, and how much, is what is documented.",
    17: "With Redis killed data is answered at once, bounded, and says so; what must be counted is refused.",
    18: "With Redis frozen no request waits long, and all is as before soon after.",
    19: "Counts that Redis loses are put back.",
    20: "A full Redis forgets no counter and fails no answer.",
    # authentication and authorisation
    21: "No forged token is taken, and all are answered alike.",
    22: "A refresh token works once; its second use ends its family.",
    23: "A revoked key, a changed tier and a disabled account act in every worker within five seconds.",
    24: "No secret that was issued is found in a dump, a log or an answer.",
    25: "Guessing passwords gets slower and slower, and locks no owner out.",
    26: "An answer does not tell whether an account exists.",
    27: "Passwords are kept by argon2id, weak ones are refused, and hashing them slows no data.",
    28: "Every route has a declared rule, and other people's things are not found.",
    29: "A forged header makes no other address.",
    30: "A mistyped key is refused without a look-up.",
    # the contract of HTTP
    31: "The API does what its OpenAPI description says.",
    32: "Every error is a registered problem and tells nothing of our insides.",
    33: "Hostile input gets an error of its sender's, quickly and in little memory.",
    34: "Requests that can be read in two ways are refused.",
    35: "No answer holds what another request asked for.",
    # SQL
    36: "No SQL leaves the snapshot.",
    37: "No SQL takes more time or memory than it may.",
    # a server's life
    38: "Reloads and recycled workers fail no request.",
    39: "A server that is told to end finishes what it began; a killed worker takes only its own requests along.",
    40: "A frozen or restarted Postgres disturbs no known key, and leaves no poisoned connection.",
    41: "Old code runs on the new schema and new code on the old; what deploys it has no known weakness.",
    # what is seen of it
    42: "Metrics are exact over workers and restarts, and bounded.",
    43: "Every answer is in the log once, and nothing that a client sends forges a row or a line.",
    44: "Health tells the truth without asking anybody; every alert fires when it should, and only then.",
    45: "The load generator sees stalls, and a long load leaves no trace.",
}
