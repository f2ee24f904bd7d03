import type { Garden } from "./planted.ts";
import type { Stage } from "./stage.ts";

/**
 * Fill production's graph with the people of the app database.
 * @param planted the planted e-mail addresses of customers by their id: the same in both.
 */
export async function fillNeo4j(
  stage: Stage,
  garden: Garden,
  customers: number,
  planted: ReadonlyMap<number, string>,
): Promise<void> {
  const rows = garden.plantRows("neo4j", { name: "name", phone: "phone", alias: "email", letter: "email" });
  const people = [...planted].map(([id, email], index) => ({ id, email, ...rows[index] }));
  await stage.cypher(
    "production",
    `CREATE CONSTRAINT person_email FOR (p:Person) REQUIRE p.email IS UNIQUE;
     CREATE INDEX person_customer FOR (p:Person) ON (p.customer);
     UNWIND range(1, ${customers}) AS id CALL (id) {
       CREATE (:Person {customer: id, email: 'customer' + id + '@mail.test', name: 'Muster ' + id, since: date('2024-01-01')})
     } IN TRANSACTIONS OF 10000 ROWS;
     UNWIND ${literal(people)} AS one MATCH (p:Person {customer: one.id})
       SET p.email = one.email, p.name = one.name, p.phone = one.phone, p.aliases = [one.alias], p:Subscriber;
     UNWIND ${literal(people)} AS one MATCH (a:Person {customer: one.id}), (b:Person {customer: one.id - 1})
       CREATE (a)-[:WROTE_TO {text: 'from ' + one.letter, weight: 0.5}]->(b), (a)-[:KNOWS]->(a);
     CREATE (:Product {name: 'Pen', price: 2.5});`,
  );
}

/** Maps of numbers and texts, as Cypher writes them. */
function literal(rows: readonly object[]): string {
  const maps = rows.map(
    (row) => `{${Object.entries(row).map(([name, value]) => `${name}: ${JSON.stringify(value)}`)}}`,
  );
  return `[${maps.join(", ")}]`;
}
