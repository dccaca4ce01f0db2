"""The bench: how many requests a second each page answers, beside what the same server answers at most.

    python3 dev.py bench [CASE …] [--json] [--seconds N] [--authorities N]

`dev.py` starts a PostgreSQL and two Valkeys of its own and calls `python -m tests.bench`; with OWNER_DATABASE_URL,
DATABASE_URL, REDIS_URL, SECRET_KEY and DEMO set, that module runs against any server where the owner role may create a
database. It makes a database `portal_bench_<process id>`, upgrades it as a release would, loads its own rows by COPY,
starts one gunicorn, measures, and takes everything away again.

How to read it
    ceiling   A view that answers "ok" without touching the database, behind the whole middleware, in the same server.
    value     Requests a second of the case: the median of five rounds. Eight connections are kept open and each asks
              again as soon as it has its answer. Rounds of the ceiling and of all cases take turns, so that a
              disturbance of the machine meets them alike.
    ratio     value / baseline, where the baseline is the ceiling's requests a second, or for work that is no page the
              bare thing it is held against, measured right before each round. Compare ratios between machines and over
              time; compare values only within one run. A unit of time is better small, a unit per time large.
    queries   What one request asks the database, counted in this process with Django's test client on a warm process.
              Nothing is left out: session and user count, and BEGIN and COMMIT travel to the database like any other.
    html_bytes, gzip_bytes
              The size of the answer unpacked, and as it went over the wire (Django adds up to a hundred random bytes to
              each, against BREACH). Every request asks for gzip, as browsers do: packing is part of the price.

The server is the portal's own `gunicorn.conf.py` with two changes that hold the ratios still: one worker (the load
generator needs the other core) with eight threads, and no restart after a number of requests. Every request comes from
a visitor's address of its own (X-Forwarded-For, PROXY_COUNT=1): the rate limiter's cost is measured, its refusal never met.

Triggers stay on while the rows are loaded, so history rows and plan versions exist as they would after real work.
An answer with another status, size or content than expected stops the run with exit code 1; so does a server that dies.

A new case: a function in `cases/` that takes the loaded `World` and returns what to measure (`measured.Measured`, with
`baseline_round` if it is no page), named in `cases.CASES`. New rows: a module in `data/`.
"""
