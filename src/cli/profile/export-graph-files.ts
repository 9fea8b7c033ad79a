import { join } from 'node:path';
import { isFailure } from '../../lib/failure.ts';
import type { Finding } from '../../profiles/finding.ts';
import { segment } from '../api.ts';
import type { ApiClient } from '../api-client.ts';
import type { Terminal } from '../terminal.ts';
import { makeFolder, writeTextFile } from '../write-text-file.ts';
import { findingsText } from './findings-text.ts';

type Exported = {
  readonly slug: string;
  readonly object: Readonly<Record<string, unknown>>;
  readonly findings: readonly Finding[];
};

/**
 * Profiles as Graph JSON, to standard output (one object, or `{value: []}`) or into a folder, a file for each. What Graph
 * cannot say goes to standard error. One that Graph has no type for fails when it is asked for by name, and is told of
 * otherwise.
 */
export async function exportGraphFiles(
  api: ApiClient,
  terminal: Terminal,
  {
    names,
    all,
    root,
    output,
  }: {
    /** Slugs, names or ids. */
    readonly names: readonly string[];
    /** All profiles, or those that were asked for. */
    readonly all: boolean;
    readonly root: 'bind' | 'expand';
    readonly output: string | null;
  },
): Promise<void> {
  const written: Exported[] = [];
  for (const name of names) {
    const exported = await exportOne(api, name, { root, all });
    const findings = 'object' in exported ? exported.findings : exported;
    const told = findings.filter(({ severity }) => severity !== 'information');
    if (told.length > 0) terminal.say(`${name}\n${findingsText(told)}`);
    if ('object' in exported) written.push(exported);
  }
  const objects = written.map(({ object }) => object);
  if (output !== null) {
    makeFolder(output);
    const files = written.map(({ slug, object }) => {
      const file = join(output, `${slug}.json`);
      writeTextFile(file, `${JSON.stringify(object, null, 2)}\n`);
      return file;
    });
    terminal.result({ files }, () => files.join('\n'));
    return;
  }
  const [only] = objects;
  const document = !all && names.length === 1 && only !== undefined ? only : { value: objects };
  terminal.result(document, (shown) => JSON.stringify(shown, null, 2));
}

async function exportOne(
  api: ApiClient,
  name: string,
  { root, all }: { readonly root: 'bind' | 'expand'; readonly all: boolean },
): Promise<Exported | readonly Finding[]> {
  try {
    return await api.call<Exported>(`/profiles/${segment(name)}/graph`, { query: { root } });
  } catch (error) {
    if (!all || !isFailure(error, 'not-in-graph')) throw error;
    return (error.params.findings ?? []) as readonly Finding[];
  }
}
