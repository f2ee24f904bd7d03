import type { Masker, PartsMasker } from "./masker.ts";
import { card } from "./maskers/card.ts";
import { composite } from "./maskers/composite.ts";
import { date } from "./maskers/date.ts";
import { email } from "./maskers/email.ts";
import { fixed } from "./maskers/fixed.ts";
import { hash } from "./maskers/hash.ts";
import { hstore } from "./maskers/hstore.ts";
import { iban } from "./maskers/iban.ts";
import { ip } from "./maskers/ip.ts";
import { address, city, company, firstName, fullName, lastName } from "./maskers/labels.ts";
import { number } from "./maskers/number.ts";
import { phone } from "./maskers/phone.ts";
import { template } from "./maskers/template.ts";
import { text } from "./maskers/text.ts";
import { url } from "./maskers/url.ts";
import { uuid } from "./maskers/uuid.ts";

/** Every masker by the name that a policy gives it, e.g. `email`. */
export const maskers: ReadonlyMap<string, Masker | PartsMasker> = new Map(
  [
    email,
    phone,
    fullName,
    firstName,
    lastName,
    address,
    city,
    company,
    ip,
    url,
    card,
    iban,
    date,
    number,
    uuid,
    text,
    hash,
    fixed,
    template,
    composite,
    hstore,
  ].map((masker) => [masker.name, masker]),
);
