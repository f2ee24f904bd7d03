import { describe, expect, it } from "vitest";
import { subjectOf } from "./subjects.ts";
import { wordsOf } from "./words.ts";

describe("the words of a name", () => {
  it.each([
    ["customer_email", ["customer", "email"]],
    ["customerEMail2", ["customer", "e", "mail"]],
    ["HTTPServerIP", ["http", "server", "ip"]],
    ["PRÉNOM", ["prenom"]],
    ["Straße", ["strasse"]],
    ["e-mail Adresse", ["e", "mail", "adresse"]],
    ["_1", []],
    ["имя", ["имя"]],
  ])("%s", (name, words) => {
    expect(wordsOf(name)).toEqual(words);
  });
});

describe("a name", () => {
  it.each([
    ["email", "email"],
    ["EMailAddress", "email"],
    ["correo_electronico", "email"],
    ["tel", "phone"],
    ["mobile_number", "phone"],
    ["telefonnummer", "phone"],
    ["vorname", "first name"],
    ["firstName", "first name"],
    ["prénom", "first name"],
    ["fname", "first name"],
    ["nachname", "last name"],
    ["nom", "last name"],
    ["apellidos", "last name"],
    ["display_name", "full name"],
    ["dob", "birth date"],
    ["date_of_birth", "birth date"],
    ["geburtsdatum", "birth date"],
    ["iban", "iban"],
    ["ssn", "national id"],
    ["tax_id", "national id"],
    ["billing_street", "address"],
    ["plz", "postcode"],
    ["zipCode", "postcode"],
    ["ort", "city"],
    ["last_ip", "ip"],
    ["creditCardNumber", "card"],
    ["password", "secret"],
    ["password_hash", "secret"],
    ["api_key", "secret"],
    ["apiKey", "secret"],
    ["gehalt", "income"],
    ["gender", "sensitive"],
    ["notes", "free text"],
    ["user_name", "user name"],
  ])("%s says %s", (name, subject) => {
    expect(subjectOf(name)).toBe(subject);
  });

  it.each([
    ["id", "identifier"],
    ["author_id", "identifier"],
    ["email_status", "classifier"],
    ["phone_type", "classifier"],
    ["token_count", "measure"],
    ["password_changed_at", "time"],
    ["created_at", "time"],
    ["name", "name of something"],
    ["xyzzy", undefined],
    ["", undefined],
  ])("%s says only %s", (name, subject) => {
    expect(subjectOf(name)).toBe(subject);
  });
});
