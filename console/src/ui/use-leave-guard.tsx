import { useBlocker } from '@tanstack/react-router';
import { useText } from '../text/text.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';

/** Asks before a page with unsaved changes is left; draw what it answers. */
export function useLeaveGuard(unsaved: boolean) {
  const text = useText();
  const blocker = useBlocker({
    // Filters and steps of the page are no way out of it.
    shouldBlockFn: ({ current, next }) => unsaved && current.pathname !== next.pathname,
    enableBeforeUnload: () => unsaved,
    withResolver: true,
  });
  return (
    <ConfirmDialog
      open={blocker.status === 'blocked'}
      title={text.shell.unsavedTitle}
      action={text.shell.leave}
      onConfirm={async () => blocker.proceed?.()}
      onClose={() => blocker.reset?.()}
    >
      {text.shell.unsaved}
    </ConfirmDialog>
  );
}
