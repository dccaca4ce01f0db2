"""How the web server runs: threads for waiting, two processes for two cores."""

import os

wsgi_app = "portal.wsgi:application"
bind = os.environ.get("BIND", "0.0.0.0:8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 60
graceful_timeout = 20
keepalive = 30
max_requests = int(os.environ.get("WEB_MAX_REQUESTS", "10000"))
max_requests_jitter = 500
preload_app = True
accesslog = None
errorlog = "-"
forwarded_allow_ips = "*" if int(os.environ.get("PROXY_COUNT", "0")) > 0 else "127.0.0.1"
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None


def post_fork(server: object, worker: object) -> None:
    """A forked process must never share its parent's database connection."""
    from django.db import connections

    connections.close_all()
