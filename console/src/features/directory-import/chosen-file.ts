/** Which of the import's files one is: by its name, else by its first line. */
export const importKinds = ['users', 'groups', 'members', 'devices'] as const;
export type ImportKind = (typeof importKinds)[number];

export type ChosenFile = { readonly id: number; readonly file: File; readonly kind: ImportKind | null };

/** As the command line and the documentation name them. */
export const usualNames: Readonly<Record<ImportKind, string>> = {
  users: 'users.csv',
  groups: 'groups.csv',
  members: 'group-members.csv',
  devices: 'devices.csv',
};

/** Columns that only this kind has together; the first that fits is meant. */
const telling: readonly (readonly [ImportKind, readonly string[]])[] = [
  ['members', ['groupName', 'member']],
  ['groups', ['groupName']],
  ['devices', ['deviceName']],
  ['users', ['userPrincipalName']],
];

export async function kindOf(file: File): Promise<ImportKind | null> {
  const byName = importKinds.find((kind) => file.name.toLowerCase() === usualNames[kind]);
  if (byName !== undefined) return byName;
  // What cannot be read is told when it is sent.
  const start = await file
    .slice(0, 4096)
    .text()
    .catch(() => '');
  return kindOfHeader(start);
}

export function kindOfHeader(text: string): ImportKind | null {
  const [line = ''] = text.replace(/^\ufeff/, '').split(/[\r\n]/, 1);
  const columns = line.split(/[,;\t]/).map((name) => name.trim().replace(/^"|"$/g, ''));
  const found = telling.find(([, names]) => names.every((name) => columns.includes(name)));
  return found?.[0] ?? null;
}

/** A file that was changed or moved since it was chosen cannot be read any more. */
export async function canBeRead(file: File): Promise<boolean> {
  return file
    .slice(0, 1)
    .arrayBuffer()
    .then(
      () => true,
      () => false,
    );
}
