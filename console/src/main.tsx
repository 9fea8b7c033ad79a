import './app/first-questions.ts';
import { FluentProvider } from '@fluentui/react-components';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './api/queries.ts';
import { router } from './app/router.tsx';
import { useShownTheme } from './app/theme.ts';
import './app/page.css';
import { startLanguage } from './text/text.ts';

function Console() {
  const { theme } = useShownTheme();
  return (
    <FluentProvider theme={theme}>
      <RouterProvider router={router} />
    </FluentProvider>
  );
}

function show() {
  const place = document.getElementById('console');
  if (place === null) throw new Error('index.html has no place for the console');
  createRoot(place).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <Console />
      </QueryClientProvider>
    </StrictMode>,
  );
}

// Not awaited: the words of another language import this file's chunk, and each would wait for the other.
void startLanguage().then(show);
