#!/bin/sh
# A role of Kalpi's own that rules its two databases and nothing else; run once, when the cluster is made.
set -eu
psql --no-psqlrc --set=ON_ERROR_STOP=1 --set=password="$KALPI_PASSWORD" --username=postgres --dbname=postgres <<'SQL'
create role kalpi login nosuperuser nocreatedb nocreaterole password :'password';
create database kalpi owner kalpi;
create database dagster owner kalpi;
revoke all on database kalpi, dagster from public;
SQL
