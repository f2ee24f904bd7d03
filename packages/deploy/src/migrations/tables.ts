/** Tables in which tools note the migrations that ran, and the column that names one: TypeORM (n8n), Alembic (Letta, Open WebUI), Peewee, Rails, Flyway, Prisma, Knex, Django. */
export const migrationTables: Readonly<Record<string, string>> = {
  migrations: "name",
  alembic_version: "version_num",
  migratehistory: "name",
  schema_migrations: "version",
  flyway_schema_history: "script",
  _prisma_migrations: "migration_name",
  knex_migrations: "name",
  django_migrations: "name",
};
