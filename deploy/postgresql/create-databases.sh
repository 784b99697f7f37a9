#!/bin/bash
# Gives each service a database of its own, and a user who can reach no other.  Runs once, on an empty volume.
set -euo pipefail

for service in upload validator roster reports; do
    psql -v ON_ERROR_STOP=1 -v name="rollbook_$service" -v password="$ROLLBOOK_DATABASE_PASSWORD" \
        --username "$POSTGRES_USER" --dbname postgres <<'SQL'
CREATE USER :"name" PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE CONNECT ON DATABASE :"name" FROM PUBLIC;
SQL
done
