export const explain = {
  why: 'Reasons',
  timeline: 'Certificate and its timeline',
  status: {
    applies: 'Applies',
    pending: 'Pending',
    error: 'Error',
    'not-applicable': 'Not applicable',
    excluded: 'Excluded',
    'not-assigned': 'Not assigned',
    'no-device': 'No device',
  },
};
