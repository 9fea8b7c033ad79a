import * as english from '../en/first-run.ts';

export const firstRun: typeof english.firstRun = {
  ...english.firstRun,
  title: 'Scepward einrichten',
  welcome: 'Zertifikate für jedes Gerät, von hier aus. Drei Schritte, etwa zwei Minuten.',
  steps: { code: 'Einrichtungscode', authority: 'Zertifizierungsstelle', administrator: 'Administrator' },
  code: 'Einrichtungscode',
  codeHint:
    'Der Server hat ihn in die Datei „setup-code“ seines Datenverzeichnisses geschrieben: einrichten kann ihn nur, wer die Maschine betreibt.',
  organisation: 'Organisation',
  organisationHint: 'Steht in den Namen der Zertifikate der Zertifizierungsstelle.',
  address: 'Adresse des Servers für Geräte',
  addressHint:
    'Steht für immer in Zertifikaten: wo Sperrlisten zu finden sind. Einfaches http://, das jedes Gerät erreicht.',
  authorityThere: 'Es gibt schon eine Zertifizierungsstelle. Hier ist nichts zu tun.',
  authorityNew:
    'Auf diesem Server entstehen eine Wurzel und eine ausstellende Stelle. Ihre eigene bringen Sie auf der Maschine mit: scepward init --import.',
  issuerKey: 'Schlüssel der ausstellenden Stelle',
  keys: {
    'rsa-2048': 'RSA 2048: versteht jedes Gerät',
    'p-256': 'ECDSA P-256: schneller, für neuere Geräte',
  },
  name: 'Ihr Name',
  signInName: 'Anmeldename',
  signInNameHint: 'Etwa Ihre Mailadresse.',
  finish: 'Einrichten',
  authorityFailed: 'Sie sind angemeldet; die Zertifizierungsstelle ließ sich nicht erstellen:',
  sample: 'Beispielorganisation laden',
  sampleHint: 'Benutzer, Geräte und Profile zum Umsehen; nicht für eine Zertifizierungsstelle, die bleiben soll.',
  sampleFailed: 'Die Beispielorganisation wurde nicht geladen.',
};
