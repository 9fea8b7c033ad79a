import type { ReactNode } from 'react';

/** Of a `DataList`. */
export type Column<Item> = {
  readonly key: string;
  readonly title: string;
  readonly cell: (item: Item) => ReactNode;
  /** Pixels at least; default 120. */
  readonly width?: number;
  /** Share of what room is left; default 1. */
  readonly grow?: number;
  /** The route's word for this order, and which way it begins. */
  readonly sort?: { readonly by: string; readonly first: 'asc' | 'desc' };
  /** Not shown unless chosen. */
  readonly extra?: boolean;
  /** What it says is the button that opens the row: for columns whose text is no link, so that nobody needs a mouse. */
  readonly opens?: (item: Item) => boolean;
  /** Where it stands on a narrow screen's card; not at all without. */
  readonly card?: 'title' | 'line' | 'end';
};
