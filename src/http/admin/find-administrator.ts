import { type Administrator, type AdministratorId, signInKey } from '../../access/administrator.ts';
import type { AdministratorStore } from '../../access/administrator-store.ts';
import { findNamed } from './find-named.ts';

/** By id or sign-in name. Failure `administrator-not-found`. */
export function findAdministrator(
  { administrators }: { readonly administrators: Pick<AdministratorStore, 'get' | 'findBySignInName'> },
  text: string,
): Promise<Administrator> {
  return findNamed<Administrator>(
    {
      noun: 'administrator',
      get: (id: AdministratorId) => administrators.get(id),
      findByName: async (name) => {
        const found = await administrators.findBySignInName(signInKey(name));
        return found === null ? [] : [found];
      },
      describe: ({ id, signInName, name }) => ({ id, name: signInName, detail: name }),
    },
    text,
  );
}
