/** What a caller within scope tags may do with what carries tags in other ways than profiles do. */
import type { giveScopeTags } from '../access/give-scope-tags.ts';
import { limitedScopeTags } from '../access/limited-scope-tags.ts';
import type { Scope } from '../access/principal.ts';
import type { saveScopeTag } from '../access/save-scope-tag.ts';
import { defaultScopeTag, type ScopeTag, type ScopeTagId } from '../access/scope-tag.ts';
import { limitedViewer, viewerNow } from '../access/viewing.ts';
import type { saveDevice } from '../directory/save-device.ts';
import type { saveGroup } from '../directory/save-group.ts';
import type { saveUser } from '../directory/save-user.ts';
import type { Bound } from '../lib/bound.ts';
import { Failure } from '../lib/failure.ts';
import { forgetView } from '../store/seen/view.ts';
import type { Store } from '../store/store.ts';

type Parts = {
  readonly store: Pick<Store, 'transact' | 'scopeTags'>;
  readonly saveUser: Bound<typeof saveUser>;
  readonly saveDevice: Bound<typeof saveDevice>;
  readonly saveGroup: Bound<typeof saveGroup>;
  readonly giveScopeTags: Bound<typeof giveScopeTags>;
  readonly givenTo: (deviceId: string) => Promise<readonly ScopeTagId[]>;
  readonly saveScopeTag: Bound<typeof saveScopeTag>;
};

/** What they make carries their tags: devices by themselves, groups of devices by being among those that give them. */
export function withinTags(parts: Parts): Pick<Parts, 'saveUser' | 'saveDevice' | 'saveGroup' | 'giveScopeTags'> {
  const { store } = parts;
  return {
    async saveUser(input) {
      const viewer = limitedViewer();
      if (input.id === null && viewer !== null && !(await ownTags(store)).includesDefault)
        throw new Failure(
          'forbidden',
          'limited-by-scope-tags',
          'A user is seen with their devices, so that you would not see a new one. Somebody who sees Default can add them.',
        );
      return parts.saveUser(input);
    },
    async saveDevice(input) {
      const { cause } = input;
      if (input.id !== null || limitedViewer() === null) return parts.saveDevice(input);
      return store.transact(async () => {
        const device = await parts.saveDevice(input);
        const { tags } = await ownTags(store);
        await parts.giveScopeTags({ deviceId: device.id, names: tags.map(({ name }) => name), cause });
        return device;
      });
    },
    async saveGroup(input) {
      const viewer = limitedViewer();
      if (input.id !== null || viewer === null) return parts.saveGroup(input);
      const { cause } = input;
      const { tags, includesDefault } = await ownTags(store);
      if (input.kind === 'user' && !includesDefault)
        throw new Failure(
          'forbidden',
          'limited-by-scope-tags',
          'Groups of users carry no scope tags, so that you would not see it. Make a group of devices.',
        );
      return store.transact(async () => {
        const group = await parts.saveGroup(input);
        if (input.kind === 'device')
          for (const tag of tags) await parts.saveScopeTag({ ...tag, groupIds: [...tag.groupIds, group.id], cause });
        forgetView(viewer);
        return group;
      });
    },
    async giveScopeTags(input) {
      const viewer = limitedViewer();
      if (viewer === null) return parts.giveScopeTags(input);
      return store.transact(async () => {
        const names = new Map((await store.scopeTags.all()).map(({ id, name }) => [id, name]));
        const given = (await parts.givenTo(input.deviceId)).flatMap((id) => names.get(id) ?? []);
        await limitedScopeTags(store, given, input.names);
        await parts.giveScopeTags(input);
        forgetView(viewer);
      });
    },
  };
}

/** Of whoever looks, who is limited; Default is none that anything is given. */
async function ownTags({
  scopeTags,
}: Pick<Store, 'scopeTags'>): Promise<{ readonly tags: readonly ScopeTag[]; readonly includesDefault: boolean }> {
  const ids = new Set<string>(viewerNow().scopes.flatMap(({ scopeTags: own }) => (own === 'all' ? [] : own)));
  const tags = (await scopeTags.all()).filter(({ id }) => ids.has(id) && id !== defaultScopeTag.id);
  return { tags, includesDefault: ids.has(defaultScopeTag.id) };
}

/** Whether all that a scope covers lies within what whoever looks may see. */
export function isWithinView(scope: Scope): boolean {
  const viewer = limitedViewer();
  if (viewer === null) return true;
  const { scopeTags } = scope;
  return (
    scopeTags !== 'all' &&
    viewer.scopes.some((own) => own.scopeTags === 'all' || scopeTags.every((tag) => own.scopeTags.includes(tag)))
  );
}
