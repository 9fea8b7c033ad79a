import type { Assignment } from './assignment.ts';

/** An assignment as somebody wants it; without a filter, nobody is filtered. */
export type NewAssignment = Pick<Assignment, 'mode' | 'target'> & Partial<Pick<Assignment, 'filter'>>;
