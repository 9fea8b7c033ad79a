export const troubleshoot = {
  title: 'Troubleshoot',
  description: 'Pick a user or a device: what should be there, what is, and the difference explained.',
  kind: 'Look at',
  kinds: { user: 'A user', device: 'A device' },
  who: 'Name',
  pick: 'Type a name to begin',
  nothing: 'There is no profile yet',
};
