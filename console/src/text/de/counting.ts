export const zahl = new Intl.NumberFormat('de');
export const viele = (n: number, eins: string, mehr: string) => `${zahl.format(n)} ${n === 1 ? eins : mehr}`;
