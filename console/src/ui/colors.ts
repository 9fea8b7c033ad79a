/** Colours that Fluent's themes lack, as their custom properties. What they are in each theme says `app/theme.ts`. */
export type Color =
  | 'rowHover'
  | 'rowChosen'
  | 'here'
  | 'chartGood'
  | 'chartBad'
  | 'chartWarning'
  | 'chartBrand'
  | 'chartNeutral'
  | 'chartTrack'
  | 'chartGap';

export const colors: Readonly<Record<Color, string>> = {
  rowHover: 'var(--rowHover)',
  rowChosen: 'var(--rowChosen)',
  here: 'var(--here)',
  chartGood: 'var(--chartGood)',
  chartBad: 'var(--chartBad)',
  chartWarning: 'var(--chartWarning)',
  chartBrand: 'var(--chartBrand)',
  chartNeutral: 'var(--chartNeutral)',
  /** Where a bar could be. */
  chartTrack: 'var(--chartTrack)',
  /** Between parts, and in what is striped. */
  chartGap: 'var(--chartGap)',
};
