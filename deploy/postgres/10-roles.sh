#!/bin/bash
# Run once by the postgres image, when the data folder is empty: the two roles and the database.
# portal_owner owns every table and migrates; portal_app only works, and is given its rights by `manage.py upgrade`.
set -euo pipefail

psql --no-psqlrc --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\getenv owner_password PORTAL_OWNER_PASSWORD
\getenv app_password PORTAL_APP_PASSWORD
CREATE ROLE portal_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
CREATE ROLE portal_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'app_password';
-- Nothing a person waits for takes this long; migrations and dumps run as the owner and are not limited.
ALTER ROLE portal_app SET statement_timeout = '60s';
ALTER ROLE portal_app SET idle_in_transaction_session_timeout = '5min';
CREATE DATABASE portal OWNER portal_owner;
REVOKE ALL ON DATABASE portal FROM PUBLIC;
GRANT CONNECT ON DATABASE portal TO portal_app;
SQL
