import { useQuery } from "@tanstack/react-query";
import { overviewQuery } from "../lib/queries.ts";
import { PageHead } from "../parts/basics.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { Alerts } from "./overview/alerts.tsx";
import { EnvironmentCard } from "./overview/environment-card.tsx";
import { Recent } from "./overview/recent.tsx";

export default function OverviewPage() {
  const overview = useQuery(overviewQuery);
  return (
    <>
      <PageHead title="Overview" about="What runs, how it is, and what could be brought back." />
      <Loaded query={overview} lines={8} label="Loading the environments">
        {({ environments }) => (
          <>
            <div className="columns even">
              {environments.map((environment) => (
                <EnvironmentCard key={environment.name} environment={environment} />
              ))}
            </div>
            <div className="columns">
              <Alerts environments={environments} />
              <Recent />
            </div>
          </>
        )}
      </Loaded>
    </>
  );
}
