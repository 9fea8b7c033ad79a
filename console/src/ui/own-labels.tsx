import { FieldContextProvider } from '@fluentui/react-components';
import type { ReactNode } from 'react';

/** Several controls in one `Field`: else it gives each the same id, and all their labels to the first of them. */
export function OwnLabels({ children }: { readonly children: ReactNode }) {
  return <FieldContextProvider value={undefined}>{children}</FieldContextProvider>;
}
