# Two stages: one that installs, one that runs. The running image has no compiler, no package cache and no root process.
FROM python:3.11-slim-bookworm AS parts
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements/base.txt /requirements.txt
RUN python -m venv /env \
    && /env/bin/pip install --require-hashes --only-binary=:all: -r /requirements.txt

FROM python:3.11-slim-bookworm
RUN groupadd --system --gid 10001 portal \
    && useradd --system --uid 10001 --gid portal --home-dir /app --no-create-home --shell /usr/sbin/nologin portal \
    && install --directory --owner=portal --group=portal --mode=0750 /media
ENV PATH=/env/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=portal.settings \
    MEDIA_ROOT=/media \
    STATIC_ROOT=/app/staticfiles
COPY --from=parts /env /env
WORKDIR /app
COPY . .
# The settings refuse to load without these. They are worth nothing, reach nothing and exist in this one command only.
RUN SECRET_KEY=build-only-worth-nothing-0123456789-0123456789 \
    ALLOWED_HOSTS=build.invalid BASE_URL=https://build.invalid PROXY_COUNT=0 \
    DATABASE_URL=postgres://nobody@127.0.0.1:1/none REDIS_URL=redis://127.0.0.1:1/0 \
    DATA_KEYS=build-only-worth-nothing-0123456789-0123456789 \
    python manage.py collectstatic --noinput \
    && python -m compileall -q -j 0 /app
USER portal
EXPOSE 8000
CMD ["gunicorn", "-c", "gunicorn.conf.py", "--no-control-socket"]
