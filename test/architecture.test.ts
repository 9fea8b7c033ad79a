// biome-ignore-all lint/suspicious/noTemplateCurlyInString: source text to be checked stands here in strings.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { layers } from './layers.ts';
import { checkArchitecture } from './support/check-architecture.ts';
import { checkConsole } from './support/check-console.ts';
import { sourceFacts } from './support/source-facts.ts';

const repository = fileURLToPath(new URL('..', import.meta.url));

/** About 60 % of the files under `src` that are not tests: a rule that sees fewer was looking in the wrong place. */
const fewestSources = 650;

function read(...patterns: string[]): Map<string, string> {
  const paths = globSync(patterns, { cwd: repository }).sort();
  return new Map(paths.map((path) => [path, readFileSync(join(repository, path), 'utf8')]));
}

describe('the repository', () => {
  const files = read('src/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts');

  it('keeps to the import table, the homes of packages, and the naming rules', () => {
    assert.deepEqual(checkArchitecture(files), []);
  });

  it('was seen whole by that rule', () => {
    const sources = [...files.keys()].filter((path) => path.startsWith('src/') && !path.endsWith('.test.ts'));
    assert.ok(sources.length >= fewestSources, `only ${sources.length} files under src were looked at`);
  });

  it('holds nothing but TypeScript under src', () => {
    const others = globSync('src/**/*.{js,mjs,cjs,mts,cts,tsx,jsx}', { cwd: repository });
    assert.deepEqual(others, []);
  });

  it('has a console that takes from the server only what runs in a browser', () => {
    const both = read('console/src/**/*.{ts,tsx}', 'src/**/*.ts');
    assert.ok([...both.keys()].filter((path) => path.startsWith('console/')).length >= 40);
    assert.deepEqual(checkConsole(both), []);
  });

  it('reads nothing that lies outside it', () => {
    const outside = /(['"`])(?:[^'"`\n]*\/)?shared\/(?:design|reference|seed|data|tools)\b/;
    const guilty = [...files].filter(([path, source]) => path !== 'test/architecture.test.ts' && outside.test(source));
    assert.deepEqual(
      guilty.map(([path]) => path),
      [],
    );
  });
});

describe('the import table', () => {
  it('has no cycle of folders', () => {
    const visit = (place: string, trail: readonly string[]): void => {
      assert.ok(!trail.includes(place), `cycle: ${[...trail, place].join(' → ')}`);
      const allowed = layers[place] ?? [];
      if (allowed === '*') return;
      for (const other of allowed) if (other !== place) visit(other, [...trail, place]);
    };
    for (const place of Object.keys(layers)) visit(place, []);
  });

  it('names only places it knows', () => {
    for (const [place, allowed] of Object.entries(layers)) {
      for (const other of allowed === '*' ? [] : allowed) assert.ok(other in layers, `${place} → ${other}`);
    }
  });
});

describe('the checker of the console', () => {
  const clean = {
    'console/src/ui/link.tsx':
      "import { useState } from 'react';\nimport { parse } from '../../../src/profiles/parse.ts';",
    'src/profiles/parse.ts': "import type { Id } from '../lib/ids.ts';\nexport const parse = (id: Id) => id;",
    'src/lib/ids.ts': 'export type Id = string;',
  };
  const faults: readonly { name: string; path: string; source: string; says: RegExp }[] = [
    {
      name: 'a folder of the server that is not for browsers',
      path: 'console/src/a.ts',
      source: "import type { x } from '../../src/http/server.ts';",
      says: /may not import src\/http/,
    },
    {
      name: 'a package that is not the console’s',
      path: 'console/src/a.ts',
      source: "import {\n  chunk,\n} from 'lodash/fp';",
      says: /names lodash\/fp/,
    },
    {
      name: 'a page that is not there',
      path: 'console/src/a.ts',
      source: "const a = () => import('./b.tsx');",
      says: /not there: \.\/b\.tsx/,
    },
    {
      name: 'Node behind what it borrows',
      path: 'src/lib/ids.ts',
      source: "import { randomUUID } from 'node:crypto';\nexport type Id = string;",
      says: /src\/lib\/ids\.ts names node:/,
    },
    { name: 'a name in PascalCase', path: 'console/src/Link.tsx', source: '', says: /kebab-case/ },
  ];

  it('finds nothing in a tree without a fault', () => {
    assert.deepEqual(checkConsole(new Map(Object.entries(clean))), []);
  });

  for (const { name, path, source, says } of faults) {
    it(`finds ${name}`, () => {
      const found = checkConsole(new Map(Object.entries({ ...clean, [path]: source })));
      assert.ok(
        found.some((violation) => says.test(violation)),
        JSON.stringify(found),
      );
    });
  }
});

describe('the checker', () => {
  /** A small tree without a fault, to plant one fault in. */
  const clean: Readonly<Record<string, string>> = {
    'src/lib/clock.ts': 'export const systemClock = { now: () => Date.now(), monotonic: () => performance.now() };',
    'src/lib/failure.ts': 'export class Failure extends Error {}',
    'src/formats/asn1/read-tag.ts': "import { Failure } from '../../lib/failure.ts';\nexport const readTag = Failure;",
    'src/config/env.ts': 'export const env = process.env;',
    'src/authority/sign.ts': "import type { Failure } from '../lib/failure.ts';\nexport type Sign = Failure;",
    'src/enrollment/decide.ts': "import { type Sign } from '../authority/sign.ts';\nexport const decide: Sign[] = [];",
    'src/compose/authority.ts': "export { decide } from '../enrollment/decide.ts';\nexport const all = 1;",
    'src/main.ts': "import { all } from './compose/authority.ts';\nexport const main = all;",
    'src/store/sqlite/open.ts': "import { DatabaseSync } from 'node:sqlite';\nexport const open = DatabaseSync;",
    'src/authority/sign.test.ts': "import { world } from '../../test/support/world.ts';\nexport const x = world;",
    'test/support/world.ts': 'export const world = 1;',
  };

  const faults: readonly { name: string; path: string; source: string; says: RegExp }[] = [
    {
      name: 'an import against the table',
      path: 'src/authority/issue.ts',
      source: "import { decide } from '../enrollment/decide.ts';\nexport const issue = decide;",
      says: /authority may not import enrollment/,
    },
    {
      name: 'a type import against the table',
      path: 'src/authority/issue.ts',
      source: "import type { decide } from '../enrollment/decide.ts';",
      says: /authority may not import enrollment/,
    },
    {
      name: 'an import over several lines, behind a comment',
      path: 'src/authority/issue.ts',
      source: "import {\n  // it's here\n  decide,\n} /* from 'x' */ from '../enrollment/decide.ts';",
      says: /authority may not import enrollment/,
    },
    {
      name: 'a dynamic import against the table',
      path: 'src/authority/issue.ts',
      source: "export const load = () => import('../enrollment/decide.ts');",
      says: /authority may not import enrollment/,
    },
    {
      name: 'an import inside a type',
      path: 'src/authority/issue.ts',
      source: "export type Load = typeof import('../enrollment/decide.ts');",
      says: /authority may not import enrollment/,
    },
    {
      name: 'a dynamic import inside a template',
      path: 'src/authority/issue.ts',
      source: "export const load = async () => `${'`'}${{ a: await import('../enrollment/decide.ts') }}`;",
      says: /authority may not import enrollment/,
    },
    {
      name: 'a computed import',
      path: 'src/authority/issue.ts',
      source: 'export const load = (name: string) => import(name);',
      says: /imports a computed address/,
    },
    {
      name: 'a re-export against the table',
      path: 'src/authority/issue.ts',
      source: "export { decide } from '../enrollment/decide.ts';\nexport const issue = 1;",
      says: /authority may not import enrollment/,
    },
    {
      name: 'a worker against the table',
      path: 'src/authority/issue.ts',
      source: "export const worker = new URL('../enrollment/decide.ts', import.meta.url);",
      says: /authority may not import enrollment/,
    },
    {
      name: 'an import by require',
      path: 'src/authority/issue.ts',
      source: "export const issue = require('../enrollment/decide.ts');",
      says: /loads by require/,
    },
    {
      name: 'an import of what wires the product together',
      path: 'src/http/server.ts',
      source: "import { all } from '../compose/authority.ts';\nexport const server = all;",
      says: /only cli, compose, main.ts, schedule.ts may import compose/,
    },
    {
      name: 'an import of a test',
      path: 'src/authority/issue.ts',
      source: "import { x } from './sign.test.ts';\nexport const issue = x;",
      says: /imports a test: src\/authority\/sign\.test\.ts/,
    },
    {
      name: 'a source file that uses test support',
      path: 'src/authority/issue.ts',
      source: "import { world } from '../../test/support/world.ts';\nexport const issue = world;",
      says: /src stands alone/,
    },
    {
      name: 'an import from outside the repository',
      path: 'src/authority/issue.ts',
      source: "import { x } from '../../../other/x.ts';\nexport const issue = x;",
      says: /outside the repository/,
    },
    {
      name: 'a package away from home',
      path: 'src/enrollment/save.ts',
      source: "import { Client } from 'pg';\nexport const save = Client;",
      says: /names pg, whose home is store/,
    },
    {
      name: 'a package without a home',
      path: 'src/enrollment/save.ts',
      source: "import forge from 'node-forge/lib/x.js';\nexport const save = forge;",
      says: /names node-forge, which has no home/,
    },
    {
      name: 'cryptography away from home',
      path: 'src/enrollment/save.ts',
      source: "import { createHash } from 'node:crypto';\nexport const save = createHash;",
      says: /names node:crypto, whose home is crypto/,
    },
    {
      name: 'a test library in a source file',
      path: 'src/enrollment/save.ts',
      source: "import assert from 'node:assert/strict';\nexport const save = assert;",
      says: /for tests/,
    },
    {
      name: 'the environment read elsewhere',
      path: 'src/enrollment/save.ts',
      source: 'export const save = process.env.HOME;',
      says: /reads process\.env/,
    },
    {
      name: 'the clock read elsewhere',
      path: 'src/enrollment/save.ts',
      source: 'export const save = Date.now();',
      says: /reads the clock/,
    },
    {
      name: 'the clock read by new Date()',
      path: 'src/enrollment/save.ts',
      source: 'export const save = `at ${new Date().toISOString()}`;',
      says: /reads the clock/,
    },
    {
      name: 'a node: import in formats',
      path: 'src/formats/read-file.ts',
      source: "import { readFileSync } from 'node:fs';\nexport const readFile = readFileSync;",
      says: /names node: or Buffer/,
    },
    {
      name: 'Buffer in formats',
      path: 'src/formats/join.ts',
      source: 'export const join = (parts: Uint8Array[]) => Buffer.concat(parts);',
      says: /names node: or Buffer/,
    },
    {
      name: 'a cycle of files',
      path: 'src/lib/failure.ts',
      source: "import type { a } from './a.ts';\nexport type Failure = typeof a;",
      says: /imports itself: src\/lib\/a\.ts → src\/lib\/failure\.ts → src\/lib\/a\.ts/,
    },
    {
      name: 'a folder nobody planned',
      path: 'src/services/issue.ts',
      source: 'export const issue = 1;',
      says: /services, which test\/layers\.ts does not know/,
    },
    { name: 'an index file', path: 'src/authority/index.ts', source: 'export const a = 1;', says: /index file/ },
    {
      name: 'a file of helpers',
      path: 'src/authority/key-helpers.ts',
      source: 'export const a = 1;',
      says: /says nothing: key-helpers/,
    },
    {
      name: 'a folder of utils',
      path: 'src/authority/utils/sign.ts',
      source: 'export const a = 1;',
      says: /says nothing: utils/,
    },
    { name: 'a name in camelCase', path: 'src/authority/signIt.ts', source: 'export const a = 1;', says: /kebab-case/ },
    {
      name: 'a default export',
      path: 'src/authority/issue.ts',
      source: 'export default 1;',
      says: /default export/,
    },
    {
      name: 'a default export by name',
      path: 'src/authority/issue.ts',
      source: 'const a = 1;\nexport { a as default };',
      says: /default export/,
    },
    {
      name: 'an export of everything',
      path: 'src/authority/issue.ts',
      source: "export * from './sign.ts';\nexport const issue = 1;",
      says: /export \*/,
    },
    {
      name: 'a barrel',
      path: 'src/authority/issue.ts',
      source: "// All of it.\nexport type { Sign } from './sign.ts';\nexport { Failure } from '../lib/failure.ts';\n",
      says: /barrel/,
    },
  ];

  it('finds nothing in a tree without a fault', () => {
    assert.deepEqual(checkArchitecture(new Map(Object.entries(clean))), []);
  });

  for (const { name, path, source, says } of faults) {
    it(`finds ${name}`, () => {
      const lib = "import type { Failure } from './failure.ts';\nexport const a = 1 as unknown as Failure;";
      const tree = new Map(Object.entries({ 'src/lib/a.ts': lib, ...clean, [path]: source }));
      const violations = checkArchitecture(tree);
      assert.ok(
        violations.some((violation) => says.test(violation)),
        `found only: ${JSON.stringify(violations)}`,
      );
    });
  }

  it('is not misled by words in comments, strings, templates and regular expressions', () => {
    const source = [
      "// import { a } from 'pg'; process.env Buffer Date.now()",
      '/* export default Buffer */',
      'const text = "import x from \'pg\'; process.env";',
      'const quote = /[\'"`]/; const ratio = 4 / 2 / 1;',
      'const inner = `import y from "pg" ${text + `Date.now() ${quote}`} process.env`;',
      'const own = { import: 1, env: { Buffer: 2 } }; own.import; own.env.Buffer;',
      'const then = new Date(0); const time = Date.UTC(2026, 1, 1); const type = import.meta.url;',
      'export { text, inner, own, then, time, type, ratio };',
    ].join('\n');
    const facts = sourceFacts(source);
    assert.deepEqual(facts.imports, []);
    assert.deepEqual(facts.faults, []);
    assert.deepEqual(facts.environment, []);
    assert.deepEqual(facts.clock, []);
    assert.equal(facts.barrel, false);
  });

  it('knows the line of what it finds', () => {
    const { imports } = sourceFacts(
      "/*\n\n*/\nconst a = `\n`;\nimport 'node:fs';\nimport b, { type C } from './b.ts';",
    );
    assert.deepEqual(imports, [
      { from: 'node:fs', line: 6, how: 'import' },
      { from: './b.ts', line: 7, how: 'import' },
    ]);
  });
});
