import { Text } from '@fluentui/react-components';
import type { Answer } from '../../api/call.ts';
import { useRead } from '../../api/queries.ts';
import { useText } from '../../text/text.ts';

type Name = Answer<'GET /api/v1/settings'>['stored'][number]['name'];

/** Whether somebody has chosen it, or it is as it comes. */
export function SettingSource({ name }: { readonly name: Name }) {
  const words = useText().administration;
  const settings = useRead('GET /api/v1/settings');
  const found = settings.data?.stored.find((each) => each.name === name);
  return found === undefined ? null : <Text size={200}>{words.sources[found.source]}</Text>;
}
