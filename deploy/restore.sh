#!/usr/bin/env bash
# Restore a backup made by deploy/backup.sh into an EMPTY database and an empty folder.
#
#   OWNER_DATABASE_URL=… MEDIA_ROOT=… deploy/restore.sh FOLDER/portal-<UTC time>
#
# Needs nothing of the portal: only psql, pg_restore (on PATH or in PG_BIN), tar and sha256sum. The roles portal_owner and
# portal_app must exist; the dump gives portal_app its rights again. With S3_BUCKET set the documents are left alone.
# Checks afterwards that every document's file is there with the content that its row promises.
set -euo pipefail
umask 077

backup=${1:?usage: deploy/restore.sh BACKUP}
: "${OWNER_DATABASE_URL:?is not set}"
psql=${PG_BIN:+$PG_BIN/}psql
pg_restore=${PG_BIN:+$PG_BIN/}pg_restore

ask() {
    "$psql" --no-psqlrc --set ON_ERROR_STOP=1 --quiet --tuples-only --no-align --dbname="$OWNER_DATABASE_URL" --command="$1"
}

stop() {
    echo "restore: $1" >&2
    exit 1
}

[ -f "$backup/SHA256SUMS" ] || stop "$backup is no finished backup"
(cd "$backup" && sha256sum --check --quiet --strict SHA256SUMS) || stop "the backup is damaged; nothing was restored"
tables=$(ask "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')")
[ "$tables" = 0 ] || stop "the database is not empty ($tables tables); make a new one and restore into that"

with_files=
if [ -z "${S3_BUCKET:-}" ]; then
    with_files=yes
    : "${MEDIA_ROOT:?is not set, nor is S3_BUCKET}"
    [ -f "$backup/documents.tar" ] || stop "the backup has no documents.tar; was it taken with S3_BUCKET set?"
    mkdir -p "$MEDIA_ROOT"
    [ -z "$(ls -A "$MEDIA_ROOT")" ] || stop "$MEDIA_ROOT is not empty"
    tar --extract --numeric-owner --file="$backup/documents.tar" --directory="$MEDIA_ROOT"
fi

# One transaction: either the whole database or nothing.
"$pg_restore" --exit-on-error --single-transaction --no-owner --dbname="$OWNER_DATABASE_URL" "$backup/database.dump"
ask "SET client_min_messages = error; ANALYZE"

if [ -n "$with_files" ]; then
    list=$(mktemp)
    trap 'rm -f "$list"' EXIT
    ask "SELECT sha256 || '  ' || file FROM portal_document ORDER BY id" >"$list"
    if [ -s "$list" ]; then
        (cd "$MEDIA_ROOT" && sha256sum --check --quiet --strict "$list") ||
            stop "the database is restored, but the documents named above are missing or changed"
    fi
fi
echo "restored: $(ask "SELECT count(*) FROM portal_document") documents"
