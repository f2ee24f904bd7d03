/** What a name says that its values are. */
export type Subject =
  | "email"
  | "phone"
  | "first name"
  | "last name"
  | "full name"
  | "user name"
  | "address"
  | "postcode"
  | "city"
  | "company"
  | "ip"
  | "url"
  | "card"
  | "iban"
  | "birth date"
  | "national id"
  | "secret"
  | "place on earth"
  | "income"
  | "sensitive"
  | "device"
  | "free text"
  | "name of something"
  | "identifier"
  | "code"
  | "classifier"
  | "measure"
  | "time";

/**
 * Names as they stand in databases of several languages, the telling ones first. A phrase holds where its words follow each
 * other, run together or not: `first name` holds for first_name, firstName and firstname.
 */
export const lexicon: readonly (readonly [Subject, string])[] = [
  [
    "secret",
    `password, passwd, pwd, passwort, kennwort, passphrase, mot de passe, contrasena, clave, senha, parola, wachtwoord, haslo, secret,
     token, api key, access key, private key, secret key, signing key, encryption key, salt, otp, totp, mfa, 2fa, recovery code,
     recovery codes, pin, cvv, cvc, cookie, session key, credential, credentials, auth, authorization, bearer, jwt, oauth, webhook url`,
  ],
  [
    "email",
    "email, e mail, mail, mailadresse, courriel, correo, posta elettronica, epost, e post, sahkoposti, emailaddress",
  ],
  [
    "phone",
    `phone, phone number, telephone, telefon, telefono, tel, telefone, mobile, mobil, mobiltelefon, cellphone, cell, handy, msisdn, fax,
     rufnummer, telefonnummer, movil, celular, portable, whatsapp, sms, puhelin, telefoon`,
  ],
  [
    "iban",
    "iban, bank account, account iban, kontonummer, konto, rekening, rekeningnummer, cuenta bancaria, bankverbindung",
  ],
  [
    "card",
    "card number, cardnumber, card no, credit card, cc number, ccnum, cc, pan, kreditkarte, kartennummer, numero de carte, tarjeta",
  ],
  [
    "national id",
    `ssn, social security, social security number, sin, nino, national id, national insurance, tax id, taxid, tin, vat id, steuernummer,
     steuer id, sozialversicherungsnummer, nif, dni, nie, cpf, cnpj, codice fiscale, nir, insee, numero de securite sociale, passport,
     passport number, reisepass, ausweis, ausweisnummer, personnummer, bsn, pesel, aadhaar, driver license, drivers license, driving licence,
     license plate, kennzeichen, patient id, insurance number`,
  ],
  [
    "birth date",
    `birth, birthday, birthdate, birth date, date of birth, dob, born, geburtsdatum, geburtstag, geburt, geb datum, naissance,
     date de naissance, nacimiento, fecha nacimiento, nascita, data di nascita, nascimento, geboortedatum, fodselsdato, deceased at`,
  ],
  [
    "first name",
    "first name, fname, given name, givenname, forename, middle name, vorname, prenom, nombre, primer nombre, voornaam, fornavn, imie",
  ],
  [
    "last name",
    `last name, lname, surname, family name, familyname, maiden name, nachname, familienname, geburtsname, nom, nom de famille, apellido,
     apellidos, cognome, sobrenome, achternaam, efternavn, nazwisko`,
  ],
  [
    "user name",
    "user name, username, login, login name, nick, nickname, handle, screen name, benutzername, usuario, utilisateur, pseudo, gamertag",
  ],
  [
    "full name",
    `full name, fullname, display name, real name, legal name, contact name, customer name, client name, user full name, person name,
     patient name, employee name, recipient name, recipient, sender name, owner name, holder name, cardholder, account holder, author name,
     author, authors, nombre completo, nome completo, nom complet, ansprechpartner, inhaber, kontoinhaber, spouse, emergency contact, signature`,
  ],
  [
    "postcode",
    "zip, zip code, zipcode, postcode, post code, postal code, plz, postleitzahl, code postal, codigo postal, cap, cep",
  ],
  [
    "address",
    `address, addr, street, street address, strasse, str, hausnummer, house number, adresse, anschrift, direccion, indirizzo, endereco, rue,
     calle, via, adres, straat, address line, line 1, line 2, billing address, shipping address, wohnadresse`,
  ],
  [
    "city",
    "city, town, ort, wohnort, stadt, ville, ciudad, citta, cidade, plaats, woonplaats, miasto, locality, birthplace, geburtsort",
  ],
  [
    "company",
    "company, company name, employer, organisation name, organization name, firma, firmenname, arbeitgeber, societe, entreprise, empresa, azienda, bedrijf",
  ],
  [
    "ip",
    "ip, ip address, ipaddress, ip addr, client ip, remote addr, remote ip, last ip, ipv4, ipv6, current sign in ip, last sign in ip",
  ],
  [
    "url",
    "url, uri, website, homepage, web site, webseite, link, avatar, photo, picture, profile image, image url, linkedin, facebook, twitter, instagram, github",
  ],
  [
    "place on earth",
    "lat, latitude, lng, lon, long, longitude, geo, geolocation, coordinates, location, position, breitengrad, laengengrad, koordinaten",
  ],
  [
    "income",
    "salary, income, wage, gehalt, lohn, einkommen, salaire, salario, stipendio, net worth, credit score, balance, kontostand",
  ],
  [
    "sensitive",
    `gender, sex, geschlecht, genre, religion, konfession, ethnicity, race, nationality, nationalitaet, staatsangehoerigkeit, marital status,
     familienstand, diagnosis, diagnose, disease, medication, allergies, blood type, disability, sexual orientation, political, criminal, health`,
  ],
  [
    "device",
    "user agent, useragent, device id, device token, imei, imsi, mac, mac address, serial number, fingerprint, advertising id, idfa, browser",
  ],
  [
    "free text",
    `note, notes, comment, comments, description, remark, remarks, message, body, text, content, bio, about, summary, subject, feedback, answer,
     reason, details, memo, transcript, history, biography, instructions, prompt, bemerkung, bemerkungen, notiz, notizen, kommentar,
     beschreibung, nachricht, commentaire, remarque, observaciones, nota, notas, comentario, descripcion, commento, descrizione, opmerking`,
  ],
  [
    "identifier",
    `id, uuid, guid, slug, version, revision, index, position, seq, sequence, order, sort, rank, uid, oid, pk, fk, external id, tenant`,
  ],
  ["code", "key, code, sku, ref, reference, hash, checksum, etag, number, no, nr, num"],
  [
    "classifier",
    `type, kind, status, state, category, level, role, lang, language, locale, currency, country, country code, timezone, time zone, mime, format,
     unit, scope, permission, source, channel, priority, color, colour, icon, emoji, method, action, event, model, provider, land, sprache,
     waehrung, pays, pais, platform, gateway, visibility, plan, tier, environment, extension`,
  ],
  [
    "measure",
    `count, counter, total, size, length, limit, amount, quantity, qty, duration, seconds, minutes, ms, bytes, usage, used, max, min, percent,
     enabled, required, verified, confirmed, active, done, failed, attempts, retries, price, tax, vat, discount, weight, height, width, anzahl`,
  ],
  ["time", "at, date, time, created, updated, deleted, since, until, timestamp, on, expires, expiry"],
  ["name of something", "name, title, label, titel, bezeichnung, titre, titulo, nome, naam, navn, caption, tag"],
];
