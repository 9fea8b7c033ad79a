/** What a part of a chart says by its colour. Words and places say the same: nobody needs to see it. */
import { makeStyles } from '@fluentui/react-components';
import { colors } from './colors.ts';

export type Shade = 'good' | 'bad' | 'warning' | 'brand' | 'neutral';

/** A part of a whole. */
export type Part = { readonly key: string; readonly title: string; readonly value: number; readonly shade: Shade };

const bad = `repeating-linear-gradient(45deg, ${colors.chartBad} 0 3px, ${colors.chartGap} 3px 4px)`;

/** As the ground of an element. Browsers that force their own colours leave these, which are then the system's. */
export const useShades = makeStyles({
  good: { backgroundColor: colors.chartGood, forcedColorAdjust: 'none' },
  bad: { backgroundColor: colors.chartBad, backgroundImage: bad, forcedColorAdjust: 'none' },
  warning: { backgroundColor: colors.chartWarning, forcedColorAdjust: 'none' },
  brand: { backgroundColor: colors.chartBrand, forcedColorAdjust: 'none' },
  neutral: { backgroundColor: colors.chartNeutral, forcedColorAdjust: 'none' },
});

/** As the line of an SVG. */
export const useStrokes = makeStyles({
  good: { stroke: colors.chartGood },
  bad: { stroke: colors.chartBad },
  warning: { stroke: colors.chartWarning },
  brand: { stroke: colors.chartBrand },
  neutral: { stroke: colors.chartNeutral },
});
