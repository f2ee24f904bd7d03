import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ApiError } from "./lib/api.ts";
import { sessionQuery } from "./lib/queries.ts";
import { showTheme } from "./lib/theme.ts";
import { router } from "./router.tsx";
import "@fontsource-variable/inter/wght.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/shell.css";
import "./styles/parts/cards.css";
import "./styles/parts/buttons.css";
import "./styles/parts/notes.css";
import "./styles/parts/tables.css";
import "./styles/parts/fields.css";
import "./styles/parts/overlays.css";
import "./styles/parts/lists.css";
import "./styles/parts/charts.css";
import "./styles/parts/places.css";

showTheme();

/** Whoever asked: a login that ended is told by the login page. */
const onError = (error: Error) => {
  if (error instanceof ApiError && error.status === 401) client.setQueryData(sessionQuery.queryKey, null);
};

const client: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // What was refused is refused again; what did not answer may.
      retry: (failures, error) =>
        failures < 2 && (!(error instanceof ApiError) || error.status === 0 || error.status >= 500),
    },
  },
});

createRoot(document.getElementById("root") as HTMLElement).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
