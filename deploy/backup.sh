#!/usr/bin/env bash
# Back up the database and the documents to one point in time.
#
#   OWNER_DATABASE_URL=… MEDIA_ROOT=… deploy/backup.sh FOLDER
#
# Writes FOLDER/portal-<UTC time>/ with database.dump, documents.tar and SHA256SUMS, and prints its name.
# PG_BIN: the folder of pg_dump when it is not on PATH; it must not be older than the server.
# With S3_BUCKET set the documents stay in the bucket, whose versions are their backup, and no documents.tar is written.
#
# The order is the point: the database first. A document's file is written before its row is committed and is never
# changed or deleted, so every file that the dump speaks of is there when the files are copied after it. Files that came
# in between are extra and harmless. The other way round, rows would point at files that are in no copy.
set -euo pipefail
umask 077

folder=${1:?usage: deploy/backup.sh FOLDER}
: "${OWNER_DATABASE_URL:?is not set}"
pg_dump=${PG_BIN:+$PG_BIN/}pg_dump

name=portal-$(date -u +%Y%m%dT%H%M%SZ)
partial=$folder/.$name.partial
mkdir -p "$folder"
mkdir "$partial"
trap 'rm -rf "$partial"' EXIT

"$pg_dump" --format=custom --file="$partial/database.dump" --dbname="$OWNER_DATABASE_URL"

if [ -z "${S3_BUCKET:-}" ]; then
    : "${MEDIA_ROOT:?is not set, nor is S3_BUCKET}"
    # tar ends with 1 when a folder gained a file meanwhile, which is what may happen here; 2 is a real failure.
    tar --create --numeric-owner --file="$partial/documents.tar" --directory="$MEDIA_ROOT" . || [ $? -eq 1 ]
fi

(cd "$partial" && sums=$(sha256sum -- *) && echo "$sums" >SHA256SUMS)
sync
mv "$partial" "$folder/$name"
trap - EXIT
echo "$folder/$name"
