import { Link as FluentLink } from '@fluentui/react-components';
import { createLink } from '@tanstack/react-router';
import type { ComponentProps, ReactNode } from 'react';

const RouterLink = createLink(FluentLink);

export type LinkProps = {
  /** `/devices/x?tab=timeline`: a path of the console, filters included. */
  readonly to: string;
  readonly children: ReactNode;
  readonly className?: string;
  readonly 'aria-label'?: string;
  /** The page that is shown. */
  readonly current?: boolean;
};

/** To another page of the console. */
export function Link({ to, children, current = false, ...rest }: LinkProps) {
  return (
    <RouterLink
      {...(splitAddress(to) as object as ComponentProps<typeof RouterLink>)}
      {...rest}
      {...(current && { 'aria-current': 'page' })}
    >
      {children}
    </RouterLink>
  );
}

/** As the router wants it. */
export function splitAddress(to: string): { readonly to: string; readonly search: Record<string, string> } {
  const [path = '/', query = ''] = to.split('?');
  return { to: path, search: Object.fromEntries(new URLSearchParams(query)) };
}

/** `withQuery('/certificates', { status: 'valid' })`; what is undefined or empty is left out. */
export function withQuery(path: string, query: Readonly<Record<string, string | number | undefined>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== '') parameters.set(name, String(value));
  const text = parameters.toString();
  return text === '' ? path : `${path}?${text}`;
}
