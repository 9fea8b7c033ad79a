import {
  Button,
  InteractionTag,
  InteractionTagPrimary,
  InteractionTagSecondary,
  makeStyles,
  SearchBox,
  Select,
  tokens,
} from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons';
import { type ReactElement, type ReactNode, useEffect, useRef, useState } from 'react';
import { useText } from '../text/text.ts';
import { useFilters } from './use-filters.ts';

export type Filter = {
  /** Name in the address, and of the route's query. */
  readonly name: string;
  readonly title: string;
  /** What can be chosen. Absent: the page draws it by `render`, or a link brought it along, and it is a tag that can be taken off. */
  readonly options?: readonly { readonly value: string; readonly title: string }[];
  readonly render?: (value: string | undefined, change: (value: string | undefined) => void) => ReactElement;
  /** When it is of several parameters; default: `name` alone. */
  readonly names?: readonly string[];
};

const useStyles = makeStyles({
  root: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: tokens.spacingHorizontalS },
  search: { flex: '1 1 200px', maxWidth: '360px', minWidth: '140px' },
  filter: { flex: '0 1 auto', minWidth: '120px', maxWidth: '220px' },
  end: { marginLeft: 'auto', display: 'flex', gap: tokens.spacingHorizontalXS, flexWrap: 'wrap' },
});

const typingPause = 200;

function isLinked({ options, render }: Filter): boolean {
  return options === undefined && render === undefined;
}

export function FilterBar({
  filters,
  search,
  tools,
  chooser,
}: {
  readonly filters: readonly Filter[];
  readonly search: string | undefined;
  readonly tools?: ReactNode;
  readonly chooser: ReactElement | null;
}) {
  const styles = useStyles();
  const text = useText();
  const [address, change] = useFilters();
  const names = [...filters.flatMap((filter) => filter.names ?? [filter.name]), 'search'];
  const active = names.some((name) => address[name]);
  return (
    <search className={styles.root}>
      {search !== undefined && <SearchField placeholder={search} />}
      {filters.map((filter) =>
        isLinked(filter) ? (
          address[filter.name] && (
            <InteractionTag key={filter.name}>
              <InteractionTagPrimary hasSecondaryAction>{filter.title}</InteractionTagPrimary>
              <InteractionTagSecondary
                aria-label={text.list.takeOff(filter.title)}
                onClick={() => change({ [filter.name]: undefined })}
              />
            </InteractionTag>
          )
        ) : (
          <div key={filter.name} className={styles.filter}>
            {filter.render ? (
              filter.render(address[filter.name], (value) => change({ [filter.name]: value }))
            ) : (
              <Select
                aria-label={filter.title}
                value={address[filter.name] ?? ''}
                onChange={(_, { value }) => change({ [filter.name]: value })}
              >
                <option value="">{`${filter.title}: ${text.list.all}`}</option>
                {filter.options?.map(({ value, title }) => (
                  <option key={value} value={value}>
                    {title}
                  </option>
                ))}
              </Select>
            )}
          </div>
        ),
      )}
      {active && (
        <Button
          appearance="subtle"
          icon={<DismissRegular />}
          onClick={() => change(Object.fromEntries(names.map((name) => [name, undefined])))}
        >
          {text.list.clear}
        </Button>
      )}
      {(tools || chooser) && (
        <div className={styles.end}>
          {tools}
          {chooser}
        </div>
      )}
    </search>
  );
}

function SearchField({ placeholder }: { readonly placeholder: string }) {
  const styles = useStyles();
  const text = useText();
  const [address, change] = useFilters();
  const asked = address['search'] ?? '';
  const [typed, setTyped] = useState(asked);
  const sent = useRef(asked);
  useEffect(() => {
    // Somebody else has changed it: a link, “clear”, the way back.
    if (asked !== sent.current) setTyped(asked);
    sent.current = asked;
  }, [asked]);
  useEffect(() => {
    if (typed === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = typed;
      change({ search: typed }, { replace: true });
    }, typingPause);
    return () => clearTimeout(timer);
  }, [typed, change]);
  return (
    <SearchBox
      className={styles.search}
      data-shortcut="search"
      aria-label={text.list.search}
      placeholder={placeholder}
      value={typed}
      onChange={(_, { value }) => setTyped(value)}
    />
  );
}
