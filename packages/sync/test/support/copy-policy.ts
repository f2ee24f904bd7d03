const customers = `databases:
  app:
    largeObjects: drop
    tables:
      crm.customers:
        columns:
          id: keep
          email: email
          phone: phone
          first_name: first-name
          last_name: last-name
          address: address
          city: city
          birth_date: { mask: date, person: id }
          profile:
            json:
              $.contact.email: email
              "$.contact.phones[*].number": phone
              "$.contact.phones[*].kind": keep
              "$.history[*].at": keep
              "$.history[*].note": text
              $.relatives.*: full-name
              $.settings: keep
          notes: { mask: text, names: [crm.customers.last_name] }
          emails: email
          attachment: hash
          attributes: { mask: hstore, keys: { email: email, plan: keep } }
          emergency: { mask: composite, fields: { name: full-name, phone: phone } }
          ip: ip
          iban: iban
          card: card
          api_token: hash
          home_page: url
          page: text
          tier: keep
          balance: keep
          created_at: keep
`;

/** Everything of the database that `fillApp` makes. */
export const appPolicy = `${customers}      crm.orders: { columns: { id: keep, customer: keep, total: keep, note: text } }
      crm.newsletter: { columns: { email: email, weekly: keep } }
      crm.visits: { columns: { customer: keep, at: keep, ip: ip, payload: { json: { $.path: keep, $.form.mail: email } } } }
      crm.sessions: { columns: { token: hash, customer: keep } }
      Büro.Ansprechpartner: { columns: { E-Mail: email, Straße: address } }
`;

/** What a person says of all that `fillProduction` makes, where `sync:policy` cannot know, or knows not as well; it proposes the rest. */
export const ownPolicy = `${customers}neo4j:
  nodes:
    Person: { customer: keep, email: { mask: email, distinct: true }, name: full-name, phone: phone, aliases: email, since: keep }
    Subscriber: {}
    Product: { name: keep, price: keep }
  relationships:
    WROTE_TO: { text: text, weight: keep }
    KNOWS: {}
volumes:
  n8n-data: [{ keep: "nodes/**" }]
`;
