import { ShieldCheck } from "lucide-react";
import { useState } from "react";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { Act } from "../parts/act.tsx";
import { PageHead } from "../parts/basics.tsx";
import { useEnvironment } from "../parts/environment-choice.tsx";
import { Tick } from "../parts/fields.tsx";
import { CopyPlan } from "./copy/copy-plan.tsx";
import { LeakReport } from "./copy/leak-report.tsx";
import { PolicyText } from "./copy/policy-text.tsx";
import { Proposals } from "./copy/proposals.tsx";

export default function CopyPage() {
  const { environment, choice } = useEnvironment("staging");
  const [resume, setResume] = useState(false);
  return (
    <>
      <PageHead
        title="Copy"
        about="Production's data in staging, with every personal detail masked before it leaves production."
      >
        {choice}
        <Act
          id="sync:production"
          parameters={{ environment, resume }}
          look="primary"
          label="Copy production…"
          icon={<ShieldCheck aria-hidden />}
          about="The copy is made beside staging's data, proven complete and free of leaks, then swapped in. The old data stays until then."
        >
          <Tick
            label="Go on with a copy that was cut off"
            about="Finished tables are compared and kept."
            value={resume}
            onChange={setResume}
          />
        </Act>
      </PageHead>
      <LeakReport environment={environment} />
      <Tabs>
        <TabList className="tabs" aria-label="Copy">
          <Tab id="policy">Policy</Tab>
          <Tab id="plan">Plan</Tab>
          <Tab id="file">sanitize.yml</Tab>
        </TabList>
        <TabPanel id="policy">
          <Proposals />
        </TabPanel>
        <TabPanel id="plan">
          <CopyPlan environment={environment} />
        </TabPanel>
        <TabPanel id="file">
          <PolicyText />
        </TabPanel>
      </Tabs>
    </>
  );
}
