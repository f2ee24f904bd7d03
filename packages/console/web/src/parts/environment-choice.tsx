import { useState } from "react";
import { useEnvironments } from "../lib/queries.ts";
import { Segments } from "./fields.tsx";

/** Which environment a page is about: remembered on this device. @param label of the choice, where a page has two */
export function useEnvironment(kind?: "production" | "staging", label = "Environment") {
  const environments = useEnvironments(kind);
  const key = `environment ${kind ?? "any"}`;
  const [chosen, setChosen] = useState(() => localStorage.getItem(key));
  const environment = environments.find(({ name }) => name === chosen) ?? environments[0];
  const choose = (name: string) => {
    localStorage.setItem(key, name);
    setChosen(name);
  };
  const choice =
    environments.length > 1 && environment ? (
      <Segments
        label={label}
        options={environments.map(({ name }) => [name, name] as const)}
        value={environment.name}
        onChange={choose}
      />
    ) : null;
  return { environment: environment?.name ?? "", choice };
}
