import type { Server } from "../../packages/data/src/index.ts";
import { execute } from "../../packages/data/test/support/pair.ts";

/** What is copied: about 1 GB and 5 M rows at a scale of 1: people, orders with JSON, a wide table and a narrow one. */
export async function fill(server: Server, database: string, scale: number): Promise<void> {
  const rows = (count: number) => Math.max(1, Math.round(count * scale));
  await execute(server, "postgres", `CREATE DATABASE ${database}`);
  await execute(
    server,
    database,
    "SET synchronous_commit = off",
    `CREATE TABLE customers (
       id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL UNIQUE, full_name text NOT NULL, phone text,
       address text, city text, born date, profile jsonb NOT NULL, notes text, created_at timestamptz NOT NULL)`,
    `INSERT INTO customers (email, full_name, phone, address, city, born, profile, notes, created_at)
     SELECT 'person' || i || '@mail' || i % 977 || '.example.net', 'Ada' || i % 5003 || ' Lovelace' || i % 7001,
       '+49 30 ' || 1000000 + i, i % 300 || ' Long Street', 'City ' || i % 900, date '1950-01-01' + (i % 18000)::int,
       jsonb_build_object('contact', jsonb_build_object('email', 'person' || i || '@mail.example.net', 'phone', '+49 40 ' || 1000000 + i),
         'plan', (ARRAY['free', 'team', 'company'])[1 + i % 3], 'logins', i % 400),
       repeat('Asked for an offer and was told to call again. ', (i % 3)::int), timestamptz '2020-01-01' + i * interval '1 minute'
     FROM generate_series(1, ${rows(1_500_000)}) i`,
    "CREATE INDEX ON customers (created_at)",
    "CREATE INDEX ON customers (lower(full_name))",
    `CREATE TABLE orders (
       id bigint PRIMARY KEY, customer_id bigint NOT NULL, amount numeric(12, 2) NOT NULL, status text NOT NULL,
       placed_at timestamptz NOT NULL, ip inet, detail jsonb)`,
    `INSERT INTO orders
     SELECT i, 1 + i % ${rows(1_500_000)}, (i % 100000) / 100.0, (ARRAY['new', 'paid', 'sent'])[1 + i % 3],
       timestamptz '2021-01-01' + i * interval '20 seconds', ('10.' || i % 250 || '.' || i % 99 || '.' || i % 251)::inet,
       jsonb_build_object('sku', 'A-' || i % 5000, 'count', i % 9)
     FROM generate_series(1, ${rows(2_500_000)}) i`,
    "ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers",
    "CREATE INDEX ON orders (customer_id)",
    `CREATE TABLE wide (id int PRIMARY KEY, ${Array.from({ length: 60 }, (_, n) => `c${n} ${n % 2 ? "int" : "text"}`).join(", ")})`,
    `INSERT INTO wide SELECT i, ${Array.from({ length: 60 }, (_, n) => (n % 2 ? `i * ${n + 1} % 100000` : `'value ' || i % ${n + 7}`)).join(", ")}
     FROM generate_series(1, ${rows(100_000)}) i`,
    "CREATE TABLE narrow (a int, b int)",
    `INSERT INTO narrow SELECT i, i % 1000 FROM generate_series(1, ${rows(900_000)}) i`,
    "VACUUM ANALYZE",
    "CHECKPOINT",
  );
}

/** What the policy says of it. */
export const policy = `databases:
  shop:
    tables:
      public.customers:
        columns:
          { id: keep, email: email, full_name: full-name, phone: phone, address: address, city: city,
            born: { mask: date, person: id }, notes: text, created_at: keep,
            profile: { json: { "$.contact.email": email, "$.contact.phone": phone, "$.plan": keep, "$.logins": keep } } }
      public.orders:
        columns:
          { id: keep, customer_id: keep, amount: keep, status: keep, placed_at: keep, ip: ip,
            detail: { json: { "$.sku": keep, "$.count": keep } } }
      public.wide:
        columns: { id: keep, ${Array.from({ length: 60 }, (_, n) => `c${n}: keep`).join(", ")} }
      public.narrow:
        columns: { a: keep, b: keep }
`;
