import type { Garden, Kind } from "./planted.ts";
import type { Stage } from "./stage.ts";

/** What is planted in the team's own database, by place. */
const kinds = {
  email: "email",
  phone: "phone",
  last_name: "name",
  street: "street",
  ip: "ip",
  iban: "iban",
  card: "card",
  api_token: "token",
  home_page: "url",
  notes_email: "email",
  notes_phone: "phone",
  listed_email: "email",
  attached_email: "email",
  attribute_email: "email",
  emergency_name: "name",
  emergency_phone: "phone",
  page_email: "email",
  profile_email: "email",
  profile_phone: "phone",
  profile_note_email: "email",
  profile_relative: "name",
  order_email: "email",
  visit_ip: "ip",
  visit_email: "email",
  session_token: "token",
  partner_email: "email",
  partner_street: "street",
  object_email: "email",
} as const satisfies Record<string, Kind>;

/** Fill production's app database. @returns the planted e-mail addresses of customers by their id. */
export async function fillApp(stage: Stage, garden: Garden, customers: number): Promise<Map<number, string>> {
  const rows = garden.plantRows("app", kinds);
  const apart = Math.floor(customers / rows.length);
  const idOf = (index: number) => (index + 1) * apart;
  const names = Object.keys(kinds) as (keyof typeof kinds)[];
  const lines = rows.map((row, index) => [idOf(index), ...names.map((name) => row[name])].join("\t"));
  const columns = names.map((name) => `${name} text`).join(", ");
  await stage.sql(
    "production",
    "app",
    [
      schema,
      `BEGIN; CREATE TEMP TABLE planted (id int PRIMARY KEY, ${columns});`,
      "COPY planted FROM STDIN;",
      ...lines,
      "\\.",
      fill(customers),
      "COMMIT; ANALYZE;",
    ].join("\n"),
  );
  return new Map(rows.map(({ email }, index) => [idOf(index), email]));
}

const schema = `
CREATE EXTENSION IF NOT EXISTS citext;
CREATE EXTENSION IF NOT EXISTS hstore;
CREATE SCHEMA crm;
CREATE SCHEMA "Büro";
CREATE DOMAIN crm.email_address AS citext CHECK (VALUE ~ '@');
CREATE TYPE crm.contact AS (name text, phone text);
CREATE TYPE crm.tier AS ENUM ('basic', 'plus');
CREATE TABLE crm.customers (
  id bigint PRIMARY KEY,
  email text NOT NULL UNIQUE,
  phone varchar(32),
  first_name text NOT NULL,
  last_name text NOT NULL,
  initials text GENERATED ALWAYS AS (left(first_name, 1) || left(last_name, 1)) STORED,
  address text,
  city text,
  birth_date date CHECK (birth_date > '1900-01-01'),
  profile jsonb NOT NULL,
  notes text,
  emails text[],
  search tsvector,
  attachment bytea,
  attributes hstore,
  emergency crm.contact,
  ip inet,
  iban varchar(34),
  card varchar(19),
  api_token text UNIQUE,
  home_page text,
  page xml,
  tier crm.tier NOT NULL,
  balance numeric(12, 2) NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX ON crm.customers (lower(email));
CREATE INDEX ON crm.customers USING gin (search);
CREATE TRIGGER words BEFORE INSERT OR UPDATE ON crm.customers FOR EACH ROW
  EXECUTE FUNCTION tsvector_update_trigger(search, 'pg_catalog.simple', notes, last_name);
COMMENT ON COLUMN crm.customers.tier IS 'what they pay for';
CREATE TABLE crm.orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer bigint NOT NULL REFERENCES crm.customers,
  total numeric(10, 2) NOT NULL,
  note text
);
CREATE TABLE crm.newsletter (email text PRIMARY KEY REFERENCES crm.customers (email), weekly boolean NOT NULL);
CREATE TABLE crm.visits (customer bigint NOT NULL, at timestamptz NOT NULL, ip inet, payload json) PARTITION BY RANGE (at);
CREATE TABLE crm.visits_2025 PARTITION OF crm.visits FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE crm.visits_rest PARTITION OF crm.visits DEFAULT;
CREATE UNLOGGED TABLE crm.sessions (token text PRIMARY KEY, customer bigint REFERENCES crm.customers);
CREATE TABLE "Büro"."Ansprechpartner" ("E-Mail" crm.email_address PRIMARY KEY, "Straße" text);
CREATE MATERIALIZED VIEW crm.reachable AS SELECT id, email, phone FROM crm.customers WHERE phone IS NOT NULL;
`;

const fill = (customers: number) => `
INSERT INTO crm.customers
  (id, email, phone, first_name, last_name, address, city, birth_date, profile, notes, emails, attachment, attributes, emergency, ip,
   iban, card, api_token, home_page, page, tier, balance, created_at)
SELECT i, coalesce(p.email, 'customer' || i || '@mail.test'), coalesce(p.phone, '+49 30 ' || 10000000 + i),
  (ARRAY['Anna', 'Boris', 'Chloé', 'Dieter', 'Elif'])[1 + i % 5], family,
  coalesce(p.street, 'Hauptstraße ' || i), (ARRAY['Köln', 'Bremen', 'Jena'])[1 + i % 3], date '1950-01-01' + i % 20000,
  jsonb_build_object(
    'contact', jsonb_build_object('email', coalesce(p.profile_email, 'private' || i || '@mail.test'),
      'phones', jsonb_build_array(jsonb_build_object('number', coalesce(p.profile_phone, '+49 40 ' || 10000000 + i), 'kind', 'home'))),
    'history', jsonb_build_array(jsonb_build_object('at', '2025-01-01', 'note', 'wrote to ' || coalesce(p.profile_note_email, 'us@mail.test'))),
    'relatives', jsonb_build_object('mother', coalesce(p.profile_relative, 'Mutter' || i)),
    'settings', jsonb_build_object('theme', 'dark', 'pages', jsonb_build_array(1, 2, 3))),
  'Called at ' || coalesce(p.notes_phone, '+49 30 5550000') || ', answers as ' || family || ' and at ' || coalesce(p.notes_email, 'us@mail.test') || '.',
  ARRAY[coalesce(p.listed_email, 'second' || i || '@mail.test'), NULL],
  convert_to('From: ' || coalesce(p.attached_email, 'nobody@mail.test') || E'\\nHello', 'UTF8'),
  hstore('email', coalesce(p.attribute_email, 'third' || i || '@mail.test')) || hstore('plan', 'a'),
  ROW(coalesce(p.emergency_name, 'Nachbar' || i), coalesce(p.emergency_phone, '+49 221 ' || 1000000 + i))::crm.contact,
  coalesce(p.ip::inet, '10.9.0.0'::inet + i), p.iban, p.card, p.api_token, p.home_page,
  xmlelement(name card, xmlelement(name mail, coalesce(p.page_email, 'page' || i || '@mail.test'))),
  CASE i % 2 WHEN 0 THEN 'basic' ELSE 'plus' END::crm.tier, i % 9000 / 7.0, timestamptz '2024-01-01' + i * interval '1 minute'
FROM generate_series(1, ${customers}) AS numbers (i) LEFT JOIN planted AS p ON p.id = i
  CROSS JOIN LATERAL (SELECT coalesce(p.last_name, 'Muster' || translate(i::text, '0123456789', 'abcdefghij')) AS family) AS named;
INSERT INTO crm.orders (customer, total, note)
  SELECT c.id, n * 9.99, coalesce('invoice to ' || p.order_email, 'none')
  FROM crm.customers AS c CROSS JOIN generate_series(1, 2) AS n LEFT JOIN planted AS p USING (id);
INSERT INTO crm.newsletter SELECT email, id % 3 = 0 FROM crm.customers WHERE id % 2 = 0 OR id IN (SELECT id FROM planted);
INSERT INTO crm.visits
  SELECT c.id, timestamptz '2025-06-01' + c.id % 500 * interval '1 day', coalesce(p.visit_ip::inet, '10.8.0.0'::inet + c.id),
    json_build_object('path', '/cart', 'form', json_build_object('mail', coalesce(p.visit_email, 'form' || c.id || '@mail.test')))
  FROM crm.customers AS c LEFT JOIN planted AS p USING (id);
INSERT INTO crm.sessions SELECT coalesce(p.session_token, md5(c.id::text)), c.id FROM crm.customers AS c LEFT JOIN planted AS p USING (id) WHERE c.id % 4 = 0 OR p.id > 0;
INSERT INTO "Büro"."Ansprechpartner" SELECT partner_email, partner_street FROM planted;
SELECT lo_from_bytea(0, convert_to(string_agg(object_email, E'\\n'), 'UTF8')) FROM planted;
REFRESH MATERIALIZED VIEW crm.reachable;
`;
