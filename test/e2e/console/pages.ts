/** Every page of the console that stands for itself: looked at by axe and photographed in both widths and themes. */
export type ConsolePage = {
  /** Of the screenshot. */
  readonly name: string;
  readonly path: string;
};

export const consolePages: readonly ConsolePage[] = [
  { name: 'overview', path: '/' },
  { name: 'certificates', path: '/certificates' },
  { name: 'account', path: '/account' },
  { name: 'administration', path: '/administration' },
  { name: 'audit', path: '/audit?by=all' },
  { name: 'not-found', path: '/no-such-page' },
];
