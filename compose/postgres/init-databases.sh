#!/usr/bin/env bash
# A role and a database for each service, run once when the volume is new; it can be run again by hand.
# The image's entrypoint sources this file when it is not executable: no `exit` and no `set` here.

# create_database NAME PASSWORD_VARIABLE [EXTENSION]: psql reads the password itself, because everybody sees arguments.
create_database() {
  psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set name="$1" --set password_variable="$2" <<'SQL'
\getenv password :password_variable
SELECT format('CREATE ROLE %I LOGIN', :'name') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'name') \gexec
ALTER ROLE :"name" PASSWORD :'password';
SELECT format('CREATE DATABASE %I OWNER %I', :'name', :'name')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
  if [ -n "$3" ]; then
    psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$1" --set extension="$3" <<'SQL'
CREATE EXTENSION IF NOT EXISTS :"extension";
SQL
  fi
}

create_database n8n N8N_DB_PASSWORD ""
create_database letta LETTA_DB_PASSWORD vector
create_database openwebui OPENWEBUI_DB_PASSWORD vector
create_database app APP_DB_PASSWORD vector

psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC;
SQL
