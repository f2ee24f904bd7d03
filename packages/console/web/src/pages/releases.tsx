import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { PageHead } from "../parts/basics.tsx";
import { Past } from "./releases/past.tsx";
import { Points } from "./releases/points.tsx";
import { Promote } from "./releases/promote.tsx";

export default function ReleasesPage() {
  return (
    <>
      <PageHead
        title="Releases"
        about="Production runs exactly what staging has proven. Code and data can be taken back together."
      />
      <Tabs>
        <TabList className="tabs" aria-label="Releases">
          <Tab id="promote">Promote</Tab>
          <Tab id="points">Rollback points</Tab>
          <Tab id="history">History</Tab>
        </TabList>
        <TabPanel id="promote">
          <Promote />
        </TabPanel>
        <TabPanel id="points">
          <Points />
        </TabPanel>
        <TabPanel id="history">
          <Past />
        </TabPanel>
      </Tabs>
    </>
  );
}
